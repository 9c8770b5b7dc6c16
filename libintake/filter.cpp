#include "filter.hpp"

#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <deque>
#include <utility>

#include "digest.hpp"
#include "json.hpp"
#include "worker.hpp"

namespace intake {
namespace {

using clock = std::chrono::steady_clock;

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

void stamp(record& rec, const std::string& stage, const std::string& tool) {
  json::writer out;
  out.begin_object().member("tool", tool + " " INTAKE_VERSION).member("at", utc_now()).end_object();
  rec.set_in("stages", stage, out.take());
  if (sandbox::disabled()) rec.set("insecure", "true");
}

/// The record as it came, with a finding that says what became of it in this stage.
std::string failed_line(const std::string& line, finding_code code, const std::string& stage, const std::string& why) {
  record rec(line);
  rec.find(code, {.file = {}, .detail = stage + ": " + why});
  return rec.line();
}

/// One handled line, in the worker. An exception costs the record a finding; what the handler had changed is dropped.
std::string handle_line(std::string line, const filter_stage& stage, const std::string& tool) {
  std::string why;
  try {
    record rec(std::move(line));
    try {
      stage.handle(rec);
      stamp(rec, stage.name, tool);
      std::string result = rec.line();
      if (result.size() <= limits::record_bytes) return result;
      why = "the result exceeds the limit of a record";
    } catch (const std::exception& error) {
      why = error.what();
    }
    return failed_line(std::string(rec.original()), "stage.failed", stage.name, why);
  } catch (const std::exception&) {
    return {};  // the pump had accepted the line as a record; an empty answer makes it look again
  }
}

/// What is emitted in place of a line that is none, from what the reader kept of it.
std::string unusable(const line_reader& reader, std::string_view reason) {
  const std::string& kept = reader.line();
  return unusable_record(std::string_view(kept).substr(0, limits::unusable_kept_bytes), reader.size(), reader.digest(),
                         reason);
}

class pump {
 public:
  pump(const filter_options& options, const filter_stage& stage) : options_(options), stage_(stage) {
    task_.role = stage.role;
    task_.access = stage.access;
    task_.prepare = stage.prepare;
    task_.answer = [this](std::string line) { return handle_line(std::move(line), stage_, options_.tool); };
  }

  exit_status run() {
    std::signal(SIGPIPE, SIG_IGN);  // a dead worker must not end the stream; record_writer minds stdout
    const bool roots = stage_.role == sandbox::role::scanner || stage_.role == sandbox::role::office ||
                       stage_.role == sandbox::role::raster;
    sandbox::enter(roots ? sandbox::role::pump_of_roots : sandbox::role::pump);
    for (unsigned i = 0; i < std::clamp(options_.jobs, 1U, limits::worker_jobs); ++i)
      places_.push_back({std::make_unique<worker>(task_), nullptr});
    while (step()) {
    }
    writer_.finish();
    return unusable_ ? exit_status::data : met_fail_on_ ? exit_status::findings : exit_status::ok;
  }

 private:
  struct job {
    std::string id, line, result;
    bool assigned = false, done = false;
    clock::time_point deadline;
  };
  struct place {
    std::unique_ptr<worker> hand;
    job* at_work = nullptr;
  };

  bool step() {
    while (!jobs_.empty() && jobs_.front().done) {
      const auto before = clock::now();
      writer_.write_line(jobs_.front().result);
      jobs_.pop_front();
      const auto blocked = clock::now() - before;  // a slow reader downstream is not the workers' fault
      for (auto& waiting : jobs_) waiting.deadline += blocked;
    }
    assign();
    if (ended_ && jobs_.empty()) return false;
    const bool room = !ended_ && jobs_.size() < 2 * places_.size();
    if (room && reader_.ready()) {
      take_line();
      return true;
    }
    std::vector<pollfd> polled;
    if (room) polled.push_back({0, POLLIN, 0});
    for (const auto& seat : places_) seat.hand->watch(polled);
    if (poll(polled.data(), polled.size(), wait_time()) < 0 && errno != EINTR)
      throw system_failure(exit_status::os, "poll");
    for (auto& seat : places_) serve(seat);
    if (room && polled[0].revents != 0 && reader_.fill()) take_line();
    return true;
  }

