#include "libintake/packing.hpp"

#include <doctest/doctest.h>

#include "libintake/base64.hpp"
#include "libintake/limits.hpp"

using namespace intake;

namespace {

const std::string sample =
    R"({"intake":1,"id":"m-e541cdaacb1fe3f251c17931efc928f5","kind":"application","disposition":"accept",)"
    R"("application":{"receipt_no":"20261117-0005","procedure":"道路使用許可申請","applicant":"架空 太郎"},)"
    R"("files":[{"id":"f0","path":"申請書.docx","origin":"attachment","size":1360,"scan":{"verdict":"clean"}}]})";

}  // namespace

TEST_SUITE("packing") {
  TEST_CASE("what is packed comes back, and a record becomes a good deal shorter") {
    for (const std::string& text : {sample, std::string("{}"), "{\"a\":\"" + std::string(100'000, 'x') + "\"}"})
      CHECK(unpack(pack(text)) == text);
    CHECK(pack(sample).size() * 2 < sample.size());
    CHECK(unpack("") == "");
  }

  TEST_CASE("one text after another is packed as if it were the first") {
    const auto alone = pack(sample);
    (void)pack("{\"other\":\"" + std::string(5000, 'y') + "\"}");
    CHECK(pack(sample) == alone);
  }

  TEST_CASE("what gains nothing stays as it is") {
    CHECK(pack("{}") == "{}");
  }

  TEST_CASE("what the first version packed opens for ever") {
    const auto packed = base64::decode(
        "AT0BAADDlpJSTU0Mk1MSE5OTDNNSjdOMTA2TDc0tjQ1T05ItjSzSTKma0ozMDA0NzXUNDAxA5iInupeNk19sX/9k7/7nU1a8WLHx"
        "af/651M2v1jdjZbsns3b9nzlLoWnS1a9bO6DpCicYQMx4NnsHZiVGWYoGRqbGeCrJGNrAQ==");
    CHECK(unpack(*packed) == sample);
  }

  TEST_CASE("what was not packed by us is refused and takes no room") {
    const auto packed = pack(sample);
    REQUIRE(packed.front() == 1);
    for (std::size_t length = 1; length < packed.size(); ++length) CHECK_FALSE(unpack(packed.substr(0, length)));
    CHECK_FALSE(unpack(packed + 'x'));
    CHECK_FALSE(unpack('\2' + packed.substr(1)));
    auto longer = packed, huge = packed;
    ++longer[1];
    huge[4] = '\x7f';
    CHECK_FALSE(unpack(longer));
    CHECK_FALSE(unpack(huge));
    for (std::size_t at = 5; at < packed.size(); ++at) {
      auto changed = packed;
      changed[at] = static_cast<char>(changed[at] ^ 0x55);
      const auto read = unpack(changed);
      CHECK((!read || read->size() == sample.size()));
    }
  }

  TEST_CASE("a text over the limit is not packed") {
    const auto text = "{\"a\":\"" + std::string(limits::ledger_payload_bytes, 'x') + "\"}";
    CHECK(pack(text) == text);
  }
}
