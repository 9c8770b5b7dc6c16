#include "libintake/charset.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace charset = intake::charset;

TEST_SUITE("charset") {
  TEST_CASE("ISO-2022-JP is read with half-width kana, vendor rows and JIS X 0212") {
    CHECK(charset::decode("\x1B$B?=@A\x1B(B ok", "ISO-2022-JP").text == "申請 ok");
    CHECK(charset::decode("\x1B(I6]\x1B(B", "iso-2022-jp").text == "ｶﾝ");
    CHECK(charset::decode("\x0E\x36\x5D\x0F", "cp50222").text == "ｶﾝ");
    CHECK(charset::decode("\xB6\xDD", "cp50220").text == "ｶﾝ");
    CHECK(charset::decode("\x1B$B-!-j\x1B(B", "ISO-2022-JP").text == "①㈱");  // NEC row 13
    CHECK(charset::decode("\x1B$B|b\x1B(B", "ISO-2022-JP").text == "髙");     // NEC selection of IBM's rows
    CHECK(charset::decode("\x1B$(D0!\x1B(B", "ISO-2022-JP").text == "丂");
    const auto roman = charset::decode("\x1B(Ja\\b", "ISO-2022-JP");
    CHECK(roman.text == "a\\b");
    CHECK(roman.doubt("ISO-2022-JP").empty());
  }

  TEST_CASE("a line that forgot to return to ASCII does not garble the next") {
    CHECK(charset::decode("\x1B$B?=@A\nabc", "ISO-2022-JP").text == "申請\nabc");
  }

  TEST_CASE("Shift_JIS is CP932 and EUC-JP has the vendor rows") {
    CHECK(charset::decode("\x87\x40\xFB\xFC\x81\x60\x81\x7C", "Shift_JIS").text == "①髙～－");
    CHECK(charset::decode("\xBF\xBD\xC0\xC1\xAD\xA1\x8E\xB6\x8F\xB0\xA1", "EUC-JP").text == "申請①ｶ丂");
  }

  TEST_CASE("every byte that cannot be read is counted and shown") {
    const auto sjis = charset::read_as("a\x81\x20z\xA0", "Shift_JIS");
    CHECK(sjis.undecodable >= 2);
    CHECK(sjis.text.find("\uFFFD") != std::string::npos);
    const auto jis = charset::read_as("\x1B$B?=\x1B(B\xFFq\x1B%x", "ISO-2022-JP");
    CHECK(jis.undecodable == 2);
    CHECK(jis.text == "申\uFFFDq\uFFFD%x");
    const auto utf8 = charset::decode("\xE7\x94\xB3 \xFF\xFE", "UTF-8");
    CHECK(utf8.undecodable == 2);
    CHECK(utf8.doubt("UTF-8").find("2 bytes") != std::string::npos);
    const auto cut = charset::read_as("\x1B$B?=@", "ISO-2022-JP");
    CHECK(cut.undecodable == 1);
    const auto euc = charset::read_as("\xBF\xBD\xC0", "EUC-JP");
    CHECK(euc.text == "申\uFFFD");
    CHECK(euc.undecodable == 1);
  }

  TEST_CASE("a wrong, weak or unknown label gives way to what the bytes look like, and that is told") {
    const std::string_view utf8 = "道路使用許可申請書",
                           sjis = "\x93\xB9\x98\x48\x8E\x67\x97\x70\x8B\x96\x89\xC2\x90\x5C\x90\xBF\x8F\x91",
                           euc = "\xC6\xBB\xCF\xA9\xBB\xC8\xCD\xD1\xB5\xF6\xB2\xC4\xBF\xBD\xC0\xC1\xBD\xF1";
    for (const auto* label : {"", "us-ascii", "iso-8859-1", "x-no-such", "ISO-2022-JP"}) {
      CAPTURE(label);
      for (const auto bytes : {utf8, sjis, euc}) {
        const auto read = charset::decode(bytes, label);
        CHECK(read.text == utf8);
        CHECK(read.guessed);
        CHECK_FALSE(read.doubt(label).empty());
      }
    }
    CHECK(charset::decode(sjis, "UTF-8").text == utf8);
    CHECK(charset::decode(euc, "Shift_JIS").text == utf8);
    CHECK(charset::decode("\x1B$B?=@A\x1B(B", "UTF-8").text == "申請");
    CHECK(charset::decode("\x1B$B?=@A\x1B(B", "").guessed);
  }

  TEST_CASE("UTF-16 is known by its mark, which is no part of the text") {
    const std::string little("\xFF\xFE\x33\x75\xCB\x8A\x0A\x00", 8), big("\xFE\xFF\x75\x33\x8A\xCB\x00\x0A", 8);
    for (const auto& bytes : {little, big}) {
      CHECK(charset::detect(bytes).text == "申請\n");
      CHECK(charset::detect(bytes).guessed);
      CHECK(charset::decode(bytes, "iso-8859-1").text == "申請\n");
      CHECK(charset::decode(bytes, "").text == "申請\n");
    }
    CHECK(charset::detect(little + "x").undecodable == 1);
    CHECK(charset::detect("\xFF\xFE").name == "windows-1252");  // a mark of nothing
  }

  TEST_CASE("Western text is not taken for Japanese") {
    CHECK(charset::detect("R\xE9sum\xE9").text == "Résumé");
    CHECK(charset::decode("Forma\xE7\xE3o", "windows-1252").text == "Formação");
    CHECK(charset::detect("Forma\xE7\xE3o").text == "Formação");
    CHECK_FALSE(charset::decode("R\xE9sum\xE9", "iso-8859-1").guessed);
  }

  TEST_CASE("charsets that hide ASCII are not followed") {
    for (const auto* label : {"utf-7", "hz-gb-2312", "ibm-037", "SCSU", "imap-mailbox-name"}) {
      const auto read = charset::decode("+ADw-b+AD4-", label);
      CHECK(read.text == "+ADw-b+AD4-");
      CHECK(read.guessed);
    }
    CHECK(charset::read_as("x", "utf-7").name.empty());
    // ICU would open these as iso-8859-3.
    for (const auto* label : {"iso-8859-\3773", "iso-8859-\0333", "iso-8859-\1773", "iso-8859- 3"}) {
      CHECK(charset::read_as("a\xA5", label).name.empty());
      CHECK(charset::is_utf8(charset::decode("a\xA5", label).doubt(label)));
    }
  }

  TEST_CASE("other charsets that mail uses are read by ICU") {
    CHECK(charset::decode("\xC4\xE3", "gb2312").text == "你");
    CHECK(charset::decode("\xA7\x41", "big5").text == "你");
    CHECK(charset::decode("\xEB", "iso-8859-2").text == "ë");
    CHECK(charset::decode("\xF0\xD2", "koi8-r").text == "Пр");
    std::string many;  // more than one buffer, with pairs of surrogates at its edges
    for (int i = 0; i < 5000; ++i) many += "\x95\x32\x82\x36";
    const auto read = charset::decode(many, "gb18030");
    CHECK(read.undecodable == 0);
    CHECK(read.text.size() == 5000 * 4);
    CHECK(charset::is_utf8(read.text));
  }

  TEST_CASE("control characters are made visible") {
    CHECK(charset::without_controls("a\nb\x1B[2J\xC2\x85") == "a\uFFFDb\uFFFD[2J\uFFFD");
  }

  TEST_CASE("the Japanese tables agree with the encoding standard's") {
    const auto* shared = std::getenv("INTAKE_CORPORA");
    const std::filesystem::path folder =
        std::filesystem::path(shared ? shared : INTAKE_SOURCE_DIR "/../../shared/corpora") / "charset-encoding_rs";
    if (!std::filesystem::exists(folder)) {
      MESSAGE("skipped: no shared/corpora");
      return;
    }
    const auto file = [&](const char* name) {
      std::ifstream in(folder / (std::string("tests__test_data__") + name), std::ios::binary);
      return std::string(std::istreambuf_iterator<char>(in), {});
    };
    const auto agree = [&](const char* encoded, const char* label, const char* utf8) {
      CAPTURE(std::string(encoded));
      const auto expected = file(utf8);
      REQUIRE_FALSE(expected.empty());
      // The standard's ISO-2022-JP encoder makes half-width kana, which come last, full-width.
      const auto end = std::min(expected.find("｡"), expected.size());
      const bool same = charset::read_as(file(encoded), label).text.substr(0, end) == expected.substr(0, end);
      CHECK(same);
    };
    agree("iso_2022_jp_out_ref.txt", "ISO-2022-JP", "iso_2022_jp_out.txt");
    agree("jis0208_out_ref.txt", "EUC-JP", "jis0208_out.txt");
  }
}
