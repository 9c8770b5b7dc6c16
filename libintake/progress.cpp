#include "progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <mutex>

#include "failure.hpp"
#include "json.hpp"
#include "terminal.hpp"

namespace intake {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds silent{1000}, between{250};

/// 75 → "1:15"; 3675 → "1:01:15".
std::string as_clock(std::int64_t seconds) {
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const auto minutes = seconds / 60;
  const auto front = minutes < 60 ? std::to_string(minutes) : std::to_string(minutes / 60) + ':' + two(minutes % 60);
  return front + ':' + two(seconds % 60);
}

/// Whole, or with one digit where it is less than ten.
std::string as_rate(double rate) {
  const auto tenths = std::llround(rate * 10);
  return rate >= 9.95 ? std::to_string(std::llround(rate))
                      : std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

/// At once, past every buffer. What cannot be shown is no fault of the work.
void put(const std::string& text) {
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

double progress_numbers::rate() const {
  return taken.count() > 0 ? static_cast<double>(done) * 1000 / static_cast<double>(taken.count()) : 0;
}

std::int64_t progress_numbers::seconds_left() const {
  if (total == 0 || rate() <= 0) return -1;
  return std::llround(static_cast<double>(total - std::min(done, total)) / rate());
}

std::string progress_numbers::line(const std::string& tool, bool japanese, std::size_t columns) const {
  const auto left = seconds_left();
  std::string text = tool + ": " + std::to_string(done);
  if (japanese) {
    text += total > 0 ? " / " + std::to_string(total) + " 通" : " 通";
    if (rate() > 0) text += "、毎秒 " + as_rate(rate()) + " 通";
    if (left >= 0) text += "、残り " + as_clock(left);
  } else {
    if (total > 0) text += " of " + std::to_string(total);
    text += (total > 0 ? total : done) == 1 ? " message" : " messages";
    if (rate() > 0) text += ", " + as_rate(rate()) + "/s";
    if (left >= 0) text += ", " + as_clock(left) + " left";
  }
  return terminal::cut(text, columns);
}

std::string progress_numbers::json(const std::string& tool, bool end) const {
  json::writer out;
  out.begin_object().member("progress", tool).member("done", done);
  if (total > 0) out.member("total", total);
  out.member("bytes", bytes).key("per_second").real(std::round(rate() * 10) / 10);
  if (const auto left = seconds_left(); left >= 0) out.member("seconds_left", left);
  if (end) out.member("end", true);
  return out.end_object().take();
}

struct progress::state {
  shape how;
  std::string tool;
  terminal::style style;
  std::mutex lock;
  progress_numbers numbers;
  clock::time_point began = clock::now(), shown = began;
  bool visible = false;

  void show(bool end) {
    const auto moment = clock::now();
    numbers.taken = std::chrono::duration_cast<std::chrono::milliseconds>(moment - began);
    shown = moment;
    if (how == shape::json) return put(numbers.json(tool, end) + '\n');
    // The last column stays free: some terminals begin a new line there.
    put("\r\x1b[K" + numbers.line(tool, style.japanese(), style.columns - 1));
    visible = true;
  }

  void hide() {
    if (visible) put("\r\x1b[K");
    visible = false;
  }
};

progress::shape progress::shape_of(const std::string& word, bool quiet) {
  if (word.empty() || word == "auto") {
    // Where the records themselves go to the terminal, as a table, that is progress enough.
    const bool shown = !quiet && ::isatty(STDERR_FILENO) != 0 && ::isatty(STDOUT_FILENO) == 0;
    return shown ? shape::line : shape::none;
  }
  if (word == "line") return shape::line;
  if (word == "json") return shape::json;
  if (word == "none") return shape::none;
  throw failure(exit_status::usage, "--progress is auto, line, json or none");
}

progress::progress(shape how, std::string tool) : state_(std::make_unique<state>()) {
  state_->how = how;
  state_->tool = std::move(tool);
  if (how == shape::line) state_->style = terminal::style_of(STDERR_FILENO);
  state_->style.columns = std::max<std::size_t>(state_->style.columns, 20);
}

progress::~progress() {
  if (state_->how == shape::json) state_->show(true);
  state_->hide();
}

void progress::expect(std::uint64_t count) {
  const std::lock_guard guard(state_->lock);
  state_->numbers.total += count;
}

void progress::done(std::uint64_t bytes) {
  if (state_->how == shape::none) return;
  const std::lock_guard guard(state_->lock);
  ++state_->numbers.done;
  state_->numbers.bytes += bytes;
  const auto moment = clock::now();
  if (moment - state_->began >= silent && moment - state_->shown >= between) state_->show(false);
}

void progress::pause() {
  const std::lock_guard guard(state_->lock);
  state_->hide();
}

}  // namespace intake
