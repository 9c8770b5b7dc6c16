// Open and closed days, cut-off and the day on which a message is handled. Pure functions; dates are civil dates of
// the proleptic Gregorian calendar, times are UTC seconds with the desk's offset.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

using date = std::chrono::year_month_day;

/// "2026-11-24"; nullopt unless exactly that form and a real day.
[[nodiscard]] std::optional<date> parse_iso_date(std::string_view text);
[[nodiscard]] std::string to_string(date day);
[[nodiscard]] date add_days(date day, int days);

/// An instant with the offset it is shown in.
struct timestamp {
  std::int64_t seconds = 0;  ///< since 1970-01-01T00:00:00Z
  int offset_minutes = 540;  ///< Japan has no daylight saving time
};
/// RFC 3339, offset required ("Z" too).
[[nodiscard]] std::optional<timestamp> parse_rfc3339(std::string_view text);
[[nodiscard]] std::string to_rfc3339(timestamp time);
/// RFC 5322 date-time, obsolete zones included; and IMAP's INTERNALDATE.
[[nodiscard]] std::optional<timestamp> parse_rfc5322_date(std::string_view text);
[[nodiscard]] timestamp now();
/// The civil day of an instant at its offset.
[[nodiscard]] date civil_day(timestamp time);

/// Name of a Japanese public holiday by the Holiday Act and its history, or empty. Valid for 1948-07-20 to 2099.
[[nodiscard]] std::string_view japanese_holiday(date day);

struct desk_calendar {
  bool japanese_holidays = true;
  std::vector<std::string> closed;  ///< "MM-DD", every year
  std::vector<date> extra_closed, except_open;
  int cutoff_minutes = 24 * 60;  ///< after midnight, local; a message later than this is of the next open day
  int offset_minutes = 540;

  /// Neither Saturday, Sunday, holiday nor closed.
  [[nodiscard]] bool is_open(date day) const;
  [[nodiscard]] date next_open(date day) const;  ///< `day` itself if open
  /// First open day whose cut-off the instant meets (第7-3).
  [[nodiscard]] date handling_day(timestamp arrived) const;
};

}  // namespace intake