  void take_line() {
    const auto outcome = reader_.next();
    if (outcome == line_reader::outcome::end) {
      ended_ = true;
      return;
    }
    auto& entry = jobs_.emplace_back();
    try {
      if (outcome == line_reader::outcome::torn) throw unusable_line("torn: the line has no end");
      if (outcome == line_reader::outcome::too_long) throw unusable_line("longer than the limit of a record");
      record rec(reader_.line());
      entry.id = rec.id();
      entry.line = std::move(rec).release();
    } catch (const unusable_line& error) {
      entry.result = unusable(reader_, error.what());
      entry.assigned = entry.done = unusable_ = true;
    }
  }

  void assign() {
    for (auto& seat : places_) {
      if (seat.at_work) continue;
      const auto next = std::find_if(jobs_.begin(), jobs_.end(), [](const job& each) { return !each.assigned; });
      if (next == jobs_.end()) return;
      next->assigned = true;
      next->deadline = clock::now() + stage_.deadline + limits::worker_per_mebibyte * (next->line.size() / limits::mib);
      seat.at_work = &*next;  // a deque keeps its elements in place
      seat.hand->ask(next->line);
    }
  }

  void serve(place& seat) {
    if (!seat.at_work) return;
    switch (seat.hand->advance()) {
      case worker::outcome::working:
        if (clock::now() >= seat.at_work->deadline) abandon(seat, stage_.on_timeout, "no answer in time");
        break;
      case worker::outcome::failed:
        abandon(seat, "stage.failed", seat.hand->why());
        break;
      case worker::outcome::answered:
        if (accept(*seat.at_work, seat.hand->take_reply()))
          seat.at_work = nullptr;
        else
          abandon(seat, "stage.failed", "the worker's answer is not the record it was given");
    }
  }

  /// Whether the answer is one record of the same id; then it is the job's result.
  bool accept(job& entry, std::string answer) {
    if (answer.find('\n') != answer.npos) return false;
    try {
      record came(std::move(answer));
      if (came.id() != entry.id) return false;
      note_disposition(came);
      entry.result = std::move(came).release();
    } catch (const unusable_line&) {
      return false;
    }
    entry.done = true;
    std::string().swap(entry.line);
    return true;
  }

  /// The line goes on as it came, with the finding; the worker is replaced, whatever state it is in.
  void abandon(place& seat, finding_code code, const std::string& why) {
    job& entry = *std::exchange(seat.at_work, nullptr);
    entry.result = failed_line(entry.line, code, stage_.name, why);
    note_disposition(record(entry.result));
    entry.done = true;
    seat.hand.reset();
    seat.hand = std::make_unique<worker>(task_);
  }

  void note_disposition(const record& rec) {
    const auto& wanted = options_.fail_on;
    if (std::find(wanted.begin(), wanted.end(), rec["disposition"].str()) != wanted.end()) met_fail_on_ = true;
  }

