#include "log.hpp"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "json.hpp"
#include "terminal.hpp"
#include "utc.hpp"

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

json::writer head(level level) {
  json::writer out;
  out.begin_object().member("at", utc_now()).member("tool", run.tool);
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
