#include "libintake/render.hpp"

#include <doctest/doctest.h>

#include "libintake/document_kind.hpp"

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

  TEST_CASE("types are found whatever their case and parameters, and nothing else is") {
    REQUIRE(find_document_kind("application/vnd.ms-excel.sheet.macroEnabled.12") != nullptr);
    CHECK(find_document_kind("application/vnd.ms-excel.sheet.macroEnabled.12")->family == document_family::calc);
    REQUIRE(find_document_kind("Text/Plain; charset=utf-8") != nullptr);
    CHECK(find_document_kind("text/plai") == nullptr);
    CHECK(find_document_kind("text/html") == nullptr);
    CHECK(find_document_kind("") == nullptr);
  }
}
