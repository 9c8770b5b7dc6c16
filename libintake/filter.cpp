#include "filter.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <utility>

#include "digest.hpp"
#include "handled_line.hpp"
#include "memory.hpp"
#include "worker.hpp"

namespace intake {
namespace {

using clock = std::chrono::steady_clock;

/// What a worker answers: one of these, then the serialised changes, or the reason.
enum class answer : char { changes, unusable };

void send_changes(const record& rec, const send_reply& send) {
  spliced_line reply;
  reply.make(std::string(1, static_cast<char>(answer::changes)));
  const auto changes = rec.edits().serialise();
  for (const auto& piece : changes.pieces) reply.add(piece);
  send(reply);
}

/// One line, in the worker. An exception costs the record a finding; what the handler had changed is dropped.
void handle_line(std::string_view line, const filter_stage& stage, const std::string& tool, const send_reply& send) {
  try {
    std::string why;
    {
      record rec = record::over(line);
      try {
        stage.handle(rec);
        stamp(rec, stage.name, tool);
        return send_changes(rec, send);
      } catch (const std::exception& error) {
        why = error.what();
        if (stage.shown) stage.shown->forget();
      }
    }
    record rec = record::over(line);
    rec.find("stage.failed", {.file = {}, .detail = stage.name + ": " + why});
    send_changes(rec, send);
  } catch (const unusable_line& error) {
    spliced_line reply;
    reply.make(static_cast<char>(answer::unusable) + std::string(error.what()));
    send(reply);
  }
}

unsigned jobs_wanted(const filter_options& options) {
  return std::clamp(options.jobs, 1U, limits::worker_jobs);
}

class pump {
 public:
  pump(const filter_options& options, const filter_stage& stage)
      : options_(options), stage_(stage), reader_(0, 2 * jobs_wanted(options) + 1) {
    if (stage.shown && stage.shown->shown()) shown_ = stage.shown;
    if (shown_) shown_->expect_file(0);
    task_.role = stage.role;
    task_.access = stage.access;
    task_.prepare = stage.prepare;
    task_.answer = [this](std::string_view request, const send_reply& send) {
      unsigned number = 0;
      std::memcpy(&number, request.data(), sizeof number);
      if (shown_) shown_->work_at(number);
      handle_line(request.substr(sizeof number), stage_, options_.tool, send);
    };
  }

  exit_status run() {
    sandbox::access reads;
    reads.read = stage_.pump_reads;
    sandbox::enter(sandbox::pump_of(stage_.role), reads);
    for (unsigned i = 0; i < jobs_wanted(options_); ++i) places_.push_back({.hand = std::make_unique<worker>(task_)});
    while (step()) {
    }
    writer_.finish();
    return unusable_ ? exit_status::data : met_fail_on_ ? exit_status::findings : exit_status::ok;
  }

 private:
  struct job {
    std::string_view line;  ///< held in the reader's memory
    line_edits edits;       ///< `result` has views into them
    spliced_line result;
    std::uint64_t size = 0;  ///< as it was read, with its LF
    bool held = false, assigned = false, done = false;
    clock::time_point deadline;
  };
  struct place {
    std::unique_ptr<worker> hand;
    job* at_work = nullptr;
    job* next = nullptr;  ///< handed to it too, to be found as soon as the other is answered
  };

  bool step() {
    assign();  // before a line is written: meanwhile the worker is at the next one
    while (!jobs_.empty() && jobs_.front().done) {
      const auto before = clock::now();
      auto& first = jobs_.front();
      writer_.write_line(first.result);
      if (shown_) tell_done(first.size);
      if (first.held) reader_.release(first.line);
      jobs_.pop_front();
      const auto blocked = clock::now() - before;  // a slow reader downstream is not the workers' fault
      for (auto& waiting : jobs_) waiting.deadline += blocked;
    }
    if (ended_ && jobs_.empty()) return false;
    const bool room = !ended_ && jobs_.size() < 2 * places_.size();
    if (room && reader_.ready()) {
      take_line();
      return true;
    }
    std::vector<pollfd> polled;
    if (room) polled.push_back({0, POLLIN, 0});
    for (const auto& seat : places_) seat.hand->watch(polled);
    for (const int needed : stage_.needed) polled.push_back({needed, 0, 0});
    if (poll(polled.data(), polled.size(), wait_time()) < 0 && errno != EINTR)
      throw system_failure(exit_status::os, "poll");
    require_helpers();
    for (auto& seat : places_) serve(seat);
    if (shown_) shown_->look();
    if (room && polled[0].revents != 0 && reader_.fill()) take_line();
    return true;
  }

