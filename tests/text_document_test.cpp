#include "libintake/text_document.hpp"

#include <doctest/doctest.h>

using namespace intake;

namespace {
bool has(const std::string& text, const char* part) {
  return text.find(part) != text.npos;
}
}  // namespace

TEST_SUITE("text_document") {
  TEST_CASE("a text is text, whatever it looks like") {
    const auto made = text_as_document("<html><script>&\"\r\n  two\tthree\rfour\n");
    CHECK(has(made, "<text:p>&lt;html&gt;&lt;script&gt;&amp;&quot;</text:p>"));
    CHECK(has(made, "<text:p><text:s text:c=\"2\"/>two<text:tab/>three</text:p><text:p>four</text:p>"));
    CHECK_FALSE(has(made, "<html"));
  }

  TEST_CASE("Japanese in any charset is read, and what XML cannot hold is shown as unreadable") {
    CHECK(has(text_as_document("\x90\x5c\x90\xbf\x8f\x91"), "申請書"));    // CP932
    CHECK(has(text_as_document("\xbf\xbd\xc0\xc1\xbd\xf1"), "申請書"));    // EUC-JP
    CHECK(has(text_as_document("\x1b$B?=@A=q\x1b(B"), "申請書"));          // ISO-2022-JP
    CHECK(has(text_as_document("\xef\xbb\xbf申請書"), "<text:p>申請書"));  // a mark is not shown
    CHECK(has(text_as_document(std::string("\xff\xfe\x33\x75\xcb\x8a", 6)), "<text:p>申請</text:p>"));
    CHECK(has(text_as_document(std::string("a\x01\x00"
                                           "b",
                                           4)),
              "a\xEF\xBF\xBD\xEF\xBF\xBD"
              "b"));
  }

  TEST_CASE("a table keeps its cells, quoted ones too, and calculates nothing") {
    const auto made = table_as_document("a,\"b, c\nd \"\"e\"\"\"\n=1+1,\n");
    CHECK(has(made, "<text:p>a</text:p></table:table-cell>"));
    CHECK(has(made, "<text:p>b,<text:s text:c=\"1\"/>c</text:p><text:p>d<text:s text:c=\"1\"/>&quot;e&quot;</text:p>"));
    CHECK(has(made, "<text:p>=1+1</text:p>"));
    CHECK_FALSE(has(made, "table:formula"));
    CHECK(has(made, "table:number-columns-repeated=\"2\""));
    CHECK(has(table_as_document("a\tb\nc\td\n"), "<text:p>b</text:p></table:table-cell></table:table-row>"));
    CHECK(has(table_as_document("\"never ends"), "<text:p>never<text:s text:c=\"1\"/>ends</text:p>"));
  }
}
