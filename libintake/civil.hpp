// Small parts that the readers of dates share: bounded digits and checked civil dates. Handles hostile bytes.
#pragma once

#include <optional>
#include <string_view>

#include "calendar.hpp"

namespace intake::civil {

/// One to six ASCII digits and nothing else.
[[nodiscard]] std::optional<int> digits(std::string_view text);
/// A day that exists, in the years 1 to 9999.
[[nodiscard]] std::optional<date> make_date(int year, int month, int day);
/// An instant from a civil day, a time of day (a leap second reads as :59) and an offset of less than a day.
[[nodiscard]] std::optional<timestamp> make_timestamp(date day, int hour, int minute, int second, int offset_minutes);

}  // namespace intake::civil
