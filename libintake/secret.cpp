#include "secret.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "failure.hpp"
#include "limits.hpp"

extern char** environ;

namespace intake {
namespace {

std::atomic<bool> some_unlocked{false};

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::size_t whole_pages(std::size_t bytes) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return (bytes + page - 1) / page * page;
}

void advise(void* pages, std::size_t bytes, int what) {
  if (::madvise(pages, bytes, what) != 0) throw system_failure(exit_status::os, "memory for a secret");
}

std::string_view without_newline(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

/// Where a secret is read into, so that no copy of it lies in ordinary memory.
class locked_buffer {
 public:
  locked_buffer() : room_(limits::secret_bytes + 1) {}

  /// Reads once. Returns false at the end of the input.
  bool read_from(int fd, const std::string& what) {
    const auto got = ::read(fd, room_.data() + size_, room_.view().size() - size_);
    if (got < 0 && errno == EINTR) return true;
    if (got < 0) throw system_failure(exit_status::io, what);
    size_ += static_cast<std::size_t>(got);
    if (size_ > limits::secret_bytes) throw failure(exit_status::config, "{}: larger than any secret", what);
    return got > 0;
  }

  [[nodiscard]] secret take(const std::string& what) const {
    const auto text = without_newline(room_.view().substr(0, size_));
    if (text.empty()) throw failure(exit_status::config, "{}: the secret is empty", what);
    return secret(text);
  }

 private:
  secret room_;
  std::size_t size_ = 0;
};

[[noreturn]] void cannot_open(const std::string& path, const std::string& what) {
  const auto status = errno == EACCES || errno == EPERM ? exit_status::no_permission : exit_status::no_input;
  throw system_failure(status, "{}: {}", what, path);
}

void check_owner_and_mode(const struct stat& found, mode_t forbidden, const std::string& path,
                          const std::string& what) {
  if (!S_ISREG(found.st_mode)) throw failure(exit_status::config, "{}: {} is not a file", what, path);
  if (found.st_uid != ::geteuid() && found.st_uid != 0)
    throw failure(exit_status::no_permission, "{}: {} belongs to another user: chown it to yourself", what, path);
  if ((found.st_mode & forbidden) != 0)
    throw failure(exit_status::no_permission, "{}: {} is open to other users: chmod 600 {}", what, path, path);
}

secret read_file(const std::string& path, mode_t forbidden, const std::string& what) {
  // O_NONBLOCK: a FIFO in the place of the file must not hang us.
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat found = {};
  if (file.get() < 0 || ::fstat(file.get(), &found) != 0) cannot_open(path, what);
  check_owner_and_mode(found, forbidden, path, what);
  locked_buffer buffer;
  while (buffer.read_from(file.get(), what + ": " + path)) {
  }
  return buffer.take(what + ": " + path);
}

secret read_credential(const std::string& name, const std::string& what) {
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (!folder) throw failure(exit_status::no_input, "{}: credential {}: not started by systemd with it", what, name);
  if (name.empty() || name.find('/') != name.npos || name == "." || name == "..")
    throw failure(exit_status::config, "{}: not the name of a credential", what);
  // systemd gives the service access by an ACL, whose mask shows in the bits of the group.
  return read_file(std::string(folder) + '/' + name, S_IWGRP | S_IRWXO, what);
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t", at)) != line.npos;) {
    const auto end = std::min(line.find_first_of(" \t", at), line.size());
    words.emplace_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

/// A program of the administrator's, started without a shell; killed with all it started when it is late.
class command {
 public:
  command(std::vector<std::string> words, const std::string& what) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) throw system_failure(exit_status::os, what);
    const descriptor write_end(ends[1]);
    out_ = ends[0];

    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, write_end.get(), 1);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error = ::posix_spawnp(&child_, arguments[0], &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (error == 0) return;
    child_ = -1;
    ::close(out_);
    errno = error;
    throw system_failure(exit_status::unavailable, "{}: {}", what, words[0]);
  }
  command(const command&) = delete;
  command& operator=(const command&) = delete;
  ~command() {
    ::close(out_);
    if (child_ > 0) {
      ::kill(-child_, SIGKILL);
      wait();
    }
  }

  [[nodiscard]] int out() const { return out_; }

  /// Status as waitpid tells it.
  int wait() {
    int status = 0;
    while (::waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    child_ = -1;
    return status;
  }

 private:
  pid_t child_ = -1;
  int out_ = -1;
};

secret read_command(const std::string& line, const std::string& what) {
  const auto words = words_of(line);
  if (words.empty()) throw failure(exit_status::config, "{}: command: names no program", what);
  const auto named = what + ": " + words[0];  // never the arguments, which may hold what nobody is to see
  command program(words, what);
  locked_buffer buffer;
  const auto end = std::chrono::steady_clock::now() + limits::secret_command;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    struct pollfd ready = {program.out(), POLLIN, 0};
    const int count = left.count() <= 0 ? 0 : ::poll(&ready, 1, static_cast<int>(left.count()));
    if (count == 0) throw failure(exit_status::unavailable, "{}: gave no secret in time", named);
    if (count < 0 && errno != EINTR) throw system_failure(exit_status::os, named);
    if (count > 0 && !buffer.read_from(program.out(), named)) break;
  }
  if (const int status = program.wait(); !WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw failure(exit_status::unavailable, "{}: failed", named);
  return buffer.take(named);
}

}  // namespace

secret::secret(std::size_t size) : size_(size), capacity_(whole_pages(size)) {
  if (size == 0) return;
  void* const pages = ::mmap(nullptr, capacity_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) throw system_failure(exit_status::os, "memory for a secret");
  data_ = static_cast<char*>(pages);
  if (::mlock(pages, capacity_) != 0) some_unlocked = true;
  advise(pages, capacity_, MADV_DONTDUMP);
  advise(pages, capacity_, MADV_WIPEONFORK);
}

secret::secret(std::string_view bytes) : secret(bytes.size()) {
  if (!bytes.empty()) std::memcpy(data_, bytes.data(), bytes.size());
}

secret::secret(secret&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

secret& secret::operator=(secret&& other) noexcept {
  if (this == &other) return *this;
  wipe();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  capacity_ = std::exchange(other.capacity_, 0);
  return *this;
}

secret::~secret() {
  wipe();
}

void secret::wipe() noexcept {
  if (!data_) return;
  ::explicit_bzero(data_, capacity_);
  ::munmap(data_, capacity_);
}

void secret::share_with_children() {
  if (data_) advise(data_, capacity_, MADV_KEEPONFORK);
}

bool secret::all_locked() {
  return !some_unlocked;
}

bool is_secret_reference(std::string_view text) {
  return text.starts_with("file:") || text.starts_with("credential:") || text.starts_with("command:");
}

secret read_secret(const std::string& reference, const std::string& what) {
  const auto colon = reference.find(':');
  const auto scheme = reference.substr(0, colon);
  if (is_secret_reference(reference)) {
    const auto rest = reference.substr(colon + 1);
    if (scheme == "file") return read_file(rest, S_IRWXG | S_IRWXO, what);
    if (scheme == "credential") return read_credential(rest, what);
    return read_command(rest, what);
  }
  throw failure(exit_status::config, "{}: must begin with file:, credential: or command:, and is never the value",
                what);
}

std::vector<labelled_secret> read_password_list(const std::string& reference, const std::string& what) {
  const secret all = read_secret(reference, what);
  std::vector<labelled_secret> list;
  for (auto text = all.view(); !text.empty();) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = without_newline(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty()) continue;
    if (list.size() == limits::archive_passwords) throw failure(exit_status::config, "{}: too many passwords", what);
    auto label = std::to_string(list.size() + 1);
    if (const auto tab = line.find('\t'); tab != line.npos) {
      if (tab > 0) label = line.substr(0, tab);
      line.remove_prefix(tab + 1);
    }
    if (line.empty()) throw failure(exit_status::config, "{}: a label without a password", what);
    list.push_back({std::move(label), secret(line)});
  }
  if (list.empty()) throw failure(exit_status::config, "{}: holds no password", what);
  return list;
}

std::vector<labelled_secret> read_password_lists(const std::vector<std::string>& references, const std::string& what) {
  std::vector<labelled_secret> all;
  for (const auto& reference : references)
    for (auto& password : read_password_list(reference, what)) all.push_back(std::move(password));
  if (all.size() > limits::archive_passwords)
    throw failure(exit_status::config, "{}: more passwords than can be tried", what);
  return all;
}

}  // namespace intake
