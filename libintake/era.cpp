#include "era.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "date_cursor.hpp"
#include "limits.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

using std::chrono::sys_days;

struct era {
  std::string_view name;
  char letter;
  date first, last;

  [[nodiscard]] int first_year() const { return static_cast<int>(first.year()); }
};

constexpr date civil(int year, unsigned month, unsigned day) {
  return {std::chrono::year{year}, std::chrono::month{month}, std::chrono::day{day}};
}

// The first day of an era belongs to it, its eve to the one before (元号法 and the edicts before it). Meiji counts from
// 1873 here, when Japan took the Gregorian calendar; earlier days have other numbers than this calendar gives them.
constexpr std::array eras = {
    era{"令和", 'R', civil(2019, 5, 1), civil(9999, 12, 31)}, era{"平成", 'H', civil(1989, 1, 8), civil(2019, 4, 30)},
    era{"昭和", 'S', civil(1926, 12, 25), civil(1989, 1, 7)}, era{"大正", 'T', civil(1912, 7, 30), civil(1926, 12, 24)},
    era{"明治", 'M', civil(1868, 1, 25), civil(1912, 7, 29)},
};
constexpr date gregorian_since = civil(1873, 1, 1);

constexpr std::array<std::string_view, 7> weekdays = {"日", "月", "火", "水", "木", "金", "土"};

const era* eat_era(date_cursor& at) {
  for (const auto& one : eras)
    if (at.eat(one.name)) return &one;
  for (const auto& one : eras)
    if (at.eat(one.name.substr(0, 3))) return &one;  // 令8年: the first kanji alone
  for (const auto& one : eras)
    if (at.eat_letter(one.letter)) return &one;
  return nullptr;
}

std::optional<date> real_day(int year, int month, int day) {
  if (year < 1 || year > 9999 || month < 1 || day < 1) return std::nullopt;
  const auto made = civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
  return made.ok() ? std::optional(made) : std::nullopt;
}

/// "年11月22日" or "/11/22" behind a year.
std::optional<date> month_and_day(date_cursor& at, int year) {
  at.spaces();
  const bool words = at.eat("年");
  const char first = words ? 0 : at.separator();
  if (!words && !first) return std::nullopt;
  at.spaces();
  const auto month = at.number(2);
  at.spaces();
  if (!month || (words ? !at.eat("月") : at.separator() != first)) return std::nullopt;
  at.spaces();
  const auto day = at.number(2);
  if (!day) return std::nullopt;
  if (words) {
    at.spaces();
    if (!at.eat("日")) return std::nullopt;
  }
  return real_day(year, *month, *day);
}

std::optional<date> era_date(date_cursor& at, const era& named) {
  at.spaces();
  const auto year = at.eat("元") ? std::optional(1) : at.number(2);
  if (!year || *year < 1) return std::nullopt;
  const auto day = month_and_day(at, named.first_year() + *year - 1);
  // 平成31年5月1日 never was, and days of old Meiji are of another calendar.
  if (!day || *day < named.first || *day > named.last || *day < gregorian_since) return std::nullopt;
  return day;
}

std::optional<date> western_date(date_cursor& at) {
  at.eat("西暦");
  at.spaces();
  auto whole = at;
  if (const auto packed = whole.number(8); packed && *packed >= 10000000) {
    at = whole;
    return real_day(*packed / 10000, *packed / 100 % 100, *packed % 100);
  }
  int digits = 0;
  const auto year = at.number(4, &digits);
  if (!year || digits != 4) return std::nullopt;
  return month_and_day(at, *year);
}

/// "(日)", "(日曜日)", "日曜日"; nothing at all is right too. False when it is not that day's.
bool weekday_fits(date_cursor& at, date day) {
  const auto today = weekdays[std::chrono::weekday(sys_days{day}).c_encoding()];
  auto ahead = at;
  ahead.spaces();
  const bool bracket = ahead.eat("(");
  for (const auto name : weekdays) {
    auto after = ahead;
    if (!after.eat(name)) continue;
    const bool word = after.eat("曜日") || after.eat("曜");
    if (bracket ? !after.eat(")") : !word) continue;
    at = after;
    return name == today;
  }
  return !bracket;
}

enum class half { none, am, pm };

half eat_half(date_cursor& at) {
  for (const auto text : {"午前", "AM", "am", "A.M.", "a.m."})
    if (at.eat(text)) return half::am;
  for (const auto text : {"午後", "PM", "pm", "P.M.", "p.m."})
    if (at.eat(text)) return half::pm;
  return half::none;
}

