#include "libintake/mime_field.hpp"

#include <doctest/doctest.h>

using intake::find_parameter;
using intake::parse_field;

namespace {
intake::parameter_text filename(std::string_view value) {
  return find_parameter(parse_field(value), "filename");
}
}  // namespace

TEST_SUITE("mime_field") {
  TEST_CASE("a value and its parameters are told apart") {
    const auto field = parse_field(" Text / Plain (a (nested) comment); CharSet=\"utf-8\"; format = flowed ;");
    CHECK(field.value == "text/plain");
    CHECK_FALSE(field.malformed);
    CHECK(find_parameter(field, "charset").text == "utf-8");
    CHECK(find_parameter(field, "format").text == "flowed");
    CHECK_FALSE(find_parameter(field, "name").found);
  }

  TEST_CASE("names come from every form of RFC 2231") {
    CHECK(filename("attachment; filename=a.zip").text == "a.zip");
    CHECK(filename("attachment; filename=\"a \\\"b\\\".zip\"").text == "a \"b\".zip");
    CHECK(filename("attachment; filename*=UTF-8''%E7%94%B3%E8%AB%8B.zip").text == "申請.zip");
    CHECK(filename("attachment; filename*=iso-2022-jp'ja'%1B$B%3F%3D%40A%1B%28B.zip").text == "申請.zip");
    const auto joined =
        filename("attachment; filename*0*=UTF-8''%E7%94; filename*1*=%B3%E8%AB; filename*2*=%8B; filename*3=.zip");
    CHECK(joined.text == "申請.zip");
    CHECK(joined.defects.empty());
    CHECK(filename("attachment; filename*1=b.zip; filename*0=a").text == "ab.zip");
    CHECK(filename("attachment; filename=\"=?UTF-8?B?55Sz6KuL?=.zip\"").text == "申請.zip");
    CHECK(filename("attachment; filename*0=\"=?UTF-8?B?55Sz\"; filename*1=\"6KuL?=.zip\"").text == "申請.zip");
  }

  TEST_CASE("raw legacy names are read, with bytes that look like quotes and backslashes") {
    CHECK(filename("attachment; filename=\"\x95\x5C.zip\"").text == "表.zip");  // second byte is a backslash
    CHECK(filename("attachment; filename=\"\x83\x5C\x83\x7B\x90\x5C\x90\xBF.zip\"").text == "ソボ申請.zip");
    CHECK(filename("attachment; filename=\"\x1B$B!\"?=@A\x1B(B.zip\"").text == "、申請.zip");  // second byte is a quote
    CHECK(filename("attachment; filename=\x1B$B?;=@A\x1B(B.zip").text.ends_with(".zip"));      // and a semicolon
    CHECK(filename("attachment; filename=a b.zip").text == "a b.zip");
  }

  TEST_CASE("names that contradict themselves are told") {
    CHECK_FALSE(filename("attachment; filename=a.exe; filename*=UTF-8''a.zip").defects.empty());
    CHECK(filename("attachment; filename=a.exe; filename*=UTF-8''a.zip").text == "a.zip");
    CHECK(filename("attachment; filename=a.zip; filename*=UTF-8''a.zip").defects.empty());
    CHECK_FALSE(filename("attachment; filename=a.zip; filename=b.exe").defects.empty());
    CHECK_FALSE(filename("attachment; filename*0=a; filename*2=b").defects.empty());
    CHECK_FALSE(filename("attachment; filename*x=a").defects.empty());
    CHECK_FALSE(filename("attachment; filename*=a%zz.zip").defects.empty());
    CHECK_FALSE(filename("attachment; filename*=utf-8''%FF").defects.empty());
  }

  TEST_CASE("control characters do not survive in a name") {
    CHECK(filename("attachment; filename*=UTF-8''a%0A%00b").text == "a\uFFFD\uFFFDb");
  }

  TEST_CASE("what is no parameter makes the field malformed") {
    CHECK(parse_field("text/plain; charset").malformed);
    CHECK(parse_field("text/plain; name=\"a").malformed);
    CHECK(parse_field("text/plain; name=\"a\" b; c=d").malformed);
    CHECK(parse_field("text/plain (").malformed);
    CHECK(find_parameter(parse_field("text/plain; charset; name=a"), "name").text == "a");
  }
}
