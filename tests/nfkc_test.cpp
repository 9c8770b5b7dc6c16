#include "libintake/nfkc.hpp"

#include <doctest/doctest.h>

using namespace intake;

TEST_SUITE("nfkc") {
  TEST_CASE("full-width, half-width and compatibility forms become one") {
    CHECK(nfkc("ＡＢＣ１２３：　ｶﾞ①㈱") == "ABC123: ガ1(株)");
    CHECK(nfkc("") == "");
  }

  TEST_CASE("names compare without white space of any kind") {
    CHECK(comparable(" 熊本　中央\t警察署\n") == "熊本中央警察署");
    CHECK(comparable("𠮷 野") == "𠮷野");
    CHECK(comparable(" \xe3\x80\x80 ") == "");
  }

  TEST_CASE("what is looked up has no case either") {
    CHECK(folded(" Ｔａｒｏ＠Example.JP ") == "taro@example.jp");
    CHECK(folded("Ａ－１　ｱ") == "a-1ア");
  }

  TEST_CASE("bytes that are not UTF-8 do no harm") {
    CHECK(nfkc("a\xff") == "a\xef\xbf\xbd");
    CHECK(nfkc("\xe3\x81") == "\xef\xbf\xbd");
  }
}
