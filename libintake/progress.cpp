#include "progress.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <mutex>
#include <new>

#include "failure.hpp"
#include "json.hpp"
#include "limits.hpp"
#include "terminal.hpp"

namespace intake {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds silent{1000};

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

/// Whether the line of the terminal is free: of the tools of a pipe only one writes there, else each would write over
/// what the others say. The lock is given back when the process ends; where there are no locks, all write.
bool takes_the_line() {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  return ::fcntl(STDERR_FILENO, F_SETLK, &whole) == 0 || (errno != EAGAIN && errno != EACCES);
}

/// What one worker has counted since its place was settled.
struct place_count {
  std::atomic<std::uint64_t> files, pages;            // of the files that are done
  std::atomic<std::uint64_t> file_pages, file_total;  // of the one under work
};
using counts = std::array<place_count, limits::worker_jobs>;
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "processes share them");

void add(progress_numbers& to, const place_count& from) {
  const std::uint64_t of_file = from.file_pages, pages = from.pages;
  to.files += from.files;
  to.pages += pages + of_file;
  to.pages_total += pages + std::max<std::uint64_t>(of_file, from.file_total);
}

std::string count_of(std::uint64_t number, const char* thing) {
  return std::to_string(number) + ' ' + thing + (number == 1 ? "" : "s");
}

}  // namespace

double progress_numbers::rate() const {
  return taken.count() > 0 ? static_cast<double>(done) * 1000 / static_cast<double>(taken.count()) : 0;
}

std::int64_t progress_numbers::seconds_left() const {
  if (total > 0 && rate() > 0) return std::llround(static_cast<double>(total - std::min(done, total)) / rate());
  if (bytes_total == 0 || bytes == 0) return -1;
  const auto share = static_cast<double>(bytes_total - std::min(bytes, bytes_total)) / static_cast<double>(bytes);
  return std::llround(share * static_cast<double>(taken.count()) / 1000);
}

std::string progress_numbers::line(const std::string& tool, bool japanese, std::size_t columns) const {
  const auto left = seconds_left();
  std::string text = tool + ": " + std::to_string(done);
  if (japanese) {
    text += total > 0 ? " / " + std::to_string(total) + " 通" : " 通";
    if (rate() > 0) text += "、毎秒 " + as_rate(rate()) + " 通";
    if (files > 0) text += "、" + std::to_string(files) + " ファイル";
    if (pages > 0) text += "、" + std::to_string(pages) + " / " + std::to_string(pages_total) + " ページ";
    if (left >= 0) text += "、残り " + as_clock(left);
  } else {
    if (total > 0) text += " of " + std::to_string(total);
    text += (total > 0 ? total : done) == 1 ? " message" : " messages";
    if (rate() > 0) text += ", " + as_rate(rate()) + "/s";
    if (files > 0) text += ", " + count_of(files, "file");
    if (pages > 0) text += ", " + std::to_string(pages) + " of " + count_of(pages_total, "page");
    if (left >= 0) text += ", " + as_clock(left) + " left";
  }
  return terminal::cut(text, columns);
}

std::string progress_numbers::json(const std::string& tool, bool end) const {
  json::writer out;
  out.begin_object().member("progress", tool).member("done", done);
  if (total > 0) out.member("total", total);
  out.member("bytes", bytes);
  if (bytes_total > 0) out.member("bytes_total", bytes_total);
  if (files > 0) out.member("files", files);
  if (pages_total > 0) out.member("pages", pages).member("pages_total", pages_total);
  out.key("per_second").real(std::round(rate() * 10) / 10);
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
  counts* shared = nullptr;  // none where nothing is shown
  unsigned place = 0;        // of this process, if it is a worker

  ~state() {
    if (shared) ::munmap(shared, sizeof *shared);
  }

  void show(bool end) {
    const auto moment = clock::now();
    numbers.taken = std::chrono::duration_cast<std::chrono::milliseconds>(moment - began);
    shown = moment;
    auto now = numbers;
    if (shared)
      for (const auto& each : *shared) add(now, each);
    if (how == shape::json) return put(now.json(tool, end) + '\n');
    // The last column stays free: some terminals begin a new line there.
    put("\r\x1b[K" + now.line(tool, style.japanese(), style.columns - 1));
    visible = true;
  }

  void show_if_due() {
    const auto moment = clock::now();
    if (moment - began >= silent && moment - shown >= between) show(false);
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
    return shown && takes_the_line() ? shape::line : shape::none;
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
  if (how == shape::none) return;
  void* const memory = ::mmap(nullptr, sizeof(counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw system_failure(exit_status::os, "memory for the progress");
  state_->shared = new (memory) counts{};
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
  state_->show_if_due();
}

void progress::look() {
  if (state_->how == shape::none) return;
  const std::lock_guard guard(state_->lock);
  state_->show_if_due();
}

void progress::expect_file(int fd) {
  struct stat what {};
  if (::fstat(fd, &what) != 0 || !S_ISREG(what.st_mode)) return;
  const auto at = ::lseek(fd, 0, SEEK_CUR);
  if (at < 0 || at >= what.st_size) return;
  const std::lock_guard guard(state_->lock);
  state_->numbers.bytes_total += static_cast<std::uint64_t>(what.st_size - at);
}

bool progress::shown() const {
  return state_->how != shape::none;
}

void progress::work_at(unsigned place) {
  state_->place = place;
}

void progress::page(std::uint64_t done, std::uint64_t of) {
  if (!state_->shared) return;
  auto& own = state_->shared->at(state_->place);
  own.file_total = of;
  own.file_pages = done;
}

void progress::file_done(std::uint64_t pages) {
  if (!state_->shared) return;
  page(0, 0);
  auto& own = state_->shared->at(state_->place);
  own.pages += pages;
  ++own.files;
}

void progress::forget() {
  settle(state_->place, false);
}

void progress::settle(unsigned place, bool counts) {
  if (!state_->shared) return;
  const std::lock_guard guard(state_->lock);
  auto& of_place = state_->shared->at(place);
  if (counts) add(state_->numbers, of_place);
  for (auto* each : {&of_place.files, &of_place.pages, &of_place.file_pages, &of_place.file_total}) *each = 0;
}

void progress::pause() {
  const std::lock_guard guard(state_->lock);
  state_->hide();
}

}  // namespace intake
