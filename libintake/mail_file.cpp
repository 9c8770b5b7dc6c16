#include "mail_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "failure.hpp"
#include "limits.hpp"

namespace intake {

failure cannot_read(const std::string& path) {
  const bool refused = errno == EACCES || errno == EPERM;
  return system_failure(refused ? exit_status::no_permission : exit_status::no_input, path);
}

mail_file::mail_file(const std::string& path) : path_(path) {
  // O_NONBLOCK: a FIFO must not hang us. O_NOATIME: mail readers tell new mail by the time of access; only the owner
  // may ask for it.
  constexpr int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  fd_ = ::open(path.c_str(), flags | O_NOATIME);
  if (fd_ < 0 && errno == EPERM) fd_ = ::open(path.c_str(), flags);
  if (fd_ < 0) throw cannot_read(path);
  struct stat found = {};
  const bool known = ::fstat(fd_, &found) == 0;
  if (known && S_ISREG(found.st_mode)) {
    size_ = static_cast<std::uint64_t>(found.st_size);
    modified_ = found.st_mtime;
    return;
  }
  ::close(fd_);
  throw failure(exit_status::unavailable, "{}: not a regular file", path);
}

mail_file::~mail_file() {
  ::close(fd_);
}

std::string_view mail_file::read() {
  constexpr std::size_t chunk = 256 * limits::kib;
  buffer_.resize(chunk);
  ssize_t got;
  do got = ::read(fd_, buffer_.data(), buffer_.size());
  while (got < 0 && errno == EINTR);
  if (got < 0) throw system_failure(exit_status::unavailable, path_);
  return {buffer_.data(), static_cast<std::size_t>(got)};
}

}  // namespace intake
