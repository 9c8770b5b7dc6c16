#include "libintake/list_mail.hpp"

#include <doctest/doctest.h>
#include <unicode/ucnv.h>

#include <vector>

#include "libintake/letter.hpp"

using namespace intake;

namespace {

const profile& rows_rule() {
  static const profile one = load_profile("kumamoto-2021", INTAKE_SOURCE_DIR "/share/intake/profiles");
  return one;
}
const profile& csv_rule() {
  static const profile one = load_profile(INTAKE_SOURCE_DIR "/tests/data/profile-other.toml");
  return one;
}

std::string in_charset(const std::string& utf8, const char* name) {
  UErrorCode status = U_ZERO_ERROR;
  std::string out(utf8.size() * 4 + 16, '\0');
  const auto length = ucnv_convert(name, "UTF-8", out.data(), static_cast<int32_t>(out.size()), utf8.data(),
                                   static_cast<int32_t>(utf8.size()), &status);
  REQUIRE(U_SUCCESS(status));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

list_reading of_text(const std::string& text, const profile& rule = rows_rule()) {
  return read_list_mail("", normal_text(text), {}, rule);
}

list_reading of_csv(const std::string& bytes, const std::string& count = "2",
                    const std::string& path = "nippou1117.csv") {
  return read_list_mail("", normal_text("日付＝令和8年11月17日\n合計＝" + count + "\n"), {{"f0", path, bytes}},
                        csv_rule());
}

std::string doubts(const list_reading& list) {
  std::string out;
  for (const auto& one : list.doubts)
    (out += out.empty() ? "" : " | ") += std::string(one.code.kind().code) + ": " + one.detail;
  return out;
}

std::string entries(const list_reading& list) {
  std::string out;
  for (const auto& one : list.entries)
    out +=
        one.receipt_no + "," + one.submitted_at + "," + one.procedure + "," + one.station + "," + one.applicant + "\n";
  return out;
}

const std::string head = "対象日：2026年11月17日\n件数：２件\n\n受付番号  時刻  手続名  申請先  申請者名\n";
const std::string two_rows =
    "20261117-0001  09:01  道路使用許可申請  中央署  架空 太郎\n"
    "20261117-0002  9:12  制限外積載許可申請  中央署  見本 花子\n";
const std::string two_entries =
    "20261117-0001,2026-11-17T09:01:00+09:00,道路使用許可申請,中央署,架空 太郎\n"
    "20261117-0002,2026-11-17T09:12:00+09:00,制限外積載許可申請,中央署,見本 花子\n";

const std::string titles = "整理番号,受付時刻,届出の種類,提出先,届出人\r\n";
const std::string csv_rows = "A-1,9:01,架空届,見本署,架空 太郎\r\nA-2,午後3時,見本届,見本署,見本 花子\r\n";
const std::string csv_entries =
    "A-1,2026-11-17T09:01:00+09:00,架空届,見本署,架空 太郎\n"
    "A-2,2026-11-17T15:00:00+09:00,見本届,見本署,見本 花子\n";

}  // namespace

TEST_SUITE("list_mail") {
  TEST_CASE("rows of text are read, times become instants of the list's day") {
    const auto list = of_text(head + two_rows + "\n以上です。\n");
    CHECK(doubts(list) == "");
    REQUIRE(list.day);
    CHECK(to_string(*list.day) == "2026-11-17");
    CHECK(entries(list) == two_entries);
  }

  TEST_CASE("full-width letters, digits and spaces make no difference") {
    const auto list = of_text(
        "対象日：令和８年１１月１７日\r\n件数：１件\r\n\r\n"
        "２０２６１１１７－０００１　０９：０１　道路使用許可申請　中央署　架空　太郎\r\n");
    CHECK(doubts(list) == "");
    CHECK(entries(list) == "20261117-0001,2026-11-17T09:01:00+09:00,道路使用許可申請,中央署,架空 太郎\n");
  }

  TEST_CASE("an empty list that says so is a list; one that says nothing is not") {
    CHECK(doubts(of_text("対象日：2026-11-17\n件数：0件\n該当はありません。\n")) == "");
    CHECK(of_text("対象日：2026-11-17\n件数：0件\n").entries.empty());
    CHECK(doubts(of_text("対象日：2026-11-17\n")) == "body.layout: the list does not tell how many it has");
  }

  TEST_CASE("a count that disagrees with the rows is told") {
    CHECK(doubts(of_text("対象日：2026-11-17\n件数：3件\n" + two_rows)) == "body.layout: the list says 3, it has 2");
    CHECK(doubts(of_text("対象日：2026-11-17\n件数：99999999999999999999999件\n" + two_rows)).find("is no number") !=
          std::string::npos);
  }

  TEST_CASE("a line between rows that is no row is told, because it may be an application") {
    const auto list = of_text(head +
                              "20261117-0001  09:01  道路使用許可申請  中央署  架空 太郎\n-----\n"
                              "20261117-0009  朝  道路使用許可申請  中央署  未読 次郎\n"
                              "20261117-0002  9:12  制限外積載許可申請  中央署  見本 花子\n");
    CHECK(entries(list) == two_entries);
    CHECK(doubts(list).find("not a row: “20261117-0009") != std::string::npos);
  }

  TEST_CASE("a day that is missing or does not exist is told") {
    CHECK(doubts(of_text("件数：2件\n" + two_rows)).find("the day of the list is not told") != std::string::npos);
    CHECK(doubts(of_text("対象日：2026年2月30日\n件数：2件\n" + two_rows)).find("is no date") != std::string::npos);
    CHECK_FALSE(of_text("件数：2件\n" + two_rows).day);
  }

  TEST_CASE("a time that does not exist is told, and its entry kept") {
    const auto list = of_text("対象日：2026-11-17\n件数：1件\nX-1  25:99  手続  署  架空 太郎\n");
    CHECK(entries(list) == "X-1,,手続,署,架空 太郎\n");
    CHECK(doubts(list).find("“25:99” is no time") != std::string::npos);
  }

  TEST_CASE("a CSV file is read in any Japanese charset, with byte order mark or without") {
    const std::string text = titles + csv_rows;
    const std::vector<std::string> forms = {in_charset(text, "ibm-943_P15A-2003"),
                                            text,
                                            "\xEF\xBB\xBF" + text,
                                            in_charset(text, "EUC-JP"),
                                            in_charset(text, "ISO-2022-JP"),
                                            "\xFF\xFE" + in_charset(text, "UTF-16LE"),
                                            "\xFE\xFF" + in_charset(text, "UTF-16BE")};
    for (const auto& bytes : forms) {
      const auto list = of_csv(bytes);
      CHECK(doubts(list) == "");
      CHECK(entries(list) == csv_entries);
    }
  }

  TEST_CASE("columns go by their titles, wherever they stand") {
    const auto list = of_csv(
        "架空県電子窓口 日報\r\n\"届出人\",\"備考\",\"整理番号\",\"受付時刻\",\"届出の種類\",\"提出先\"\r\n"
        "架空 太郎,,A-1,9:01,架空届,見本署\r\n見本 花子,\"a,b\",A-2,午後3時,見本届,見本署\r\n");
    CHECK(doubts(list) == "");
    CHECK(entries(list) == csv_entries);
    CHECK(entries(of_csv("整理番号\t届出人\n A-1 \t架空 太郎\n", "1")) == "A-1,,,,架空 太郎\n");
  }

  TEST_CASE("quotes may hold separators, line ends and quotes") {
    bool whole = false;
    const auto table = read_csv("a,\"b,\r\nc\",\"d\"\"e\"\r\n\r\n\"\",x\n", ',', whole);
    CHECK(whole);
    REQUIRE(table.size() == 2);
    CHECK(table[0] == std::vector<std::string>{"a", "b,\r\nc", "d\"e"});
    CHECK(table[1] == std::vector<std::string>{"", "x"});
    CHECK(read_csv("a,b", ',', whole).size() == 1);
    CHECK(read_csv("", ',', whole).empty());
  }

  TEST_CASE("a quote that is never closed, a missing column, a short row and an entry without number are told") {
    CHECK(doubts(of_csv(titles + "A-1,9:01,架空届,見本署,\"架空 太郎\r\n")).find("a quote is not closed") !=
          std::string::npos);
    CHECK(doubts(of_csv("整理番号,受付時刻\r\nA-1,9:01\r\nA-2,9:02\r\n")).find("no column 届出人") !=
          std::string::npos);
    CHECK(doubts(of_csv(titles + csv_rows + "A-3,9:30\r\n", "3")).find("row 4: 2 columns") != std::string::npos);
    CHECK(doubts(of_csv(titles + ",9:01,架空届,見本署,架空 太郎\r\n", "1")).find("no receipt_no") != std::string::npos);
    CHECK(doubts(of_csv("なにか別の表\r\n1,2\r\n")).find("no titles of columns") != std::string::npos);
    CHECK(doubts(of_csv(titles + csv_rows, "5")) == "body.layout: the list says 5, it has 2");
  }

  TEST_CASE("a file that is not the list, a second list and an absent one are told") {
    CHECK(doubts(of_csv("MZ", "0", "virus.exe")).find("attachment.unexpected: virus.exe") != std::string::npos);
    const auto two = read_list_mail(
        "", normal_text("日付=R8.11.17\n合計=2\n"),
        {{"f0", "nippou1.csv", titles + csv_rows}, {"f1", "nippou2.csv", titles + csv_rows}}, csv_rule());
    CHECK(doubts(two) == "attachment.unexpected: a second list: nippou2.csv");
    CHECK(two.doubts[0].file == "f1");
    CHECK(
        doubts(read_list_mail("", normal_text("日付=R8.11.17\n合計=0\n"), {}, csv_rule())).find("attachment.missing") ==
        0);
  }

  TEST_CASE("a letter and its file must name the same applications") {
    auto both = rows_rule();
    const std::string csv =
        "受付番号,申請日時,手続名,申請先,申請者名\r\n20261117-0003,9:01,道路使用許可申請,中央署,架空 太郎\r\n"
        "20261117-0002,9:12,道路使用許可申請,中央署,見本 花子\r\n";
    const auto list = read_list_mail("", normal_text(head + two_rows), {{"f0", "list.csv", csv}}, both);
    CHECK(doubts(list) == "body.layout: letter and file name different applications");
    CHECK(list.entries.size() == 2);
  }

  TEST_CASE("more entries than a list may have are a limit that is told") {
    std::string text = titles;
    for (int i = 0; i < 100'001; ++i) text += "A-" + std::to_string(i) + ",9:00,架空届,見本署,架空\r\n";
    const auto list = of_csv(text, "100001");
    CHECK(doubts(list).find("mail.limit: more entries") != std::string::npos);
    CHECK(list.entries.size() <= 100'000);
    CHECK(doubts(of_csv(titles + std::string(33 << 20, 'x'))).find("mail.limit: the list is too large") !=
          std::string::npos);
    CHECK(doubts(of_csv(titles + "A-1,9:00,架空届,見本署," + std::string(1001, 'x') + "\r\n", "1"))
              .find("applicant is too long") != std::string::npos);
    CHECK(doubts(of_csv("整理番号" + std::string(300, ',') + "\r\n", "0")).find("too many columns") !=
          std::string::npos);
  }

  TEST_CASE("bytes that are no text at all end in findings, not in trouble") {
    std::string noise;
    for (int i = 0; i < 100'000; ++i) noise += static_cast<char>(i * 7919 >> 3);
    CHECK(doubts(of_csv(noise)).find("body.layout") != std::string::npos);
    CHECK(doubts(of_csv(std::string(1000, '\0'))).find("body.layout") != std::string::npos);
    CHECK(doubts(of_csv(std::string(100'000, '"'))).find("body.layout") != std::string::npos);
  }
}
