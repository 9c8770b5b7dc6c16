#include "channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

namespace intake {

channel::channel(int fd, clock::time_point deadline, clock::duration most_extension)
    : fd_(fd), deadline_(deadline), most_extension_(most_extension) {}

channel::~channel() {
  close(fd_);
}

void channel::extend(clock::duration by) {
  const auto given = std::min(by, most_extension_);
  deadline_ += given;
  most_extension_ -= given;
}

channel::outcome channel::wait(short events) {
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - clock::now()).count();
    if (left <= 0) return outcome::late;
    pollfd waited{fd_, events, 0};
    const int ready = poll(&waited, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (ready > 0) return outcome::done;
    if (ready < 0 && errno != EINTR) return outcome::closed;
  }
}

channel::outcome channel::send(std::string_view bytes) {
  while (!bytes.empty()) {
    // MSG_NOSIGNAL: a child that died must not end the filter by SIGPIPE.
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      if (const auto waited = wait(POLLOUT); waited != outcome::done) return waited;
    } else if (errno != EINTR) {
      return outcome::closed;
    }
  }
  return outcome::done;
}

channel::outcome channel::receive(void* data, std::size_t size) {
  auto* to = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = recv(fd_, to, size, MSG_DONTWAIT);
    if (got > 0) {
      to += got;
      size -= static_cast<std::size_t>(got);
    } else if (got == 0) {
      return outcome::closed;
    } else if (errno == EAGAIN) {
      if (const auto waited = wait(POLLIN); waited != outcome::done) return waited;
    } else if (errno != EINTR) {
      return outcome::closed;
    }
  }
  return outcome::done;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      throw std::runtime_error("the other end of the channel is gone");
    }
  }
}

void read_all(int fd, void* data, std::size_t size) {
  auto* to = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t got = read(fd, to, size);
    if (got > 0) {
      to += got;
      size -= static_cast<std::size_t>(got);
    } else if (got == 0 || errno != EINTR) {
      throw std::runtime_error("the other end of the channel is gone");
    }
  }
}

}  // namespace intake
