// Public holidays by the Act on National Holidays (国民の祝日に関する法律, 1948 law 178) and its amendments, computed
// so that no list has to be kept. The equinoxes follow the usual approximation of the almanac, good for 1900 to 2099.
#include <array>

#include "calendar.hpp"

namespace intake {
namespace {

using std::chrono::sys_days;
using std::chrono::weekday;

/// A holiday on a fixed day, in the years from `first` to `last`.
struct fixed_day {
  int first, last;
  unsigned month, day;
  std::string_view name;
};

constexpr int for_ever = 2099;

constexpr std::array fixed_days = {
    fixed_day{1949, for_ever, 1, 1, "元日"},
    fixed_day{1949, 1999, 1, 15, "成人の日"},
    fixed_day{1967, for_ever, 2, 11, "建国記念の日"},
    fixed_day{2020, for_ever, 2, 23, "天皇誕生日"},
    fixed_day{1949, 1988, 4, 29, "天皇誕生日"},
    fixed_day{1989, 2006, 4, 29, "みどりの日"},
    fixed_day{2007, for_ever, 4, 29, "昭和の日"},
    fixed_day{1949, for_ever, 5, 3, "憲法記念日"},
    fixed_day{2007, for_ever, 5, 4, "みどりの日"},
    fixed_day{1949, for_ever, 5, 5, "こどもの日"},
    fixed_day{1996, 2002, 7, 20, "海の日"},
    fixed_day{2016, 2019, 8, 11, "山の日"},
    fixed_day{2022, for_ever, 8, 11, "山の日"},
    fixed_day{1966, 2002, 9, 15, "敬老の日"},
    fixed_day{1966, 1999, 10, 10, "体育の日"},
    fixed_day{1948, for_ever, 11, 3, "文化の日"},
    fixed_day{1948, for_ever, 11, 23, "勤労感謝の日"},
    fixed_day{1989, 2018, 12, 23, "天皇誕生日"},
    // Moved for the Games of Tokyo.
    fixed_day{2020, 2020, 7, 23, "海の日"},
    fixed_day{2020, 2020, 7, 24, "スポーツの日"},
    fixed_day{2020, 2020, 8, 10, "山の日"},
    fixed_day{2021, 2021, 7, 22, "海の日"},
    fixed_day{2021, 2021, 7, 23, "スポーツの日"},
    fixed_day{2021, 2021, 8, 8, "山の日"},
    // By laws of their own.
    fixed_day{1959, 1959, 4, 10, "皇太子明仁親王の結婚の儀"},
    fixed_day{1989, 1989, 2, 24, "昭和天皇の大喪の礼"},
    fixed_day{1990, 1990, 11, 12, "即位礼正殿の儀"},
    fixed_day{1993, 1993, 6, 9, "皇太子徳仁親王の結婚の儀"},
    fixed_day{2019, 2019, 5, 1, "天皇の即位の日"},
    fixed_day{2019, 2019, 10, 22, "即位礼正殿の儀"},
};

/// A holiday on the n-th Monday of a month.
struct happy_monday {
  int first, last;
  unsigned month, nth;
  std::string_view name;
};

constexpr std::array happy_mondays = {
    happy_monday{2000, for_ever, 1, 2, "成人の日"}, happy_monday{2003, 2019, 7, 3, "海の日"},
    happy_monday{2022, for_ever, 7, 3, "海の日"},   happy_monday{2003, for_ever, 9, 3, "敬老の日"},
    happy_monday{2000, 2019, 10, 2, "体育の日"},    happy_monday{2022, for_ever, 10, 2, "スポーツの日"},
};

/// Day of the month, from the length of the year and the leap days since 1980 (to 1979: another base and count).
unsigned equinox(int year, double base_to_1979, double base_from_1980) {
  const bool early = year < 1980;
  const int leap_days = early ? (year - 1983) / 4 : (year - 1980) / 4;
  return static_cast<unsigned>((early ? base_to_1979 : base_from_1980) + 0.242194 * (year - 1980) - leap_days);
}

/// A day that the Act itself, or a law for one day, names: without those that follow from their order.
std::string_view named_holiday(date day) {
  const int year{day.year()};
  const unsigned month{day.month()}, of_month{day.day()};
  for (const auto& fixed : fixed_days)
    if (fixed.month == month && fixed.day == of_month && fixed.first <= year && year <= fixed.last) return fixed.name;
  if (month == 3 && year >= 1949 && of_month == equinox(year, 20.8357, 20.8431)) return "春分の日";
  if (month == 9 && of_month == equinox(year, 23.2588, 23.2488)) return "秋分の日";
  if (weekday{sys_days{day}} != std::chrono::Monday) return {};
  for (const auto& monday : happy_mondays)
    if (monday.month == month && (of_month - 1) / 7 + 1 == monday.nth && monday.first <= year && year <= monday.last)
      return monday.name;
  return {};
}

/// Article 3 paragraph 2, since 1973-04-12: the day after a holiday that falls on a Sunday; since 2007 the first day
/// after it that is no holiday itself.
bool is_substitute(date day) {
  if (day < date{std::chrono::year(1973), std::chrono::April, std::chrono::day(12)}) return false;
  const int furthest = int{day.year()} >= 2007 ? 7 : 1;
  for (int back = 1; back <= furthest; ++back) {
    const date before = add_days(day, -back);
    if (named_holiday(before).empty()) return false;
    if (weekday{sys_days{before}} == std::chrono::Sunday) return true;
  }
  return false;
}

/// Article 3 paragraph 3, since 1985-12-27: a day between two holidays; until 2006 not when it is a Sunday.
bool is_between_holidays(date day) {
  if (day < date{std::chrono::year(1985), std::chrono::December, std::chrono::day(27)}) return false;
  if (int{day.year()} < 2007 && weekday{sys_days{day}} == std::chrono::Sunday) return false;
  return !named_holiday(add_days(day, -1)).empty() && !named_holiday(add_days(day, 1)).empty();
}

}  // namespace

std::string_view japanese_holiday(date day) {
  constexpr date first{std::chrono::year(1948), std::chrono::July, std::chrono::day(20)};
  constexpr date last{std::chrono::year(2099), std::chrono::December, std::chrono::day(31)};
  if (!day.ok() || day < first || day > last) return {};
  if (const auto name = named_holiday(day); !name.empty()) return name;
  if (is_substitute(day)) return "振替休日";
  return is_between_holidays(day) ? "国民の休日" : std::string_view();
}

}  // namespace intake
