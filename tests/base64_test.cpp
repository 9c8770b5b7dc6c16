#include "libintake/base64.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace intake;

TEST_SUITE("base64") {
  TEST_CASE("the vectors of RFC 4648 encode and decode") {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : vectors) {
      CHECK(base64::encode(plain) == text);
      CHECK(base64::decode(text) == plain);
      const auto mail = base64::decode_mime(text);
      CHECK(mail.bytes == plain);
      CHECK_FALSE(mail.damaged);
    }
  }

  TEST_CASE("every length from 0 to 300 comes back, also with mail's line breaks") {
    std::mt19937 random(7);
    for (std::size_t length = 0; length <= 300; ++length) {
      std::string bytes(length, '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      const std::string text = base64::encode(bytes);
      CHECK(text.size() == (length + 2) / 3 * 4);
      CHECK(base64::decode(text) == bytes);
      std::string wrapped;
      for (std::size_t at = 0; at < text.size(); at += 76) wrapped += text.substr(at, 76) + "\r\n";
      const auto mail = base64::decode_mime(wrapped);
      CHECK(mail.bytes == bytes);
      CHECK_FALSE(mail.damaged);
    }
  }

  TEST_CASE("a foreign character anywhere is refused, and reported for mail") {
    const std::string text = base64::encode(std::string(120, 'x'));
    for (std::size_t at = 0; at < text.size(); ++at)
      for (const char bad : {'!', '-', '_', '\0', '\x80', '\xff', '=', '\n'}) {
        std::string broken = text;
        broken[at] = bad;
        if (bad == '=' && at == text.size() - 1) continue;  // that is padding
        CHECK(base64::decode(broken) == std::nullopt);
        if (bad != '\n') CHECK(base64::decode_mime(broken).damaged);
      }
  }

  TEST_CASE("where mail breaks its lines does not matter, whatever stands in them") {
    std::mt19937 random(9);
    const auto wrapped = [](std::string_view text, std::size_t width) {
      std::string out;
      for (; !text.empty(); text.remove_prefix(std::min(width, text.size())))
        out.append(text.substr(0, width)).append(width % 2 ? "\n" : "\r\n");
      return out;
    };
    for (const std::size_t length : {100UL, 30'000UL, 100'000UL, 200'001UL})
      for (const std::string_view strange : {"", "!", "=", "==", " ", "\t", "=A"}) {
        std::string bytes(length, '\0');
        for (char& c : bytes) c = static_cast<char>(random());
        std::string text = base64::encode(bytes);
        text.replace(random() % text.size(), strange.size(), strange);
        const auto by_groups = base64::decode_mime(wrapped(text, 76)),
                   otherwise = base64::decode_mime(wrapped(text, 75));
        const auto alone = base64::decode_mime(text);
        CHECK(by_groups.bytes == otherwise.bytes);
        CHECK(by_groups.damaged == otherwise.damaged);
        CHECK(alone.bytes == otherwise.bytes);
        CHECK(by_groups.damaged == (strange.find_first_of("!=") != strange.npos || by_groups.bytes != bytes));
      }
  }

  TEST_CASE("padding must be whole and trailing bits zero") {
    for (const char* text : {"Zg", "Zg=", "Zg===", "Z===", "Zm8", "Zh==", "Zm9=", "====", "Zg==Zg=="})
      CHECK_MESSAGE(base64::decode(text) == std::nullopt, text);
    CHECK(base64::decode_mime("Zg").damaged);
    CHECK(base64::decode_mime("Zg==Zg==").damaged);
    CHECK(base64::decode_mime("Zg==Zg==").bytes == "f");
    CHECK(base64::decode_mime("Z").damaged);
  }
}
