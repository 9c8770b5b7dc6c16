#include "nursery.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <exception>
#include <vector>

#include "failure.hpp"
#include "log.hpp"
#include "nursery_code.hpp"

namespace intake {
namespace {

using clock = std::chrono::steady_clock;

constexpr int first_free_descriptor = 20;  ///< clear of stdio and of a worker's pipes
constexpr std::chrono::seconds grace{2};   ///< between the asker's deadline, which is the finer one, and the kill

/// Room for one descriptor beside a datagram (cmsg(3)).
union control_buffer {
  char bytes[CMSG_SPACE(sizeof(int))];
  cmsghdr align;
};

struct request {
  std::uint32_t milliseconds = 0;
};

void send_request(int control, request what, int descriptor) {
  iovec body{&what, sizeof what};
  control_buffer buffer{};
  msghdr letter{};
  letter.msg_iov = &body;
  letter.msg_iovlen = 1;
  letter.msg_control = buffer.bytes;
  letter.msg_controllen = sizeof buffer.bytes;
  cmsghdr* const head = CMSG_FIRSTHDR(&letter);
  head->cmsg_level = SOL_SOCKET;
  head->cmsg_type = SCM_RIGHTS;
  head->cmsg_len = CMSG_LEN(sizeof descriptor);
  std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  while (sendmsg(control, &letter, MSG_NOSIGNAL) < 0)
    if (errno != EINTR) throw system_failure(exit_status::os, "the process that reads documents is gone");
}

/// The descriptor that came with a request; -1: none, -2: end of file.
int receive_request(int control, request& what) {
  iovec body{&what, sizeof what};
  control_buffer buffer{};
  msghdr letter{};
  letter.msg_iov = &body;
  letter.msg_iovlen = 1;
  letter.msg_control = buffer.bytes;
  letter.msg_controllen = sizeof buffer.bytes;
  const ssize_t got = recvmsg(control, &letter, MSG_CMSG_CLOEXEC);
  if (got == 0) return -2;
  const cmsghdr* const head = got == sizeof what ? CMSG_FIRSTHDR(&letter) : nullptr;
  if (head == nullptr || head->cmsg_type != SCM_RIGHTS) return -1;
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(head), sizeof descriptor);
  return descriptor;
}

struct alive {
  pid_t process;
  int handle;  ///< pidfd: readable when the process has ended
  clock::time_point until;
};

class ward {
 public:
  ward(int control, const nursery_child& child) : control_(control), child_(child) {}
  ~ward() {
    for (const auto& one : children_) end(one);
  }
  ward(const ward&) = delete;
  ward& operator=(const ward&) = delete;

  void run() {
    while (true) {
      std::vector<pollfd> polled{{control_, POLLIN, 0}};
      for (const auto& one : children_) polled.push_back({one.handle, POLLIN, 0});
      if (poll(polled.data(), polled.size(), milliseconds_left()) < 0 && errno != EINTR) return;
      reap();
      if (polled[0].revents != 0 && !answer()) return;
    }
  }

 private:
  int milliseconds_left() const {
    if (children_.empty()) return -1;
    const auto first = std::min_element(children_.begin(), children_.end(),
                                        [](const alive& a, const alive& b) { return a.until < b.until; });
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(first->until - clock::now()).count();
    return static_cast<int>(std::clamp<long long>(left + 1, 0, 3'600'000));
  }

  void reap() {
    std::erase_if(children_, [](const alive& one) {
      if (clock::now() >= one.until) kill(one.process, SIGKILL);
      if (waitpid(one.process, nullptr, WNOHANG) == 0) return false;
      close(one.handle);
      return true;
    });
  }

  /// False at end of file.
  bool answer() {
    request what;
    const int socket = receive_request(control_, what);
    if (socket == -2) return false;
    if (socket < 0) return true;
    if (!child_.ready || child_.ready()) begin(socket, clock::now() + std::chrono::milliseconds(what.milliseconds));
    close(socket);  // a refused request shows to the asker as an early end
    return true;
  }

  void begin(int socket, clock::time_point until) {
    const pid_t parent = getpid();
    const pid_t process = fork();
    if (process == 0) be_child(socket, parent);
    if (process < 0) return;
    const int handle = static_cast<int>(syscall(SYS_pidfd_open, process, 0));
    children_.push_back({process, handle, until + grace});
  }

  [[noreturn]] void be_child(int socket, pid_t parent) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) _exit(1);
    close(control_);
    for (const auto& one : children_) close(one.handle);
    try {
      child_.serve(socket);
    } catch (const std::exception&) {
      _exit(1);  // the asker sees the early end; what a hostile document provokes is not worth a message
    }
    _exit(0);
  }

  static void end(const alive& one) {
    kill(one.process, SIGKILL);
    waitpid(one.process, nullptr, 0);
    close(one.handle);
  }

  int control_;
  const nursery_child& child_;
  std::vector<alive> children_;
};

/// Whatever this process has open beside stderr and `kept` is of no concern to a nursery.
void leave_streams(int kept) {
  const int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  dup2(nothing, 0);
  dup2(nothing, 1);
  (void)syscall(SYS_close_range, 3U, static_cast<unsigned>(kept) - 1, 0U);
  (void)syscall(SYS_close_range, static_cast<unsigned>(kept) + 1, ~0U, 0U);
}

}  // namespace

nursery::nursery(const std::function<void(int control)>& body) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    throw system_failure(exit_status::os, "socketpair");
  control_ = fcntl(ends[0], F_DUPFD_CLOEXEC, first_free_descriptor);
  close(ends[0]);
  const pid_t parent = getpid();
  const pid_t process = fork();
  if (process < 0) throw system_failure(exit_status::os, "fork");
  if (process == 0) {
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (getppid() != parent) _exit(1);
    const int control = fcntl(ends[1], F_DUPFD_CLOEXEC, first_free_descriptor);
    leave_streams(control);
    try {
      body(control);
    } catch (const failure& error) {
      log::say(log::level::error, error.said());
      _exit(1);
    } catch (const std::exception& error) {
      log::say(log::level::error, withheld(error.what()));
      _exit(1);
    }
    _exit(0);
  }
  close(ends[1]);
}

nursery::~nursery() {
  // It ends at end of file, and at the latest with this process.
  close(control_);
}

int nursery::ask(std::chrono::milliseconds time) const {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw system_failure(exit_status::os, "socketpair");
  try {
    send_request(control_, {static_cast<std::uint32_t>(time.count())}, ends[1]);
  } catch (...) {
    close(ends[0]);
    close(ends[1]);
    throw;
  }
  close(ends[1]);
  return ends[0];
}

bool await_request(int control) {
  char byte = 0;
  ssize_t got = 0;
  do got = recv(control, &byte, sizeof byte, MSG_PEEK);
  while (got < 0 && errno == EINTR);
  return got > 0;
}

void serve_nursery(int control, const nursery_child& child) {
  hand_down_code();
  ward(control, child).run();
}

}  // namespace intake
