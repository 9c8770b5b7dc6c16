#include "libintake/record.hpp"

#include <doctest/doctest.h>

#include "libintake/json.hpp"
#include "libintake/limits.hpp"

using namespace intake;

namespace {

std::string reason(const std::string& line) {
  try {
    record rec(line);
  } catch (const unusable_line& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_SUITE("record") {
  TEST_CASE("what is not a record is told by its reason") {
    CHECK(reason(R"({"intake":1,"id":"m-1"})").empty());
    CHECK(reason("").starts_with("not JSON"));
    CHECK(reason("hello").starts_with("not JSON"));
    CHECK(reason(R"({"intake":1,"id":"m-1")").starts_with("not JSON"));
    CHECK(reason(R"({"intake":1,"id":"m-1"}x)").starts_with("not JSON"));
    CHECK(reason(R"({"intake":1,"id":"m-1","x":[1 2]})").starts_with("not JSON"));
    CHECK(reason("[1]") == "not a JSON object");
    CHECK(reason("\"text\"") == "not a JSON object");
    CHECK(reason("{\"intake\":1,\"id\":\"m-\xff\"}") == "not UTF-8");
    CHECK(reason(R"({"intake":1,"id":"a","id":"b"})").starts_with("duplicate key"));
    CHECK(reason(R"({"intake":1,"id":"a","x":[{"k":1,"\u006b":2}]})").starts_with("duplicate key"));
    CHECK(reason(R"({"id":"a"})").starts_with("no version"));
    CHECK(reason(R"({"intake":2,"id":"a"})").starts_with("record of a newer version"));
    CHECK(reason(R"({"intake":"1","id":"a"})").starts_with("unknown version"));
    CHECK(reason(R"({"intake":1})") == "no id");
    CHECK(reason(R"({"intake":1,"id":7})") == "no id");
  }

  TEST_CASE("nesting beyond the limit is refused") {
    const auto nested = [](std::size_t depth) {
      return R"({"intake":1,"id":"a","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    CHECK(reason(nested(limits::record_depth - 4)).empty());
    CHECK_FALSE(reason(nested(limits::record_depth + 1)).empty());
    CHECK_FALSE(reason(nested(1'000'000)).empty());
  }

  TEST_CASE("members that are not touched keep every byte") {
    const std::string line =
        R"({ "intake" : 1, "id":"m-1", "unknown" : {"n": 1.50e3 , "s":"\u3042\"}" }, "kind":"other"})";
    record rec(line);
    rec.set("kind", "\"list\"");
    rec.set("disposition", "\"list\"");
    CHECK(
        rec.line() ==
        R"({"intake" : 1,"id":"m-1","unknown" : {"n": 1.50e3 , "s":"\u3042\"}" },"kind":"list","disposition":"list"})");
    CHECK(rec.original() == line);
  }

  TEST_CASE("changes inside objects, files and arrays are spliced where they belong") {
    record rec(
        R"({"intake":1,"id":"a","raw":{"size":3,"data":"eHg="},"files":[{"id":"f0","data":"eA=="},{"id":"f1"}]})");
    rec.erase_in("raw", "data");
    rec.set_in("scan", "verdict", "\"clean\"");
    rec.set_in_file(0, "type", "\"text/plain\"");
    rec.erase_in_file(0, "data");
    rec.append("files", R"({"id":"f2"})");
    CHECK(
        rec.line() ==
        R"({"intake":1,"id":"a","raw":{"size":3},"files":[{"id":"f0","type":"text/plain"},{"id":"f1"},{"id":"f2"}],"scan":{"verdict":"clean"}})");
  }

  TEST_CASE("the identity cannot be changed by a filter") {
    record rec(R"({"intake":1,"id":"a"})");
    CHECK_THROWS(rec.set("id", "\"b\""));
    CHECK_THROWS(rec.erase("intake"));
  }

  TEST_CASE("a finding carries severity and clause, and takes an acceptance back") {
    set_clause_labels({{"macro", "第8-1(3)"}});
    record rec(R"({"intake":1,"id":"a","disposition":"accept","findings":[{"code":"body.url"}]})");
    CHECK(rec.has_finding("body.url"));
    CHECK_FALSE(rec.has_finding("macro.vba"));
    rec.find("macro.vba", {.file = "f0", .detail = "a \"b\""});
    CHECK(rec.has_finding("macro.vba"));
    const record after(rec.line());
    CHECK(after["disposition"].str() == "confirm");
    const auto findings = after["findings"].items();
    REQUIRE(findings.size() == 2);
    CHECK(findings[1]["clause"].str() == "第8-1(3)");
    CHECK(findings[1]["severity"].str() == "error");
    CHECK(findings[1]["file"].str() == "f0");
    CHECK(findings[1]["detail"].str() == "a \"b\"");
    set_clause_labels({});
  }

  TEST_CASE("values of another kind answer with the default") {
    record rec(R"({"intake":1,"id":"a","n":5,"s":"eA==","b":true,"bad":"e"})");
    CHECK(rec["n"].integer() == 5);
    CHECK(rec["n"].str("none") == "none");
    CHECK(rec["s"].integer(9) == 9);
    CHECK(rec["s"].bytes() == "x");
    CHECK(rec["bad"].bytes() == std::nullopt);
    CHECK(rec["b"].boolean());
    CHECK_FALSE(rec["absent"]);
    CHECK(rec["absent"]["deeper"].str().empty());
    CHECK(rec["n"].items().empty());
  }

  TEST_CASE("an unusable line becomes a record that holds its bytes") {
    const record rec(unusable_record("oops\xff", 5, std::string(64, 'a'), "not UTF-8"));
    CHECK(rec.id() == "x-" + std::string(32, 'a'));
    CHECK(rec.has_finding("input.unusable"));
    CHECK(rec["input"]["data"].bytes() == "oops\xff");
    CHECK(rec["disposition"].str() == "confirm");
  }

  TEST_CASE("quoted text is always valid JSON") {
    for (int c = 0; c < 256; ++c) {
      const std::string text = std::string("a") + static_cast<char>(c) + "b\xe3\x81";
      const record rec(R"({"intake":1,"id":"a","t":)" + json::quoted(text) + "}");
      if (c < 0x80) CHECK(rec["t"].str() == std::string("a") + static_cast<char>(c) + "b\xef\xbf\xbd\xef\xbf\xbd");
    }
  }
}
