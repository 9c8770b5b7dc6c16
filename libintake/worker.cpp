#include "worker.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <utility>

#include "failure.hpp"
#include "limits.hpp"
#include "lines.hpp"

namespace intake {
namespace {

constexpr int pipe_bytes = 1 << 20;
constexpr std::size_t lent_bytes = 64 * limits::kib;
// Memory of a giant line is given back with the next one.
constexpr std::size_t kept_request_bytes = 32 * limits::mib;

/// Both ends blocking; the parent makes its own non-blocking.
void make_pipe(int (&ends)[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_failure(exit_status::os, "pipe");
  (void)fcntl(ends[1], F_SETPIPE_SZ, pipe_bytes);  // more than an unprivileged user may have: the default will do
}

bool read_exactly(int fd, char* to, std::size_t size) {
  while (size != 0) {
    const ssize_t got = read(fd, to, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_frame(int fd, const spliced_line& bytes) {
  const std::uint64_t size = bytes.size;
  std::vector<std::string_view> pieces{{reinterpret_cast<const char*>(&size), sizeof size}};
  pieces.insert(pieces.end(), bytes.pieces.begin(), bytes.pieces.end());
  return write_pieces(fd, pieces);
}

/// The pages of a large line go into the pipe as they are, for they stay as they are until it is answered. Writing
/// would copy them, and keep the child from reading meanwhile.
ssize_t lend(int pipe, const iovec& bytes) {
  static bool refused = false;
  if (!refused) {
    const ssize_t put = vmsplice(pipe, &bytes, 1, SPLICE_F_NONBLOCK);
    if (put >= 0 || errno == EAGAIN || errno == EINTR || errno == EPIPE) return put;
    refused = true;  // by what confines all of this from outside
  }
  return write(pipe, bytes.iov_base, bytes.iov_len);
}

/// Closes everything from 5 on but `kept`.
bool close_others(std::vector<int> kept) {
  std::sort(kept.begin(), kept.end());
  unsigned first = 5;
  for (const int fd : kept) {
    const auto number = static_cast<unsigned>(fd);
    if (number > first && syscall(SYS_close_range, first, number - 1, 0U) != 0) return false;
    first = number + 1;
  }
  return syscall(SYS_close_range, first, ~0U, 0U) == 0;
}

/// The child keeps its two pipes, stderr and what its task names; stdin and stdout, which carry the stream, are closed
/// to it.
void leave_parent(int& in, int& out, const std::vector<int>& kept) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  int ended[2];  // stdin reads as empty; what a library prints goes to stderr and not into the stream
  make_pipe(ended);
  in = fcntl(in, F_DUPFD, 100);
  out = fcntl(out, F_DUPFD, 100);
  const bool moved =
      dup2(ended[0], 0) == 0 && dup2(2, 1) == 1 && dup2(in, 3) == 3 && dup2(out, 4) == 4 && close_others(kept);
  if (!moved) throw system_failure(exit_status::os, "the worker's descriptors");
  in = 3;
  out = 4;
}

[[noreturn]] void run_child(const worker_task& task, int in, int out) {
  std::string start(1, '\0');
  try {
    leave_parent(in, out, task.access.descriptors);
    sandbox::enter(task.role, task.access);
    if (task.prepare) task.prepare();
  } catch (const failure& error) {
    start = static_cast<char>(error.status()) + error.said().english() + '\0' + error.said().local();
  } catch (const std::exception& error) {
    start = static_cast<char>(exit_status::software) + std::string(error.what());
  }
  const bool stands = start[0] == '\0';
  spliced_line said;
  said.make(std::move(start));
  if (!write_frame(out, said) || !stands) _exit(1);
  octets request;
  for (;;) {
    std::uint64_t size = 0;
    if (!read_exactly(in, reinterpret_cast<char*>(&size), sizeof size)) _exit(0);
    if (request.size() < size || request.size() > kept_request_bytes) request = octets(size);
    if (!read_exactly(in, request.data(), size)) _exit(0);
    task.answer(request.view().substr(0, size), [out](const spliced_line& reply) {
      if (!write_frame(out, reply)) _exit(0);
    });
  }
}

}  // namespace

worker::worker(const worker_task& task) {
  int down[2], up[2];
  make_pipe(down);
  make_pipe(up);
  child_ = fork();
  if (child_ < 0) throw system_failure(exit_status::os, "fork");
  if (child_ == 0) run_child(task, down[0], up[1]);
  close(down[0]);
  close(up[1]);
  to_child_ = down[1];
  from_child_ = up[0];
  (void)fcntl(to_child_, F_SETFL, O_NONBLOCK);
  (void)fcntl(from_child_, F_SETFL, O_NONBLOCK);

  // The first frame says whether the child stands: nothing received is sent to it before.
  unanswered_ = 1;
  const auto until = std::chrono::steady_clock::now() + limits::worker_start;
  for (;;) {
    std::vector<pollfd> polled;
    watch(polled);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    const int ready = left.count() > 0 ? poll(polled.data(), polled.size(), static_cast<int>(left.count())) : 0;
    if (ready < 0 && errno == EINTR) continue;
    const auto came = ready <= 0 ? fail("not ready in time") : advance();
    if (came == outcome::working) continue;
    const std::string start(came == outcome::answered ? reply_.view() : std::string_view());
    if (start.size() == 1 && start[0] == '\0') return;
    const auto status = start.size() > 1 ? static_cast<exit_status>(start[0]) : exit_status::os;
    const auto end = start.find('\0');
    const auto said = start.size() < 2    ? phrase("the confined worker did not start: {}", why_)
                      : end == start.npos ? phrase(start.substr(1))
                                          : phrase(start.substr(1, end - 1), start.substr(end + 1));
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    close(to_child_);
    close(from_child_);
    throw failure(status, said);
  }
}

worker::~worker() {
  close(to_child_);
  close(from_child_);
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

void worker::dismiss() {
  kill(child_, SIGKILL);
  dismissed_ = true;
}

bool worker::ended_idle() const {
  pollfd end{from_child_, 0, 0};
  return !busy() && !dismissed_ && poll(&end, 1, 0) > 0;
}

void worker::ask(std::string_view head, std::string_view line) {
  const std::uint64_t size = head.size() + line.size();
  unsent_.push_back({std::string(reinterpret_cast<const char*>(&size), sizeof size).append(head), line});
  ++unanswered_;
  (void)send();  // at once, as it mostly can be; of a child that died advance() tells
}

void worker::watch(std::vector<pollfd>& polled) const {
  if (dismissed_) return;
  if (!busy()) {
    polled.push_back({from_child_, 0, 0});
    return;
  }
  if (!unsent_.empty()) polled.push_back({to_child_, POLLOUT, 0});
  polled.push_back({from_child_, POLLIN, 0});
}

worker::outcome worker::fail(std::string why) {
  why_ = std::move(why);
  return outcome::failed;
}

/// What the pipe takes of the requests; false if nobody reads it.
bool worker::send() {
  while (!unsent_.empty()) {
    auto& [head, line] = unsent_.front();
    const iovec left[] = {{head.data(), head.size()}, {const_cast<char*>(line.data()), line.size()}};
    const bool large = line.size() >= lent_bytes;
    const ssize_t put = large && head.empty() ? lend(to_child_, left[1]) : writev(to_child_, left, large ? 1 : 2);
    if (put < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (put <= 0) return false;
    const auto of_head = std::min(static_cast<std::size_t>(put), head.size());
    head.erase(0, of_head);
    line.remove_prefix(static_cast<std::size_t>(put) - of_head);
    if (head.empty() && line.empty()) unsent_.pop_front();
  }
  return true;
}

worker::outcome worker::advance() {
  const bool alive = send();  // if not, what it answered before is there all the same
  for (;;) {
    const bool head = header_read_ < sizeof header_;
    const ssize_t got = head ? read(from_child_, header_ + header_read_, sizeof header_ - header_read_)
                             : read(from_child_, reply_.data() + read_, reply_.size() - read_);
    if (alive && got < 0 && (errno == EAGAIN || errno == EINTR)) return outcome::working;
    if (got <= 0) return fail("the worker died");
    (head ? header_read_ : read_) += static_cast<std::size_t>(got);
    if (head && header_read_ == sizeof header_) {
      std::uint64_t size = 0;
      std::memcpy(&size, header_, sizeof size);
      if (size > limits::record_bytes) return fail("the worker's answer exceeds the limit of a record");
      reply_ = octets(size);
    }
    if (header_read_ == sizeof header_ && read_ == reply_.size()) {
      if (unanswered_ == unsent_.size()) return fail("the worker answered before it was asked");
      header_read_ = read_ = 0;
      --unanswered_;
      return outcome::answered;
    }
  }
}

octets worker::take_reply() {
  return std::move(reply_);
}

}  // namespace intake
