// The days that a tool is asked about: --day, or --from and --to, as seen from now or from --at.
#pragma once

#include <string>

#include "libintake/calendar.hpp"

namespace intake {

/// As they were typed; empty where they were not.
struct day_options {
  std::string day, from, to, at;
  [[nodiscard]] bool names_days() const { return !(day + from + to).empty(); }
};

struct asked_days {
  timestamp now;
  date from, to;  ///< inclusive, from <= to
};

/// Without a day named it is the one that lies so many days behind today in this zone; without an end, the later of
/// that day and the first. Throws failure(usage).
[[nodiscard]] asked_days days_of(const day_options& options, int offset_minutes, int days_ago);

}  // namespace intake
