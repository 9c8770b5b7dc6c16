#include "libintake/large_strings.hpp"

#include <doctest/doctest.h>

#include <string>

#include "libintake/record.hpp"

using namespace intake;

namespace {

std::string refusal(const std::string& line) {
  try {
    record rec(line);
  } catch (const unusable_line& error) {
    return error.what();
  }
  return {};
}

const std::string large(10'000, 'A');

std::string with(const std::string& members) {
  return R"({"intake":1,"id":"m-1",)" + members + "}";
}

}  // namespace

TEST_SUITE("large_strings") {
  TEST_CASE("a large string is taken out, and known by its stand-in") {
    const std::string line = R"({"a":"AAAAAAAA","b":["BBBBBBBB", "x"]})";
    const large_strings cut(line, 8);
    REQUIRE(cut.any());
    CHECK(cut.text() == R"({"a":"\u000100000000","b":["\u000100000001", "x"]})");
    CHECK(cut.content("\x01"
                      "00000001") == "BBBBBBBB");
    CHECK(cut.content("x") == "x");
    CHECK(cut.restored(cut.text()) == line);
  }

  TEST_CASE("keys, and what JSON gives a meaning to, stay where they are") {
    CHECK_FALSE(large_strings(R"({"AAAAAAAA" :1})", 8).any());
    CHECK_FALSE(large_strings(R"({"a":"AAAAAAAA\n"})", 8).any());
    CHECK_FALSE(large_strings("{\"a\":\"AAAAAAA\n\"}", 8).any());
    CHECK_FALSE(large_strings("{\"a\":\"AAAAAA\xe3\x81\x82\"}", 8).any());
    CHECK_FALSE(large_strings(R"({"a":"AAAAAAAA)", 8).any());
    CHECK_FALSE(large_strings(R"({"a":"AAAAAAA"})", 8).any());
  }

  TEST_CASE("a line that could feign a stand-in keeps its strings") {
    CHECK_FALSE(large_strings(R"({"a":"AAAAAAAA","b":"\u000100000000"})", 8).any());
    const record rec(with(R"("x":")" + large + R"(","y":"\u000100000000")"));
    CHECK(rec["x"].str() == large);
    CHECK(rec["y"].str() ==
          "\x01"
          "00000000");
  }

  TEST_CASE("a record tells its large strings as they are") {
    record rec(with(R"("mail":{"text":")" + large + R"("},"list":["a",")" + large + R"(B"])"));
    CHECK(rec["mail"]["text"].str() == large);
    CHECK(rec["list"].items().at(1).str() == large + "B");
    CHECK(rec["mail"].members().at(0).second.str() == large);
    CHECK(rec["list"].json() == R"(["a",")" + large + R"(B"])");
    CHECK(record(with(R"("files":[{"data":")" + large + R"("}])")).files().at(0)["data"].bytes()->size() == 7500);
    rec.set_in("mail", "text", "\"b\"");
    CHECK(record(rec.line())["mail"]["text"].str() == "b");
  }

  TEST_CASE("what is wrong beside a large string is found all the same") {
    const std::string member = R"("x":")" + large + '"';
    CHECK(refusal(with(member)).empty());
    CHECK(refusal(with(member + "," + member)).starts_with("duplicate key"));
    CHECK(refusal(with('"' + large + R"(":1,")" + large + R"(":2)")).starts_with("duplicate key"));
    CHECK(refusal(with(member + R"(,"y":"\q")")).starts_with("not JSON"));
    CHECK(refusal(with(member + '"' + large + '"')).starts_with("not JSON"));
    CHECK(refusal(with(R"("x":\")" + large + '"')).starts_with("not JSON"));
    CHECK(refusal(with(member + ",\"y\":\"\xff\"")) == "not UTF-8");
    CHECK(refusal(with(R"("x":")" + large + "\xff\"")) == "not UTF-8");
    CHECK(refusal(with(R"("x":")" + large + "\x01\"")).starts_with("not JSON"));
    CHECK(refusal(R"({"intake":1,"id":"m-1","x":")" + large).starts_with("not JSON"));
  }
}
