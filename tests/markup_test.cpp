#include "libintake/markup.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace intake;

TEST_SUITE("markup") {
  TEST_CASE("text stays text, in elements and in attributes") {
    markup out;
    out.open("p", {{"title", "\"><script>alert(1)</script>"}}).text("<b>架空 & 'co'</b>").close();
    CHECK(
        out.take() ==
        "<p title=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\">&lt;b&gt;架空 &amp; &#39;co&#39;&lt;/b&gt;</p>");
  }

  TEST_CASE("characters that reorder or hide text are made visible, and what is not UTF-8 is replaced") {
    CHECK(escaped("架空\u202e太郎") == "架空&lt;U+202E&gt;太郎");
    CHECK(escaped(std::string("a\0b", 3)) == "a␀b");
    CHECK(escaped("a\xff") == "a\ufffd");
    CHECK(escaped("一\n二") == "一 二");
  }

  TEST_CASE("elements are closed in order, and a page with one left open is refused") {
    markup out;
    out.open("ul").element("li", "1").empty("br").close();
    CHECK(out.take() == "<ul><li>1</li><br/></ul>");
    CHECK_THROWS_AS(out.close(), std::logic_error);
    out.open("p");
    CHECK_THROWS_AS((void)out.take(), std::logic_error);
  }
}