/// Minutes and seconds behind an hour, in words or with colons.
bool rest_of_clock(date_cursor& at, written_time& out) {
  std::optional<int> minute = 0, second = 0;
  if (at.eat(":")) {
    minute = at.number(2);
    if (at.eat(":")) second = at.number(2);
  } else if (at.eat("時")) {
    at.spaces();
    if (at.eat("半")) {
      minute = 30;
    } else if (auto ahead = at; ahead.number(2)) {
      minute = at.number(2);
      if (!at.eat("分")) return false;
      at.spaces();
      if (auto behind = at; behind.number(2)) {
        second = at.number(2);
        if (!at.eat("秒")) return false;
      }
    }
  } else {
    return false;
  }
  if (!minute || !second || *minute > 59 || *second > 59) return false;
  out.minute = *minute;
  out.second = *second;
  return true;
}

bool clock(date_cursor& at, written_time& out) {
  out.has_time = true;
  if (at.eat("正午")) {
    out.hour = 12;
    return true;
  }
  auto named = eat_half(at);
  at.spaces();
  const auto hour = at.number(2);
  if (!hour || !rest_of_clock(at, out)) return false;
  if (auto ahead = at; named == half::none) {
    ahead.spaces();
    named = eat_half(ahead);
    if (named != half::none) at = ahead;
  }
  out.hour = *hour;
  if (named == half::none) return *hour < 24 || (*hour == 24 && out.minute == 0 && out.second == 0);
  if (*hour > 12) return false;
  // 12 in a half of the day is what clocks that count to 12 show for 0.
  out.hour = *hour % 12 + (named == half::pm ? 12 : 0);
  return true;
}

/// "Z", "+09:00", "+0900", "JST"; nothing at all is right too.
bool zone(date_cursor& at, written_time& out) {
  auto ahead = at;
  ahead.spaces();
  if (ahead.eat("Z")) {
    out.offset_minutes = 0;
  } else if (ahead.eat("JST")) {
    out.offset_minutes = 540;
  } else if (const bool east = ahead.eat("+"); east || ahead.eat("-")) {
    const auto hours = ahead.number(4);
    const auto minutes = ahead.eat(":") ? ahead.number(2) : std::optional(-1);
    if (!hours || !minutes) return false;
    const int whole = *minutes < 0 ? *hours / 100 * 60 + *hours % 100 : *hours * 60 + *minutes;
    if (whole > 14 * 60) return false;
    out.offset_minutes = east ? whole : -whole;
  } else {
    return true;
  }
  at = ahead;
  return true;
}

/// The normal form to read, or empty when the text is longer than any date.
std::string prepared(std::string_view text) {
  return text.size() > limits::written_date_bytes ? std::string() : nfkc(text);
}

}  // namespace

timestamp written_time::at(int offset) const {
  const int used = offset_minutes.value_or(offset);
  const std::int64_t midnight = sys_days{day}.time_since_epoch() / std::chrono::seconds{1};
  return {midnight + hour * 3600 + minute * 60 + second - std::int64_t{60} * used, used};
}

std::optional<written_time> parse_written_time(std::string_view text) {
  const auto normal = prepared(text);
  date_cursor at(normal);
  at.spaces();
  const era* named = eat_era(at);
  const auto day = named ? era_date(at, *named) : western_date(at);
  if (!day || !weekday_fits(at, *day)) return std::nullopt;
  written_time out{.day = *day};
  at.spaces();
  if (at.done()) return out;
  at.eat("T");
  at.spaces();
  if (!clock(at, out) || !zone(at, out)) return std::nullopt;
  at.spaces();
  if (!at.done()) return std::nullopt;
  if (out.hour == 24) {
    out.day = add_days(out.day, 1);
    out.hour = 0;
  }
  return out;
}

std::optional<int> parse_time_of_day(std::string_view text) {
  const auto normal = prepared(text);
  date_cursor at(normal);
  at.spaces();
  written_time out;
  if (!clock(at, out)) return std::nullopt;
  at.spaces();
  return at.done() ? std::optional(out.hour * 3600 + out.minute * 60 + out.second) : std::nullopt;
}

std::string to_era_text(date day) {
  const auto rest = "年" + std::to_string(static_cast<unsigned>(day.month())) + "月" +
                    std::to_string(static_cast<unsigned>(day.day())) + "日";
  if (day >= gregorian_since)
    for (const auto& one : eras)
      if (day >= one.first && day <= one.last) {
        const int year = static_cast<int>(day.year()) - one.first_year() + 1;
        if (year > 99) break;  // a year of an era is read with two digits at most
        return std::string(one.name) + (year == 1 ? "元" : std::to_string(year)) + rest;
      }
  const auto year = std::to_string(static_cast<int>(day.year()));
  return std::string(4 - std::min<std::size_t>(year.size(), 4), '0') + year + rest;  // a year is read with four digits
}

}  // namespace intake
