#include "libintake/render.hpp"

#include <doctest/doctest.h>

#include "libintake/document_kind.hpp"
#include "libintake/document_passwords.hpp"

using namespace intake;

TEST_SUITE("render") {
  TEST_CASE("missing characters are named with their pages, and not without end") {
    CHECK(describe({{2, U'\uE000'}, {1, U'\uE000'}, {2, U'\uE000'}, {7, U'𠮷'}}) == "U+E000 (p. 1, 2), U+20BB7 (p. 7)");
    std::vector<missing_character> many;
    for (std::uint32_t i = 0; i < 50; ++i) many.push_back({1, 0xE000 + i});
    CHECK(describe(many).ends_with("U+E013 (p. 1) and 30 more"));
    many.clear();
    for (std::uint32_t i = 1; i < 50; ++i) many.push_back({i, 0xE000});
    CHECK(describe(many).ends_with("19, 20, …)"));
  }

  TEST_CASE("what the pages do not show is told in one line") {
    CHECK(describe(office_notes{}).empty());
    CHECK(describe(office_notes{1, 0, 3}) == "hidden sheets: 1, tracked changes: 3");
    CHECK(describe(office_notes{0, 2, 0}) == "comments: 2");
  }

  TEST_CASE("passwords reach the child as they are, and are told by their labels only") {
    std::vector<labelled_secret> list;
    list.push_back({"desk", secret("見本")});
    list.push_back({"2", secret(std::string("a\0b", 3))});
    const document_passwords passwords(list);
    const auto out = unpack_passwords(passwords.packed());
    REQUIRE(out.size() == 2);
    CHECK(out[0] == "見本");
    CHECK(out[1] == std::string("a\0b", 3));
    CHECK(passwords.label(1) == "desk");
    CHECK(passwords.label(0).empty());
    CHECK(passwords.label(3).empty());
    CHECK(document_passwords().empty());
    CHECK(document_passwords().packed().empty());
    CHECK(unpack_passwords(passwords.packed().substr(0, 6)).size() == 1);
  }

  TEST_CASE("types are found whatever their case and parameters, and nothing else is") {
    REQUIRE(find_document_kind("application/vnd.ms-excel.sheet.macroEnabled.12") != nullptr);
    CHECK(find_document_kind("application/vnd.ms-excel.sheet.macroEnabled.12")->family == document_family::calc);
    REQUIRE(find_document_kind("Text/Plain; charset=utf-8") != nullptr);
    CHECK(find_document_kind("text/plai") == nullptr);
    CHECK(find_document_kind("text/html") == nullptr);
    CHECK(find_document_kind("") == nullptr);
  }
}
