// Dates and times as Japanese mails, lists and sheets write them, era years included. Handles hostile bytes: bounded,
// allocation in the size of the text, and what is not exactly a date that exists is refused, never guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "calendar.hpp"

namespace intake {

/// A date as written, with the time of day where there is one.
struct written_time {
  date day;
  bool has_time = false;
  int hour = 0, minute = 0, second = 0;
  std::optional<int> offset_minutes;  ///< only where the text names one

  /// The instant, in the offset the text names or else `offset`; midnight without a time of day.
  [[nodiscard]] timestamp at(int offset) const;
};

/// Reads 2026-11-22, 2026/11/22, 2026.11.22, 20261122, 2026年11月22日, 令和8年11月22日, 令和元年5月1日, R8.11.22 and
/// the like, in ASCII, full-width or kanji digits, with a weekday and a time (15:05, 15時05分, 午後3時5分) or without.
/// White space around it is skipped; the whole text must be the date. Refused: a day that does not exist, a day outside
/// the era named, a weekday that is another day's, 午後 with an hour over 12, a two-digit year without era.
[[nodiscard]] std::optional<written_time> parse_written_time(std::string_view text);

/// Seconds after midnight, 0 to 86400 (24:00), of a time of day that stands alone; the same forms.
[[nodiscard]] std::optional<int> parse_time_of_day(std::string_view text);

/// "令和8年11月22日", "令和元年5月1日", as parse_written_time() reads it. Before 1873, when Japan took the Gregorian
/// calendar, and beyond the 99th year of the era: "1872年1月1日".
[[nodiscard]] std::string to_era_text(date day);

}  // namespace intake
