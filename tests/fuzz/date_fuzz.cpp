// Dates as mails write them: what is read exists, and reads the same when it is written by era.
#include <cstdlib>
#include <string_view>

#include "libintake/era.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto read = intake::parse_written_time(text)) {
    check(read->day.ok() && read->hour >= 0 && read->hour < 24 && read->minute >= 0 && read->minute < 60 &&
          read->second >= 0 && read->second < 60);
    const auto again = intake::parse_written_time(intake::to_era_text(read->day));
    check(again && again->day == read->day);
  }
  if (const auto seconds = intake::parse_time_of_day(text)) check(*seconds >= 0 && *seconds <= 86400);
  if (const auto time = intake::parse_rfc5322_date(text)) check(!intake::to_rfc3339(*time).empty());
  return 0;
}
