#include "libintake/era.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace intake;

namespace {

std::string read(const std::string& text) {
  const auto found = parse_written_time(text);
  if (!found) return "refused";
  return found->has_time ? to_rfc3339(found->at(540)) : to_string(found->day);
}

}  // namespace

TEST_SUITE("era") {
  TEST_CASE("a date is read in every form that Japanese mails use") {
    for (const char* const text : {"2026-11-22",
                                   "2026/11/22",
                                   "2026.11.22",
                                   "20261122",
                                   "2026年11月22日",
                                   "2026年 11月 22日",
                                   "西暦2026年11月22日",
                                   "２０２６年１１月２２日",
                                   "２０２６／１１／２２",
                                   "２０２６．１１．２２",
                                   "２０２６－１１－２２",
                                   "2026ー11ー22",
                                   "二〇二六年十一月二十二日",
                                   "二千二十六年十一月二十二日",
                                   "二〇二六年一一月二二日",
                                   "令和8年11月22日",
                                   "令和８年１１月２２日",
                                   "令和八年十一月二十二日",
                                   "令和 8 年 11 月 22 日",
                                   "㋿8年11月22日",
                                   "令8年11月22日",
                                   "R8.11.22",
                                   "R08.11.22",
                                   "r8/11/22",
                                   "Ｒ８．１１．２２",
                                   "R8年11月22日",
                                   "令和8.11.22",
                                   "2026年11月22日(日)",
                                   "2026/11/22（日）",
                                   "令和8年11月22日（日曜日）",
                                   "令和8年11月22日日曜日",
                                   "  2026-11-22  ",
                                   "\t令和8年11月22日"})
      CHECK_MESSAGE(read(text) == "2026-11-22", text);
  }

  TEST_CASE("days and months of one digit are read") {
    for (const char* const text : {"2026-1-2", "2026年1月2日", "R8.1.2", "令和八年一月二日", "2026/01/02"})
      CHECK_MESSAGE(read(text) == "2026-01-02", text);
  }

  TEST_CASE("a time of day may follow, in words, with colons or in halves of the day") {
    for (const char* const text :
         {"2026-11-22 15:05", "2026/11/22 15:05", "2026-11-22T15:05:00+09:00", "2026-11-22 15:05 JST",
          "2026-11-22 15:05:00 +0900", "2026年11月22日15時05分", "2026年11月22日 15時5分", "2026年11月22日 午後3時5分",
          "令和8年11月22日午後３時５分", "令和8年11月22日（日）　１５：０５", "2026/11/22 3:05 PM",
          "2026/11/22 PM 3:05", "2026/11/22 3:05pm", "二〇二六年十一月二十二日午後三時五分", "R8.11.22 15:05",
          "20261122 15:05", "2026年11月22日 15時05分00秒"})
      CHECK_MESSAGE(read(text) == "2026-11-22T15:05:00+09:00", text);
    CHECK(read("2026-11-22T06:05:00Z") == "2026-11-22T06:05:00+00:00");
    CHECK(read("2026年11月22日 9時") == "2026-11-22T09:00:00+09:00");
    CHECK(read("2026年11月22日 9時半") == "2026-11-22T09:30:00+09:00");
    CHECK(read("2026年11月22日正午") == "2026-11-22T12:00:00+09:00");
    CHECK(read("2026年11月22日 午前0時") == "2026-11-22T00:00:00+09:00");
    CHECK(read("2026年11月22日 午前12時30分") == "2026-11-22T00:30:00+09:00");
    CHECK(read("2026年11月22日 午後12時30分") == "2026-11-22T12:30:00+09:00");
    CHECK(read("2026-11-22 15:05:09") == "2026-11-22T15:05:09+09:00");
    CHECK(read("2026-11-22T15:05:00-03:30") == "2026-11-22T15:05:00-03:30");
    CHECK(read("2026年11月22日 24:00") == "2026-11-23T00:00:00+09:00");
  }

  TEST_CASE("the first year of an era is its 元年, and each era ends where the next begins") {
    CHECK(read("令和元年5月1日") == "2019-05-01");
    CHECK(read("令和1年5月1日") == "2019-05-01");
    CHECK(read("R1.5.1") == "2019-05-01");
    CHECK(read("平成31年4月30日") == "2019-04-30");
    CHECK(read("平成元年1月8日") == "1989-01-08");
    CHECK(read("昭和64年1月7日") == "1989-01-07");
    CHECK(read("昭和元年12月25日") == "1926-12-25");
    CHECK(read("㍼64年1月7日") == "1989-01-07");
    CHECK(read("S39.10.10") == "1964-10-10");
    CHECK(read("大正元年7月30日") == "1912-07-30");
    CHECK(read("明治45年7月29日") == "1912-07-29");
    CHECK(read("明治6年1月1日") == "1873-01-01");
    for (const char* const text :
         {"平成31年5月1日", "平成33年4月1日", "昭和64年1月8日", "令和元年4月30日", "令和0年1月1日", "昭和元年12月24日",
          "大正15年12月25日", "明治45年7月30日", "明治5年12月2日", "令和年5月1日"})
      CHECK_MESSAGE(read(text) == "refused", text);
  }

  TEST_CASE("days that do not exist are refused") {
    for (const char* const text :
         {"2026-02-29", "2026-13-01", "2026-00-10", "2026-11-00", "2026-11-31", "令和8年2月29日", "2026年11月32日",
          "0000-01-01", "20261301", "2100-02-29", "二〇二六年十三月一日", "2026-11-22 24:01", "2026-11-22 25:00",
          "2026-11-22 15:60", "2026-11-22 15:05:60", "2026年11月22日 午後13時", "2026年11月22日 15時05分61秒",
          "2026-11-22T15:05:00+15:00"})
      CHECK_MESSAGE(read(text) == "refused", text);
    CHECK(read("2024-02-29") == "2024-02-29");
    CHECK(read("令和6年2月29日") == "2024-02-29");
  }

  TEST_CASE("a weekday that is another day's is refused") {
    CHECK(read("2026年11月22日(月)") == "refused");
    CHECK(read("2026年11月22日 月曜日") == "refused");
    CHECK(read("2026年11月22日(木)") == "refused");
    CHECK(read("2026年11月22日(日") == "refused");
  }

  TEST_CASE("what is not exactly a date is refused, never guessed") {
    for (const char* const text : {"",
                                   " ",
                                   "本日",
                                   "26-11-22",
                                   "26/11/22",
                                   "8年11月22日",
                                   "2026-11/22",
                                   "2026年11月",
                                   "2026年11月22",
                                   "11月22日",
                                   "2026-11-22 ほか",
                                   "2026-11-22x",
                                   "2026-11-22T",
                                   "X8.11.22",
                                   "R.11.22",
                                   "2026111",
                                   "202611220",
                                   "12026-11-22",
                                   "2026-11-222",
                                   "十二三年一月一日",
                                   "2026年11月22日 15時5",
                                   "2026-11-22 1505",
                                   "令和二〇二六年一月一日",
                                   "千千年1月1日",
                                   "2026年11月22日15",
                                   "\xff\xfe",
                                   "R8.11.22.1",
                                   "2026--11-22",
                                   "-2026-11-22",
                                   "令和-8年1月1日",
                                   "2026-11-22 -1:00"})
      CHECK_MESSAGE(read(text) == "refused", text);
  }

  TEST_CASE("a text longer than any date is refused at once") {
    CHECK(read("2026-11-22" + std::string(1000, ' ')) == "refused");
    CHECK(read(std::string(1 << 20, '1')) == "refused");
  }

  TEST_CASE("a time of day can stand alone") {
    CHECK(parse_time_of_day("9:05") == 9 * 3600 + 5 * 60);
    CHECK(parse_time_of_day("１５：０５") == 15 * 3600 + 5 * 60);
    CHECK(parse_time_of_day(" 15時05分 ") == 15 * 3600 + 5 * 60);
    CHECK(parse_time_of_day("午後三時五分") == 15 * 3600 + 5 * 60);
    CHECK(parse_time_of_day("24:00") == 86400);
    for (const char* const text : {"", "15", "25:00", "15:5x", "午後", "2026-11-22", "-1:00", "1::2"})
      CHECK_MESSAGE(!parse_time_of_day(text), text);
  }

  TEST_CASE("every day since 1873 goes out as an era date and comes back as itself") {
    using namespace std::chrono;
    for (sys_days at = 1873y / 1 / 1; at < sys_days(2100y / 1 / 1); at += days(1)) {
      const date day(at);
      const auto text = to_era_text(day);
      const auto back = parse_written_time(text);
      REQUIRE_MESSAGE(back.has_value(), text);
      REQUIRE_MESSAGE(back->day == day, text);
    }
    CHECK(to_era_text(2019y / 4 / 30) == "平成31年4月30日");
    CHECK(to_era_text(2019y / 5 / 1) == "令和元年5月1日");
    CHECK(to_era_text(1872y / 1 / 1) == "1872年1月1日");
    CHECK(to_era_text(2117y / 1 / 1) == "令和99年1月1日");
    CHECK(to_era_text(622y / 11 / 22) == "0622年11月22日");
    CHECK(to_era_text(2118y / 1 / 1) == "2118年1月1日");
  }
}