  /// What was not written comes again in the next run, while a finding would stay.
  void require_helpers() const {
    for (const int needed : stage_.needed) {
      pollfd other{needed, 0, 0};
      if (poll(&other, 1, 0) > 0)
        throw failure(exit_status::unavailable, "a process that {} needs has ended: run it again", options_.tool);
    }
  }

  void tell_done(std::uint64_t size) {
    shown_->done(size);
    look_until_ = clock::now() + 2 * progress::between;  // the last of many is shown although nothing follows
  }

  void take_line() {
    const auto outcome = reader_.next();
    if (outcome == line_reader::outcome::end) {
      ended_ = true;
      return;
    }
    auto& entry = jobs_.emplace_back();
    entry.size = reader_.size() + (outcome == line_reader::outcome::torn ? 0 : 1);
    if (outcome == line_reader::outcome::line) {
      entry.line = reader_.line();
      entry.held = true;
      reader_.hold();
      return;
    }
    const bool torn = outcome == line_reader::outcome::torn;
    refuse(entry, unusable(reader_.line(), reader_.size(), reader_.digest(),
                           torn ? "torn: the line has no end" : "longer than the limit of a record"));
  }

  /// Whether lines must wait until no worker is at work, because what they share has changed.
  bool must_renew() {
    if (!stage_.outdated) return false;
    if (const auto now = clock::now(); now >= next_look_) {
      next_look_ = now + limits::renewal_look;
      outdated_ = outdated_ || stage_.outdated();
    }
    if (!outdated_) return false;
    if (std::any_of(places_.begin(), places_.end(), [](const place& seat) { return seat.at_work; })) return true;
    stage_.renew();
    for (auto& seat : places_) seat.hand = std::make_unique<worker>(task_);
    outdated_ = false;
    return false;
  }

  void assign() {
    for (auto& seat : places_)
      while (takes_another(seat)) {
        const auto next = std::find_if(jobs_.begin(), jobs_.end(), [](const job& each) { return !each.assigned; });
        if (next == jobs_.end() || must_renew()) return;
        hand_out(seat, *next);
      }
  }

  /// A worker that is alone need not sleep between two lines. Of several each takes one at a time: another may be free
  /// before it is. What is counted for the progress is of one line, too.
  bool takes_another(const place& seat) const {
    return !seat.at_work || (!seat.next && places_.size() == 1 && !shown_);
  }

  void hand_out(place& seat, job& line) {
    if (!seat.at_work) replace_if_ended(seat);
    line.assigned = true;
    const unsigned number = place_of(seat);
    seat.hand->ask({reinterpret_cast<const char*>(&number), sizeof number}, line.line);
    if (seat.at_work)
      seat.next = &line;  // a deque keeps its elements in place
    else
      begin(seat, &line);
  }

  /// Its time runs from now on.
  void begin(place& seat, job* line) {
    seat.at_work = line;
    if (line)
      line->deadline = clock::now() + stage_.deadline + limits::worker_per_mebibyte * (line->line.size() / limits::mib);
  }

  /// A worker that ended while it had nothing to do, as when memory ran out, costs no record.
  void replace_if_ended(place& seat) {
    if (seat.hand->ended_idle()) seat.hand = std::make_unique<worker>(task_);
  }

