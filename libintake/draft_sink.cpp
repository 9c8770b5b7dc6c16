#include "draft_sink.hpp"

#include <unistd.h>

#include <cerrno>

namespace intake {

bool write_durably(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return fsync(file) == 0;
}

failure cannot_make(const phrase& what) {
  const bool rights = errno == EACCES || errno == EPERM || errno == EROFS;
  return system_failure(rights ? exit_status::no_permission : exit_status::cant_create, what);
}

}  // namespace intake
