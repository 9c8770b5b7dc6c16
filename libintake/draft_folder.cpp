#include "draft_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "failure.hpp"

namespace intake {
namespace {

failure refused(const std::string& what) {
  const bool rights = errno == EACCES || errno == EPERM || errno == EROFS;
  return system_failure(rights ? exit_status::no_permission : exit_status::cant_create, what);
}

}  // namespace

draft_folder::draft_folder(const std::string& path) : path_(path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) throw refused("folder for drafts " + path);
  folder_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_ < 0) throw refused("folder for drafts " + path);
}

draft_folder::~draft_folder() { close(folder_); }

void draft_folder::store(const std::string& name, std::string_view message) {
  if (faccessat(folder_, name.c_str(), F_OK, 0) == 0) return;
  const std::string half = "." + name + ".half";  // of a run that was killed, if it is there
  const int file = openat(folder_, half.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file < 0) throw refused("draft " + path_ + "/" + name);
  std::string_view left = message;
  while (!left.empty()) {
    const ssize_t put = write(file, left.data(), left.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(put));
  }
  const bool written = left.empty() && fsync(file) == 0;
  const int error = errno;
  const bool closed = close(file) == 0;
  if (!written || !closed) {
    unlinkat(folder_, half.c_str(), 0);
    errno = written ? errno : error;
    throw system_failure(exit_status::io, "draft " + path_ + "/" + name);
  }
  if (renameat(folder_, half.c_str(), folder_, name.c_str()) != 0 || fsync(folder_) != 0)
    throw system_failure(exit_status::io, "draft " + path_ + "/" + name);
}

std::string draft_name(const draft& letter, std::string_view receipt_no) {
  std::string name;
  for (const char c : receipt_no.substr(0, 64)) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    name += plain ? c : '_';
  }
  if (!name.empty()) name += '_';
  std::string about;
  for (const char c : letter.about.substr(letter.about.starts_with("m-") ? 2 : 0)) about += c == '/' || c == '.' ? '_' : c;
  return name + about + "_" + letter.action + "_" + letter.recipient + ".eml";
}

}  // namespace intake
