#include "days.hpp"

#include <algorithm>

#include "libintake/failure.hpp"

namespace intake {
namespace {

date day_of(const std::string& text, const char* name, date otherwise) {
  if (text.empty()) return otherwise;
  const auto day = parse_iso_date(text);
  if (!day) throw failure(exit_status::usage, "{}: not a day (YYYY-MM-DD): {}", name, text);
  return *day;
}

timestamp clock_of(const std::string& text) {
  if (text.empty()) return now();
  const auto at = parse_rfc3339(text);
  if (!at) throw failure(exit_status::usage, "--at: not a time (2026-11-18T09:00:00+09:00): {}", text);
  return *at;
}

}  // namespace

asked_days days_of(const day_options& options, int offset_minutes, int days_ago) {
  asked_days asked;
  asked.now = clock_of(options.at);
  const auto usual = add_days(civil_day({asked.now.seconds, offset_minutes}), -days_ago);
  asked.from = day_of(options.day.empty() ? options.from : options.day, "--from", usual);
  asked.to = day_of(options.day.empty() ? options.to : options.day, "--to", std::max(asked.from, usual));
  if (asked.to < asked.from) throw failure(exit_status::usage, "--to lies before --from");
  return asked;
}

}  // namespace intake
