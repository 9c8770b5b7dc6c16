#include "stop_signal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdint>

#include "failure.hpp"

namespace intake::stop_signal {
namespace {

// Written by a signal handler, so they belong to the process.
std::atomic<bool> asked{false};  // NOLINT
std::atomic<int> event{-1};      // NOLINT
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

}  // namespace

void ask() {
  const int before = errno;
  asked = true;
  const std::uint64_t one = 1;
  // Nobody takes the number out again: the descriptor stays readable for all who wait.
  if (event >= 0) (void)!::write(event, &one, sizeof one);
  errno = before;
}

void expect() {
  event = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event < 0) throw system_failure(exit_status::os, "eventfd");
  struct sigaction action = {};
  action.sa_handler = [](int) { ask(); };
  action.sa_flags = static_cast<int>(SA_RESTART | SA_RESETHAND);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    struct sigaction before = {};
    // nohup(1) means what it says. That SIGINT is ignored in the background of a script does not.
    if (signal == SIGHUP && ::sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_IGN) continue;
    if (::sigaction(signal, &action, nullptr) != 0) throw system_failure(exit_status::os, "sigaction");
  }
}

bool came() {
  return asked;
}

void check() {
  if (came()) throw stopped{};
}

int descriptor() {
  return event;
}

bool sleep(std::chrono::milliseconds most) {
  const auto until = std::chrono::steady_clock::now() + most;
  while (!came()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    if (left <= 0) break;
    pollfd ready = {event, POLLIN, 0};
    (void)::poll(&ready, 1, static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
  }
  return came();
}

}  // namespace intake::stop_signal
