// Reading of a mailbox's files without leaving a trace: no time of access, no change, no hang on what is no file.
// Their bytes are hostile. Used by maildir, mbox and message_files.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace intake {

/// A regular file, opened for reading.
class mail_file {
 public:
  /// Throws failure: no_input, no_permission, or unavailable when it is no regular file.
  explicit mail_file(const std::string& path);
  ~mail_file();
  mail_file(const mail_file&) = delete;
  mail_file& operator=(const mail_file&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] std::time_t modified() const { return modified_; }
  /// The next bytes, valid until the next call; empty at the end. Throws failure(unavailable).
  [[nodiscard]] std::string_view read();

 private:
  std::string path_;
  int fd_ = -1;
  std::uint64_t size_ = 0;
  std::time_t modified_ = 0;
  std::string buffer_;
};

/// errno of a failed open as the status to end with.
[[nodiscard]] class failure cannot_read(const std::string& path);

}  // namespace intake