  void serve(place& seat) {
    if (!seat.at_work) return replace_if_ended(seat);
    switch (seat.hand->advance()) {
      case worker::outcome::working:
        if (clock::now() >= seat.at_work->deadline) abandon(seat, stage_.on_timeout, "no answer in time");
        break;
      case worker::outcome::failed:
        require_helpers();
        abandon(seat, "stage.failed", seat.hand->why());
        break;
      case worker::outcome::answered:
        require_helpers();  // what it said may be owing to that
        if (ended_ && !seat.next &&
            std::all_of(jobs_.begin(), jobs_.end(), [](const job& each) { return each.assigned; }))
          seat.hand->dismiss();
        if (!accept(*seat.at_work, seat.hand->take_reply()))
          return abandon(seat, "stage.failed", "the worker's answer is not the record it was given");
        begin(seat, std::exchange(seat.next, nullptr));
        if (shown_) shown_->settle(place_of(seat), true);
    }
  }

  unsigned place_of(const place& seat) const { return static_cast<unsigned>(&seat - places_.data()); }

  /// Whether the worker's answer makes one record of the line; then that is the job's result.
  bool accept(job& entry, octets said) {
    if (said.size() == 0) return false;
    const char kind = said.view()[0];
    if (kind == static_cast<char>(answer::unusable)) {
      refuse(entry, unusable(entry.line, entry.line.size(), sha256_hex(entry.line), said.view().substr(1)));
      return true;
    }
    if (kind != static_cast<char>(answer::changes)) return false;
    try {
      finish(entry, line_edits::parse(std::move(said), 1));
      return entry.result.size <= limits::record_bytes;
    } catch (const unusable_line&) {
      return false;
    }
  }

  void finish(job& entry, line_edits edits) {
    entry.edits = std::move(edits);
    entry.result = entry.edits.apply(entry.line);
    met_fail_on_ |= meets_fail_on(options_, entry.line, entry.edits);
    entry.done = true;
  }

  /// An error record stands for the line.
  void refuse(job& entry, std::string error_record) {
    entry.result = {};
    entry.result.make(std::move(error_record));
    entry.assigned = entry.done = unusable_ = true;
  }

  /// The line goes on as it came, with the finding; the worker is replaced, whatever state it is in. What it was to do
  /// next is for the new one.
  void abandon(place& seat, finding_code code, std::string why) {  // a copy: it may be the worker's own
    job& entry = *std::exchange(seat.at_work, nullptr);
    if (job* const next = std::exchange(seat.next, nullptr)) next->assigned = false;
    seat.hand.reset();
    if (shown_) shown_->settle(place_of(seat), false);
    try {
      record rec = record::over(entry.line);
      rec.find(code, {.file = {}, .detail = stage_.name + ": " + why});
      finish(entry, std::move(rec.edits()));
    } catch (const unusable_line& error) {
      refuse(entry, unusable(entry.line, entry.line.size(), sha256_hex(entry.line), error.what()));
    }
    seat.hand = std::make_unique<worker>(task_);
  }

  int wait_time() const {
    auto nearest = shown_ && clock::now() < look_until_ ? look_until_ : clock::time_point::max();
    for (const auto& seat : places_)
      if (seat.at_work) nearest = std::min(nearest, seat.at_work->deadline);
    if (nearest == clock::time_point::max()) return -1;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(nearest - clock::now()).count();
    return static_cast<int>(std::clamp<long>(left, 0, shown_ ? progress::between.count() : 60'000));
  }

  const filter_options& options_;
  const filter_stage& stage_;
  line_reader reader_;
  worker_task task_;
  record_writer writer_;
  std::vector<place> places_;
  std::deque<job> jobs_;
  progress* shown_ = nullptr;
  clock::time_point next_look_, look_until_;
  bool ended_ = false, unusable_ = false, met_fail_on_ = false, outdated_ = false;
};

}  // namespace

exit_status run_filter(const filter_options& options, const filter_stage& stage) {
  keep_memory();
  return pump(options, stage).run();
}

}  // namespace intake
