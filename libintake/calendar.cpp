#include "calendar.hpp"

#include <algorithm>

#include "civil.hpp"

namespace intake {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

std::string two_digits(unsigned number) {
  return {static_cast<char>('0' + number / 10 % 10), static_cast<char>('0' + number % 10)};
}

std::string month_and_day(date day) {
  return two_digits(unsigned{day.month()}) + '-' + two_digits(unsigned{day.day()});
}

}  // namespace

std::optional<int> civil::digits(std::string_view text) {
  if (text.empty() || text.size() > 6) return std::nullopt;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

std::optional<date> civil::make_date(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  const date made{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                  std::chrono::day(static_cast<unsigned>(day))};
  return made.ok() ? std::optional(made) : std::nullopt;
}

std::optional<date> parse_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = civil::digits(text.substr(0, 4)), month = civil::digits(text.substr(5, 2)),
             day = civil::digits(text.substr(8, 2));
  return year && month && day ? civil::make_date(*year, *month, *day) : std::nullopt;
}

std::string to_string(date day) {
  const auto year = static_cast<unsigned>(int{day.year()});
  return two_digits(year / 100) + two_digits(year) + '-' + month_and_day(day);
}

date add_days(date day, int count) {
  return date{sys_days{day} + days{count}};
}

date civil_day(timestamp time) {
  const std::chrono::seconds local{time.seconds + std::int64_t{60} * time.offset_minutes};
  return date{std::chrono::floor<days>(std::chrono::sys_seconds{local})};
}

bool desk_calendar::is_open(date day) const {
  if (std::find(except_open.begin(), except_open.end(), day) != except_open.end()) return true;
  if (std::find(extra_closed.begin(), extra_closed.end(), day) != extra_closed.end()) return false;
  const std::chrono::weekday weekday{sys_days{day}};
  if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) return false;
  if (japanese_holidays && !japanese_holiday(day).empty()) return false;
  return std::find(closed.begin(), closed.end(), month_and_day(day)) == closed.end();
}

date desk_calendar::next_open(date day) const {
  // A profile that closes every day has no answer; the day itself is better than never returning.
  constexpr int far = 400;
  for (int ahead = 0; ahead < far; ++ahead)
    if (const date candidate = add_days(day, ahead); is_open(candidate)) return candidate;
  return day;
}

date desk_calendar::handling_day(timestamp arrived) const {
  const timestamp here{arrived.seconds, offset_minutes};
  const date day = civil_day(here);
  const std::int64_t local = arrived.seconds + std::int64_t{60} * offset_minutes;
  const std::int64_t of_day = local - sys_days{day}.time_since_epoch() / std::chrono::seconds{1};
  const bool in_time = of_day <= std::int64_t{60} * cutoff_minutes;
  return next_open(in_time ? day : add_days(day, 1));
}

}  // namespace intake
