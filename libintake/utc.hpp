// The present moment, as records and logs tell it.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace intake {

/// "2026-11-24T00:00:00Z": now, without the C library, which may open the time zone's file, as a confined process
/// cannot.
[[nodiscard]] inline std::string utc_now() {
  using namespace std::chrono;
  const auto now = floor<seconds>(system_clock::now());
  const auto midnight = floor<days>(now);
  const year_month_day day(midnight);
  const hh_mm_ss time(now - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

}  // namespace intake
