#include "log.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "json.hpp"
#include "terminal.hpp"

namespace intake::log {
namespace {

struct {
  std::string tool = "intake";
  bool as_json = false;
  std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
} run;

/// In one call, so that the lines of the stages of a pipe do not mix. Nowhere is left to tell that it failed.
void put(const std::string& line) {
  (void)!::write(STDERR_FILENO, line.data(), line.size());
}

/// UTC, without the C library, which may open the time zone's file, as a confined process cannot.
std::string time_of_day() {
  using namespace std::chrono;
  const auto now = floor<seconds>(system_clock::now());
  const auto midnight = floor<days>(now);
  const year_month_day day(midnight);
  const hh_mm_ss time(now - midnight);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

json::writer head(level level) {
  json::writer out;
  out.begin_object().member("at", time_of_day()).member("tool", run.tool);
  out.member("level", level == level::error ? "error" : level == level::warning ? "warning" : "info");
  return out;
}

}  // namespace

void begin(std::string tool, bool as_json) {
  run = {std::move(tool), as_json, std::chrono::steady_clock::now()};
}

void say(level level, const phrase& said, int status) {
  if (!run.as_json) return put(run.tool + ": " + terminal::neutralised(said.local(), true) + "\n");
  auto out = head(level);
  out.member("message", terminal::neutralised(said.logged()));
  if (status != 0) out.member("status", status);
  put(out.end_object().take() + "\n");
}

void finished(std::uint64_t records) {
  if (!run.as_json) return;
  const auto taken = std::chrono::steady_clock::now() - run.begun;
  auto out = head(level::info);
  out.member("message", "finished").member("records", records);
  out.member("milliseconds", std::chrono::duration_cast<std::chrono::milliseconds>(taken).count());
  put(out.end_object().take() + "\n");
}

}  // namespace intake::log
