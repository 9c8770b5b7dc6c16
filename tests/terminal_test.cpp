#include "libintake/terminal.hpp"

#include <doctest/doctest.h>

#include <cstdlib>

namespace terminal = intake::terminal;

TEST_SUITE("terminal") {
  TEST_CASE("wide characters take two columns, half-width and combining ones one and none") {
    CHECK(terminal::width("") == 0);
    CHECK(terminal::width("abc") == 3);
    CHECK(terminal::width("架空 太郎") == 9);
    CHECK(terminal::width("ｶｸｳ") == 3);
    CHECK(terminal::width("ＡＢ") == 4);
    CHECK(terminal::width("か\u3099") == 2);
    CHECK(terminal::width("𠮷") == 2);
    CHECK(terminal::width("辻\U000E0101") == 2);
  }

  TEST_CASE("control characters are shown as pictures and never reach the terminal") {
    CHECK(terminal::neutralised("a\x1b[31mb") == "a␛[31mb");
    CHECK(terminal::neutralised("a\x07\x7f") == "a␇␡");
    CHECK(terminal::neutralised("a\u009bb") == "a<U+009B>b");
    CHECK(terminal::neutralised(std::string_view("a\0b", 3)) == "a␀b");
  }

  TEST_CASE("characters that reorder or hide text are named") {
    CHECK(terminal::neutralised("申請\u202Excod.exe") == "申請<U+202E>xcod.exe");
    CHECK(terminal::neutralised("a\u200Bb\uFEFF") == "a<U+200B>b<U+FEFF>");
    CHECK(terminal::neutralised("a\u2066b") == "a<U+2066>b");
    CHECK(terminal::neutralised("\U000E0041") == "<U+E0041>");
    CHECK(terminal::neutralised("辻\U000E0101") == "辻\U000E0101");
  }

  TEST_CASE("bytes that are not UTF-8 become replacement characters, one each") {
    CHECK(terminal::neutralised("a\xff\xe3\x81") == "a\uFFFD\uFFFD\uFFFD");
    CHECK(terminal::neutralised("\xc0\xaf") == "\uFFFD\uFFFD");
    CHECK(terminal::neutralised("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");
    CHECK(terminal::neutralised("\xf4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");
  }

  TEST_CASE("line ends become one space, or stay when they are wanted") {
    CHECK(terminal::neutralised("a\r\nb\tc") == "a b c");
    CHECK(terminal::neutralised("a\r\nb\nc", true) == "a\nb\nc");
    CHECK(terminal::neutralised("a\rb", true) == "a␍b");
  }

  TEST_CASE("a text is cut and filled to exact columns") {
    CHECK(terminal::cut("架空太郎", 8) == "架空太郎");
    CHECK(terminal::cut("架空太郎", 7) == "架空太…");
    CHECK(terminal::cut("架空太郎", 6) == "架空…");
    CHECK(terminal::cut("abc", 0).empty());
    for (std::size_t columns = 0; columns < 12; ++columns)
      CHECK(terminal::width(terminal::padded("架空a太郎", columns)) == columns);
  }

  TEST_CASE("lines are broken at spaces where there are some, else between characters") {
    using lines = std::vector<std::string>;
    CHECK(terminal::wrapped("one two three", 8) == lines{"one two", "three"});
    CHECK(terminal::wrapped("正規のファイル以外", 8) == lines{"正規のフ", "ァイル以", "外"});
    CHECK(terminal::wrapped("a\n\nb", 8) == lines{"a", "", "b"});
    CHECK(terminal::wrapped("架", 1) == lines{"架"});
    CHECK(terminal::wrapped("", 8) == lines{""});
  }

  TEST_CASE("the language comes from the locale, the first variable that is set") {
    setenv("LANG", "en_US.UTF-8", 1);
    unsetenv("LC_MESSAGES");
    setenv("LC_ALL", "ja_JP.UTF-8", 1);
    CHECK(terminal::style_of(0).japanese());
    setenv("LC_ALL", "", 1);
    CHECK_FALSE(terminal::style_of(0).japanese());
    unsetenv("LC_ALL");
    unsetenv("LANG");
  }

  TEST_CASE("colour is used only by a style that has it") {
    terminal::style style;
    CHECK(terminal::tinted("x", terminal::tint::bad, style) == "x");
    style.colour = true;
    CHECK(terminal::tinted("x", terminal::tint::bad, style) == "\x1b[31mx\x1b[0m");
  }
}
