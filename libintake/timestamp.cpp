// Instants as mails and mail servers write them.
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "calendar.hpp"
#include "civil.hpp"

namespace intake {
namespace {

using civil::digits;

bool same_letters(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if ((text[i] | 0x20) != lower[i]) return false;
  return true;
}

std::optional<int> month_number(std::string_view name) {
  constexpr std::array<std::string_view, 12> names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                      "jul", "aug", "sep", "oct", "nov", "dec"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (same_letters(name, names[i])) return static_cast<int>(i) + 1;
  return std::nullopt;
}

/// Tokens of a date-time: runs of anything between white space, commas and comments.
class tokens {
 public:
  explicit tokens(std::string_view text) : text_(text.substr(0, longest)) {}

  std::string_view next() {
    skip();
    const auto start = at_;
    while (at_ < text_.size() && !separates(text_[at_])) ++at_;
    return text_.substr(start, at_ - start);
  }

 private:
  // Hostile fields may be megabytes of comment; no date needs as much as this.
  static constexpr std::size_t longest = 512;

  static bool separates(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '(' || c == ')';
  }

  void skip() {
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '(') ++depth;
      if (c == ')' && depth > 0) --depth;
      if (c == '\\' && depth > 0 && at_ + 1 < text_.size()) ++at_;
      if (depth == 0 && !separates(c)) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

struct clock_time {
  int hour, minute, second;
};

/// "HH:MM" or "HH:MM:SS", one-digit hours included (RFC 5322 section 4.3).
std::optional<clock_time> parse_clock(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == text.npos) return std::nullopt;
  const auto hour = digits(text.substr(0, colon));
  const auto rest = text.substr(colon + 1);
  const auto minute = digits(rest.substr(0, 2));
  const auto second = rest.size() == 2                     ? std::optional(0)
                      : rest.size() == 5 && rest[2] == ':' ? digits(rest.substr(3))
                                                           : std::nullopt;
  if (!hour || !minute || !second) return std::nullopt;
  return clock_time{*hour, *minute, *second};
}

std::optional<int> numeric_zone(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = digits(text.substr(1, 2)), minutes = digits(text.substr(3));
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const int offset = *hours * 60 + *minutes;
  return text[0] == '-' ? -offset : offset;
}

/// Numeric, a named zone of RFC 5322 section 4.3, or an unknown name, which that section reads as -0000.
std::optional<int> parse_zone(std::string_view text) {
  if (const auto offset = numeric_zone(text)) return offset;
  struct named {
    std::string_view name;
    int offset;
  };
  constexpr std::array<named, 9> zones = {{{"edt", -240},
                                           {"est", -300},
                                           {"cdt", -300},
                                           {"cst", -360},
                                           {"mdt", -360},
                                           {"mst", -420},
                                           {"pdt", -420},
                                           {"pst", -480},
                                           {"jst", 540}}};
  for (const auto& zone : zones)
    if (same_letters(text, zone.name)) return zone.offset;
  for (const char c : text)
    if ((c | 0x20) < 'a' || (c | 0x20) > 'z') return std::nullopt;
  return 0;
}

std::optional<int> parse_year(std::string_view text) {
  const auto year = digits(text);
  if (!year) return std::nullopt;
  if (text.size() == 2) return *year < 50 ? *year + 2000 : *year + 1900;
  if (text.size() == 3) return *year + 1900;
  return text.size() == 4 ? year : std::nullopt;
}

}  // namespace

std::optional<timestamp> civil::make_timestamp(date day, int hour, int minute, int second, int offset_minutes) {
  if (hour > 23 || minute > 59 || second > 60 || std::abs(offset_minutes) >= 24 * 60) return std::nullopt;
  if (second == 60) second = 59;
  const auto midnight = std::chrono::sys_days{day}.time_since_epoch() / std::chrono::seconds{1};
  return timestamp{midnight + hour * 3600 + minute * 60 + second - offset_minutes * 60, offset_minutes};
}

std::optional<timestamp> parse_rfc3339(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
  const auto day = parse_iso_date(text.substr(0, 10));
  const auto time = text[13] == ':' && text[16] == ':' ? parse_clock(text.substr(11, 8)) : std::nullopt;
  if (!day || !time) return std::nullopt;
  auto rest = text.substr(19);
  if (rest[0] == '.') {
    const auto end = rest.find_first_not_of("0123456789", 1);
    if (end == rest.npos || end == 1) return std::nullopt;
    rest.remove_prefix(end);
  }
  if (rest == "Z" || rest == "z") return civil::make_timestamp(*day, time->hour, time->minute, time->second, 0);
  if (rest.size() != 6 || rest[3] != ':') return std::nullopt;
  const auto offset = numeric_zone(std::string(rest.substr(0, 3)).append(rest.substr(4)));
  return offset ? civil::make_timestamp(*day, time->hour, time->minute, time->second, *offset) : std::nullopt;
}

std::string to_rfc3339(timestamp time) {
  const date day = civil_day(time);
  const std::int64_t of_day = time.seconds + std::int64_t{60} * time.offset_minutes -
                              std::chrono::sys_days{day}.time_since_epoch() / std::chrono::seconds{1};
  const int offset = std::abs(time.offset_minutes);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "T%02d:%02d:%02d%c%02d:%02d", static_cast<int>(of_day / 3600),
                static_cast<int>(of_day / 60 % 60), static_cast<int>(of_day % 60), time.offset_minutes < 0 ? '-' : '+',
                offset / 60, offset % 60);
  return to_string(day) + text.data();
}

std::optional<timestamp> parse_rfc5322_date(std::string_view text) {
  tokens words(text);
  auto word = words.next();
  if (!word.empty() && !(word[0] >= '0' && word[0] <= '9'))
    word = words.next();  // the day of the week says nothing new

  std::string_view month, year;
  const auto dash = word.find('-');
  if (dash != word.npos) {  // INTERNALDATE: 17-Jul-1996
    month = word.substr(dash + 1, 3);
    if (word.size() < dash + 5 || word[dash + 4] != '-') return std::nullopt;
    year = word.substr(dash + 5);
    word = word.substr(0, dash);
  } else {
    month = words.next();
    year = words.next();
  }
  const auto day_of_month = digits(word), month_of_year = month_number(month), civil_year = parse_year(year);
  if (!day_of_month || !month_of_year || !civil_year) return std::nullopt;
  const auto day = civil::make_date(*civil_year, *month_of_year, *day_of_month);
  const auto time = parse_clock(words.next());
  const auto zone_name = words.next();
  if (!day || !time || zone_name.empty()) return std::nullopt;
  const auto zone = parse_zone(zone_name);
  return zone ? civil::make_timestamp(*day, time->hour, time->minute, time->second, *zone) : std::nullopt;
}

timestamp now() {
  return {std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count(),
          540};
}

}  // namespace intake
