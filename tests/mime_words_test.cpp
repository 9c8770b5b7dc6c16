#include "libintake/mime_words.hpp"

#include <doctest/doctest.h>

using intake::decode_words;

namespace {
bool has(const intake::header_text& text, std::string_view what) {
  for (const auto& defect : text.defects)
    if (defect.find(what) != std::string::npos) return true;
  return false;
}
}  // namespace

TEST_SUITE("mime_words") {
  TEST_CASE("encoded words of both kinds are decoded without a remark") {
    for (const auto* value :
         {"=?UTF-8?B?55Sz6KuL?=", "=?utf-8?Q?=E7=94=B3=E8=AB=8B?=", "=?ISO-2022-JP?B?GyRCPz1AQRsoQg==?=",
          "=?Shift_JIS?B?kFyQvw==?=", "=?EUC-JP?Q?=BF=BD=C0=C1?=", "=?utf-8*ja?B?55Sz6KuL?="}) {
      CAPTURE(value);
      const auto read = decode_words(value);
      CHECK(read.text == "申請");
      CHECK(read.defects.empty());
    }
    CHECK(decode_words("=?utf-8?q?a_b?= c").text == "a b c");
  }

  TEST_CASE("blanks between words vanish, blanks beside text stay") {
    CHECK(decode_words("a =?utf-8?q?b?=  =?utf-8?q?c?= d").text == "a bc d");
    CHECK(decode_words("=?utf-8?q?b?=\t=?iso-8859-1?q?=E9?=").text == "bé");
  }

  TEST_CASE("a character split between words is whole again") {
    const auto utf8 = decode_words("=?UTF-8?B?55Sz6A==?= =?UTF-8?B?q4s=?=");
    CHECK(utf8.text == "申請");
    CHECK(utf8.defects.empty());
    CHECK(decode_words("=?utf-8?Q?=E7=94?= =?utf-8?Q?=B3?=").text == "申");
    CHECK(decode_words("=?UTF-8?Q?=E7=94?= =?UTF-8?B?sw==?=").text == "申");
    // ISO-2022-JP cut without a return to ASCII.
    CHECK(decode_words("=?ISO-2022-JP?B?GyRCPz0=?= =?ISO-2022-JP?B?QEEbKEI=?=").text == "申請");
  }

  TEST_CASE("a base64 group split between words is whole again") {
    const auto read = decode_words("=?UTF-8?B?55S?= =?UTF-8?B?z6KuL?=");
    CHECK(read.text == "申請");
    CHECK(read.defects.empty());
  }

  TEST_CASE("words inside quotes and words without blanks between them are read") {
    CHECK(decode_words("\"=?UTF-8?B?55Sz6KuL?=\"").text == "\"申請\"");
    CHECK(decode_words("=?UTF-8?B?55Sz?==?UTF-8?B?6KuL?=").text == "申請");
    CHECK(decode_words("=?utf-8?Q?a b?=").text == "a b");  // a raw blank inside
  }

  TEST_CASE("double encoding is undone once and told") {
    const auto read = decode_words("=?utf-8?Q?=3D=3Futf-8=3FB=3F55Sz6KuL=3F=3D?=");
    CHECK(read.text == "申請");
    CHECK(has(read, "doubly encoded"));
  }

  TEST_CASE("raw Japanese is read by what it looks like; only UTF-8 is not remarked on") {
    CHECK(decode_words("申請").defects.empty());
    const auto sjis = decode_words("\x90\x5C\x90\xBF\x8F\x91");
    CHECK(sjis.text == "申請書");
    CHECK(has(sjis, "read as Shift_JIS"));
    const auto jis = decode_words("\x1B$B?=@A\x1B(B");
    CHECK(jis.text == "申請");
    CHECK(has(jis, "read as ISO-2022-JP"));
  }

  TEST_CASE("what is broken is kept and told") {
    CHECK(has(decode_words("=?utf-8?B?55S!?="), "damaged"));
    CHECK(has(decode_words("=?utf-8?Q?=E7=9?="), "damaged"));
    CHECK(has(decode_words("=?utf-8?Q?=FF=FE?="), "cannot be read"));
    CHECK(has(decode_words("=?x-none?Q?a?="), "labelled x-none"));
    const auto unknown = decode_words("=?utf-8?X?abc?=");
    CHECK(unknown.text == "=?utf-8?X?abc?=");
    CHECK(has(unknown, "unreadable encoded word"));
  }

  TEST_CASE("decoded text cannot inject lines or terminal commands") {
    const auto read = decode_words("=?utf-8?Q?a=0D=0ABcc:_x=1B[2J=00?=");
    CHECK(read.text == "a\uFFFD\uFFFDBcc: x\uFFFD[2J\uFFFD");
    CHECK(has(read, "control characters"));
  }
}