  int wait_time() const {
    auto nearest = clock::time_point::max();
    for (const auto& seat : places_)
      if (seat.at_work) nearest = std::min(nearest, seat.at_work->deadline);
    if (nearest == clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(nearest - clock::now()).count();
    return static_cast<int>(std::clamp<long>(left, 0, 60'000));
  }

  const filter_options& options_;
  const filter_stage& stage_;
  worker_task task_;
  line_reader reader_{0};
  record_writer writer_;
  std::vector<place> places_;
  std::deque<job> jobs_;
  bool ended_ = false, unusable_ = false, met_fail_on_ = false;
};

/// Lines of megabytes come and go all the time: memory that is given back to the kernel after each of them has to be
/// cleared again for the next, which costs more than parsing it.
void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 * static_cast<int>(limits::mib));  // the most that is taken
  mallopt(M_TRIM_THRESHOLD, 128 * static_cast<int>(limits::mib));
}

}  // namespace

exit_status run_filter(const filter_options& options, const filter_stage& stage) {
  keep_memory();
  return pump(options, stage).run();
}

exit_status run_keeper(const filter_options& options, const std::string& name,
                       const std::function<void(record&)>& handle) {
  keep_memory();
  line_reader reader(0);
  record_writer writer;
  bool unusable_seen = false, met_fail_on = false;
  for (;;) {
    const auto outcome = reader.next();
    if (outcome == line_reader::outcome::end) break;
    try {
      if (outcome == line_reader::outcome::torn) throw unusable_line("torn: the line has no end");
      if (outcome == line_reader::outcome::too_long) throw unusable_line("longer than the limit of a record");
      record rec(reader.line());
      handle(rec);
      stamp(rec, name, options.tool);
      const std::string result = rec.line();
      const auto& wanted = options.fail_on;
      met_fail_on |= std::find(wanted.begin(), wanted.end(), record(result)["disposition"].str()) != wanted.end();
      writer.write_line(result);
    } catch (const unusable_line& error) {
      writer.write_line(unusable(reader, error.what()));
      unusable_seen = true;
    }
  }
  writer.finish();
  return unusable_seen ? exit_status::data : met_fail_on ? exit_status::findings : exit_status::ok;
}

// line_reader

line_reader::line_reader(int fd) : fd_(fd) {}
line_reader::~line_reader() = default;

bool line_reader::fill() {
  constexpr std::size_t chunk = limits::mib;
  if (start_ == filled_) {
    start_ = filled_ = 0;
  } else if (start_ > chunk) {
    std::memmove(buffer_.data(), buffer_.data() + start_, filled_ - start_);
    filled_ -= start_;
    if (lf_ != buffer_.npos) lf_ -= start_;
    start_ = 0;
  }
  if (buffer_.size() - filled_ < chunk) buffer_.resize(std::max(2 * buffer_.size(), filled_ + chunk));
  ssize_t got;
  do got = read(fd_, buffer_.data() + filled_, chunk);
  while (got < 0 && errno == EINTR);
  if (got < 0) throw system_failure(exit_status::io, "reading the records");
  if (got == 0) end_ = true;
  const std::size_t before = filled_;
  filled_ += static_cast<std::size_t>(got);
  if (lf_ == buffer_.npos) find_line_end(before);
  return ready();
}

void line_reader::find_line_end(std::size_t from) {
  const auto unread = std::string_view(buffer_.data(), filled_);
  lf_ = unread.find('\n', from);
}

bool line_reader::ready() const {
  return end_ || lf_ != buffer_.npos || filled_ - start_ > limits::record_bytes;
}

void line_reader::consume(std::size_t end) {
  start_ = end;
  find_line_end(start_);
}

line_reader::outcome line_reader::next() {
  while (!ready()) (void)fill();
  sha256_.clear();
  const std::size_t end = lf_ == buffer_.npos ? filled_ : lf_;
  if (end - start_ <= limits::record_bytes) {
    line_.assign(buffer_, start_, end - start_);
    size_ = line_.size();
    const bool whole = lf_ != buffer_.npos;
    consume(whole ? end + 1 : end);
    return whole ? outcome::line : line_.empty() ? outcome::end : outcome::torn;
  }
  // Too long to hold: the head is kept, the rest is read to its end and only counted and digested.
  line_.assign(buffer_, start_, 64 * limits::kib);
  sha256 digest;
  size_ = 0;
  for (;;) {
    const bool whole = lf_ != buffer_.npos;
    const std::size_t stop = whole ? lf_ : filled_;
    digest.update(std::string_view(buffer_.data() + start_, stop - start_));
    size_ += stop - start_;
    consume(whole ? stop + 1 : stop);
    if (whole || end_) break;
    (void)fill();
  }
  sha256_ = digest.hex();
  return outcome::too_long;
}

std::string line_reader::digest() const {
  return sha256_.empty() ? sha256_hex(line_) : sha256_;
}

// record_writer

record_writer::record_writer(int fd) : fd_(fd) {
  std::signal(SIGPIPE, SIG_IGN);
}

void record_writer::write_line(std::string_view line) {
  put(line);
  put("\n");
}

void record_writer::put(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) {  // the reader has gone: end as a filter does by default
      std::signal(SIGPIPE, SIG_DFL);
      std::raise(SIGPIPE);
    }
    if (written <= 0) throw system_failure(exit_status::io, "writing the records");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void record_writer::finish() {
  // Some file systems tell of a full disk only when the file is closed.
  const int copy = dup(fd_);
  if (copy < 0 || close(copy) != 0) throw system_failure(exit_status::io, "writing the records");
}

}  // namespace intake
