#include "libintake/seal.hpp"

#include <doctest/doctest.h>

#include "libintake/digest.hpp"

namespace {

std::string hex_of(const intake::prepared_hmac::result& made) {
  return intake::to_hex({reinterpret_cast<const char*>(made.data()), made.size()});
}

}  // namespace

TEST_SUITE("seal") {
  TEST_CASE("HMAC-SHA256 answers as RFC 4231 says") {
    // Test cases 1, 2 and 4 of section 4.
    const std::string counted = [] {
      std::string key;
      for (char byte = 1; byte <= 25; ++byte) key += byte;
      return key;
    }();
    const struct {
      std::string key, text, wanted;
    } cases[] = {
        {std::string(20, '\x0b'), "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"Jefe", "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
        {counted, std::string(50, '\xcd'), "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    };
    for (const auto& one : cases) {
      CHECK(intake::to_hex(intake::hmac_sha256(one.key, one.text)) == one.wanted);
      const intake::prepared_hmac prepared(one.key);
      CHECK(hex_of(prepared.of(one.text)) == one.wanted);
    }
  }

  TEST_CASE("a prepared key answers each text as if it were the first") {
    const std::string key(32, 'k');
    const intake::prepared_hmac prepared(key);
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{10'000}})
      for (const char fill : {'a', 'b'}) {
        const std::string text(size, fill);
        CHECK(hex_of(prepared.of(text)) == intake::to_hex(intake::hmac_sha256(key, text)));
      }
  }
}
