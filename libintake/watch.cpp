// Staying with the mailboxes: the part of a run that reconnects and waits.
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <thread>

#include "backoff.hpp"
#include "fetch_run.hpp"
#include "limits.hpp"
#include "stop_signal.hpp"

namespace intake {
namespace {

/// Until an end is asked for; false when it is because nobody reads stdout any more.
bool await_end() {
  for (;;) {
    pollfd either[] = {{stop_signal::descriptor(), POLLIN, 0}, {STDOUT_FILENO, 0, 0}};
    if (::poll(&either[0], 2, -1) < 0 && errno == EINTR) continue;
    return stop_signal::came() || either[1].revents == 0;
  }
}

std::chrono::seconds poll_of(const fetch_source& source) {
  return std::chrono::seconds(source.from ? source.from->poll_seconds : account().poll_seconds);
}

}  // namespace

void fetch_run::watch() {
  stop_signal::expect();
  bool is_read = true;
  {
    std::vector<std::jthread> watching;  // joined at the end of the block, whatever is thrown
    for (auto& source : sources_) {
      if (source.box)
        watching.emplace_back([this, &source] { stay_with(source); });
      else
        failed(source, failure(*source.problem), false);
    }
    if (!watching.empty()) is_read = await_end();
    stop_signal::ask();
  }
  if (fatal_) std::rethrow_exception(fatal_);
  order_.out->finish();
  for (const auto& source : sources_)
    if (noted_[&source].looked_since && !source.problem) note(source, 0);
  if (!is_read) {  // end as a filter does by default
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
}

void fetch_run::stay_with(fetch_source& source) {
  backoff delay(limits::watch_retry_first, limits::watch_retry_most);
  // A log-in that is refused again and again locks accounts on some servers.
  backoff refused(limits::watch_retry_most, limits::watch_retry_most);
  while (!stop_signal::came()) {
    const auto began = clock::now();
    bool held = false;
    std::optional<failure> problem;
    try {
      source.box->watch(
          wish_, poll_of(source), [&](message&& found) { take(source, found); },
          [&] {
            held = true;
            looked(source);
          });
    } catch (const stop_signal::stopped&) {
      return;
    } catch (const failure& why) {
      problem = why;
    } catch (const std::exception& why) {
      problem = failure(exit_status::software, withheld(why.what()));
    }
    failed(source, *problem, held);
    if (held && clock::now() - began >= limits::watch_steady) delay.reset();
    (void)stop_signal::sleep((problem->status() == exit_status::no_permission ? refused : delay).next());
  }
}

/// All there is was handed over. An event for each look would fill the ledger: one for what was found, for an end of
/// trouble, and now and then for finding nothing.
void fetch_run::looked(fetch_source& source) {
  const std::lock_guard guard(lock_);
  auto& last = noted_[&source];
  try {
    if (source.problem) {
      source.problem.reset();
      tell(source);
    }
    last.looked_since = true;
    if (last.ok && source.messages == last.messages && clock::now() - last.at < limits::watch_note) return;
    note(source, source.messages - last.messages);
    last = {.at = clock::now(), .any = true, .ok = true, .looked_since = false, .messages = source.messages};
  } catch (...) {
    lose(std::current_exception());
    throw stop_signal::stopped{};
  }
}

/// The end of a connection that held is no failed check; that it cannot be had again is. Trying is more frequent than
/// the checks that were asked for, so no more of them are counted than there would have been.
void fetch_run::failed(fetch_source& source, const failure& problem, bool held) {
  const std::lock_guard guard(lock_);
  auto& last = noted_[&source];
  try {
    const bool is_told = last.any && source.problem && std::string_view(source.problem->what()) == problem.what();
    source.problem = problem;
    if (!is_told) tell(source);
    if (held || (last.any && !last.ok && clock::now() - last.at < poll_of(source))) return;
    note(source, source.messages - last.messages);
    last = {.at = clock::now(), .any = true, .ok = false, .looked_since = false, .messages = source.messages};
  } catch (...) {
    lose(std::current_exception());
  }
}

}  // namespace intake
