#include "libintake/calendar.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

using namespace intake;

namespace {

date day(const char* text) {
  return parse_iso_date(text).value();
}

std::string_view holiday(const char* text) {
  return japanese_holiday(day(text));
}

std::filesystem::path corpora() {
  if (const char* const named = std::getenv("INTAKE_CORPORA")) return named;
  const std::filesystem::path source = INTAKE_SOURCE_DIR;
  for (const char* const up : {"shared/corpora", "../shared/corpora", "../../shared/corpora"})
    if (std::filesystem::exists(source / up)) return source / up;
  return {};
}

desk_calendar desk() {
  desk_calendar made;
  made.closed = {"12-29", "12-30", "12-31", "01-02", "01-03"};
  made.cutoff_minutes = 16 * 60;
  return made;
}

std::string handled(const char* arrived) {
  return to_string(desk().handling_day(parse_rfc3339(arrived).value()));
}

std::string read_mail_date(std::string_view text) {
  const auto time = parse_rfc5322_date(text);
  return time ? to_rfc3339(*time) : "none";
}

}  // namespace

TEST_SUITE("calendar") {
  TEST_CASE("a date is read in exactly one form, and only if the day exists") {
    CHECK(to_string(day("2026-11-24")) == "2026-11-24");
    CHECK(to_string(day("2024-02-29")) == "2024-02-29");
    CHECK(to_string(day("0001-01-01")) == "0001-01-01");
    for (const char* const wrong :
         {"", "2026-11-2", "2026/11/24", "2026-02-29", "2026-13-01", "2026-00-10", "2026-11-31", "2026-11-24 ",
          "+026-11-24", "2026-1124-", "0000-01-01", "２０２６-11-24"})
      CHECK_MESSAGE(!parse_iso_date(wrong), wrong);
  }

  TEST_CASE("days are added across months and leap years") {
    CHECK(to_string(add_days(day("2024-02-28"), 2)) == "2024-03-01");
    CHECK(to_string(add_days(day("2026-01-01"), -1)) == "2025-12-31");
  }

  TEST_CASE("RFC 3339 times are read with their offset and written back") {
    for (const char* const same :
         {"2026-11-22T23:40:01+09:00", "1969-12-31T00:00:00-05:30", "2026-01-01T00:00:00+00:00"})
      CHECK(to_rfc3339(parse_rfc3339(same).value()) == same);
    CHECK(parse_rfc3339("2026-11-22T14:40:01Z")->seconds == parse_rfc3339("2026-11-22T23:40:01+09:00")->seconds);
    CHECK(parse_rfc3339("2026-11-22T14:40:01.123456Z")->seconds == parse_rfc3339("2026-11-22T14:40:01Z")->seconds);
    CHECK(parse_rfc3339("1970-01-01T00:00:10Z")->seconds == 10);
    for (const char* const wrong :
         {"", "2026-11-22T23:40:01", "2026-11-22T24:00:00Z", "2026-11-22T23:60:00Z", "2026-11-22T23:40Z",
          "2026-11-22T23:40:01.Z", "2026-11-22T23:40:01+9:00", "2026-11-22T23:40:01+0900", "2026-11-22T23:40:01Zx",
          "2026-02-30T00:00:00Z", "2026-11-22T23:40:01+24:00"})
      CHECK_MESSAGE(!parse_rfc3339(wrong), wrong);
  }

  TEST_CASE("mail dates are read in current and obsolete forms") {
    CHECK(read_mail_date("Sun, 22 Nov 2026 23:40:01 +0900") == "2026-11-22T23:40:01+09:00");
    CHECK(read_mail_date("22 Nov 2026 23:40 +0900 (JST)") == "2026-11-22T23:40:00+09:00");
    CHECK(read_mail_date("Fri, 21 Nov 97 09:55:06 -0600") == "1997-11-21T09:55:06-06:00");
    CHECK(read_mail_date("Fri, 21 Nov 049 09:55:06 PST") == "1949-11-21T09:55:06-08:00");
    CHECK(read_mail_date("21 (x (nested \\) ) y) Nov 1997 09(c):55:06 GMT") == "none");
    CHECK(read_mail_date("Fri(a (b \\) ) c),\r\n 21 Nov 1997 9:55:06 GMT") == "1997-11-21T09:55:06+00:00");
    CHECK(read_mail_date("21 nov 1997 09:55:06 JST") == "1997-11-21T09:55:06+09:00");
    CHECK(read_mail_date("21 Nov 1997 23:59:60 UT") == "1997-11-21T23:59:59+00:00");
    CHECK(read_mail_date("17-Jul-1996 02:44:25 -0700") == "1996-07-17T02:44:25-07:00");
    CHECK(read_mail_date(" 7-Jul-1996 02:44:25 +0000") == "1996-07-07T02:44:25+00:00");
  }

  TEST_CASE("what is no mail date is refused") {
    for (const char* const wrong :
         {"", "Sun,", "22 Nov 2026", "32 Nov 2026 00:00 +0900", "31 Feb 2026 00:00 +0900", "22 Foo 2026 00:00 +0900",
          "22 Nov 2026 24:00 +0900", "22 Nov 2026 00:00 +0960", "22 Nov 2026 00:00 +9900", "22 Nov 2026 00:00",
          "22 Nov 99999 00:00 +0900", "17-Jul-1996", "17-Jul", "17-", "((((", "22 Nov 2026 00:00 +09é0"})
      CHECK_MESSAGE(read_mail_date(wrong) == "none", wrong);
    CHECK(read_mail_date(std::string(1 << 20, '(') + "22 Nov 2026 00:00 +0900") == "none");
  }

  TEST_CASE("holidays by the Act as first made") {
    CHECK(holiday("1948-07-19").empty());
    CHECK(holiday("1948-09-23") == "秋分の日");
    CHECK(holiday("1948-11-03") == "文化の日");
    CHECK(holiday("1949-01-01") == "元日");
    CHECK(holiday("1949-01-15") == "成人の日");
    CHECK(holiday("1951-09-24") == "秋分の日");
    CHECK(holiday("1960-03-20") == "春分の日");
    CHECK(holiday("1966-02-11").empty());
    CHECK(holiday("1967-02-11") == "建国記念の日");
  }

  TEST_CASE("days of single laws") {
    CHECK(holiday("1959-04-10") == "皇太子明仁親王の結婚の儀");
    CHECK(holiday("1989-02-24") == "昭和天皇の大喪の礼");
    CHECK(holiday("1990-11-12") == "即位礼正殿の儀");
    CHECK(holiday("1993-06-09") == "皇太子徳仁親王の結婚の儀");
    CHECK(holiday("2019-05-01") == "天皇の即位の日");
    CHECK(holiday("2019-10-22") == "即位礼正殿の儀");
    CHECK(holiday("2019-04-30") == "国民の休日");
    CHECK(holiday("2019-05-02") == "国民の休日");
  }

  TEST_CASE("substitute and between days follow the rule of their year") {
    CHECK(holiday("1973-02-12").empty());  // before the rule
    CHECK(holiday("1973-04-30") == "振替休日");
    CHECK(holiday("1985-05-04").empty());  // before the day between
    CHECK(holiday("1988-05-04") == "国民の休日");
    CHECK(holiday("1986-05-04").empty());        // a Sunday
    CHECK(holiday("1987-05-04") == "振替休日");  // a Monday after a Sunday
    CHECK(holiday("2003-05-06").empty());
    CHECK(holiday("2008-05-06") == "振替休日");  // pushed past two holidays since 2007
    CHECK(holiday("2009-05-06") == "振替休日");
    CHECK(holiday("2009-09-22") == "国民の休日");
    CHECK(holiday("2021-08-09") == "振替休日");
  }

  TEST_CASE("days moved for the games of 2020 and 2021") {
    CHECK(holiday("2020-07-20").empty());
    CHECK(holiday("2020-07-23") == "海の日");
    CHECK(holiday("2020-07-24") == "スポーツの日");
    CHECK(holiday("2020-08-11").empty());
    CHECK(holiday("2020-10-12").empty());
    CHECK(holiday("2021-07-22") == "海の日");
    CHECK(holiday("2021-10-11").empty());
    CHECK(holiday("2022-10-10") == "スポーツの日");
    CHECK(holiday("2019-12-23").empty());
    CHECK(holiday("2099-09-23") == "秋分の日");
    CHECK(holiday("2100-01-01").empty());
  }

  TEST_CASE("every day of 1970 to 2050 equals the list kept by others") {
    const auto list = corpora() / "data-holidayjp/holidays.yml";
    std::ifstream file(list);
    if (!file) {
      MESSAGE("shared/corpora is absent: skipped");
      return;
    }
    std::map<std::string, std::string> expected;
    for (std::string line; std::getline(file, line);)
      if (line.size() > 12 && line[4] == '-') expected[line.substr(0, 10)] = line.substr(12);
    CHECK(expected.size() > 1300);
    for (date at = day("1970-01-01"); at <= day("2050-12-31"); at = add_days(at, 1)) {
      const bool listed = expected.contains(to_string(at));
      CHECK_MESSAGE(!japanese_holiday(at).empty() == listed, to_string(at));
      const bool renamed = listed && (expected[to_string(at)].find("休日") != std::string::npos ||
                                      expected[to_string(at)].find("の礼") != std::string::npos ||
                                      expected[to_string(at)].find("の儀") != std::string::npos ||
                                      expected[to_string(at)].find("（") != std::string::npos);
      if (listed && !renamed) CHECK_MESSAGE(japanese_holiday(at) == expected[to_string(at)], to_string(at));
    }
  }

  TEST_CASE("a message is handled on the first open day whose cut-off it meets") {
    CHECK(handled("2026-11-24T15:59:59+09:00") == "2026-11-24");
    CHECK(handled("2026-11-24T16:00:00+09:00") == "2026-11-24");
    CHECK(handled("2026-11-24T16:00:01+09:00") == "2026-11-25");
    CHECK(handled("2026-11-22T23:40:01+09:00") == "2026-11-24");  // Sunday before a holiday on Monday
    CHECK(handled("2026-11-20T16:30:00+09:00") == "2026-11-24");  // Friday evening
    CHECK(handled("2026-12-28T17:00:00+09:00") == "2027-01-04");  // the turn of the year
    CHECK(handled("2026-11-24T06:59:00Z") == "2026-11-24");       // the desk's time counts, not the server's
    CHECK(handled("2026-11-24T07:01:00Z") == "2026-11-25");
  }

  TEST_CASE("extra and excepted days win, in that order") {
    auto calendar = desk();
    calendar.extra_closed = {day("2026-11-24"), day("2026-11-25")};
    calendar.except_open = {day("2026-11-23"), day("2026-11-25")};
    CHECK(calendar.is_open(day("2026-11-23")));
    CHECK(!calendar.is_open(day("2026-11-24")));
    CHECK(calendar.is_open(day("2026-11-25")));
    calendar.japanese_holidays = false;
    CHECK(calendar.is_open(day("2026-11-03")));
  }

  TEST_CASE("a calendar without any open day still ends") {
    desk_calendar calendar;
    for (unsigned month = 1; month <= 12; ++month)
      for (unsigned of_month = 1; of_month <= 31; ++of_month) {
        char text[16];
        std::snprintf(text, sizeof text, "%02u-%02u", month, of_month);
        calendar.closed.emplace_back(text);
      }
    CHECK(calendar.next_open(day("2026-11-24")) == day("2026-11-24"));
  }
}
