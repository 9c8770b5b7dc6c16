#include "draft_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <ctime>
#include <thread>

#include "base64.hpp"
#include "calendar.hpp"
#include "failure.hpp"
#include "json.hpp"
#include "limits.hpp"
#include "notice.hpp"

namespace intake {
namespace {

/// The lock that mail programs take on an mbox (fcntl), held while a draft is appended. It ends with the process too.
class file_lock {
 public:
  file_lock(int file, const std::string& path) : file_(file) {
    const auto until = std::chrono::steady_clock::now() + limits::ledger_busy;
    while (!set(F_WRLCK)) {
      if ((errno != EACCES && errno != EAGAIN) || std::chrono::steady_clock::now() >= until)
        throw system_failure(exit_status::temp_fail, "{}: its lock", path);
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
  file_lock(const file_lock&) = delete;
  file_lock& operator=(const file_lock&) = delete;
  ~file_lock() { set(F_UNLCK); }

 private:
  bool set(short kind) const {
    struct flock all {};
    all.l_type = kind;
    all.l_whence = SEEK_SET;
    return fcntl(file_, F_SETLK, &all) == 0;
  }
  int file_;
};

std::string message_id_of(std::string_view message) {
  const auto at = message.find("Message-ID: ");
  return std::string(message.substr(at, message.find("\r\n", at) - at));
}

/// The mboxrd form: LF, and one ">" more before what looks like the beginning of a message.
std::string mbox_entry(std::string_view message) {
  char stamp[64];
  const std::time_t at = now().seconds;
  std::tm utc{};
  gmtime_r(&at, &utc);
  std::strftime(stamp, sizeof stamp, "%a %b %e %H:%M:%S %Y", &utc);
  std::string out = "From MAILER-DAEMON " + std::string(stamp) + "\n";
  while (!message.empty()) {
    const auto end = message.find("\r\n");
    const auto line = message.substr(0, end);
    const auto quotes = std::min(line.find_first_not_of('>'), line.size());
    if (line.substr(quotes).starts_with("From ")) out += '>';
    (out += line) += '\n';
    message.remove_prefix(end == message.npos ? message.size() : end + 2);
  }
  return out + "\n";
}

std::string json_entry(const draft& letter, std::string_view message) {
  json::writer out;
  out.begin_object().member("notice", 1).member("about", letter.about).member("do", letter.action);
  out.member("to", letter.recipient).member_if("receipt_no", letter.receipt_no).member_if("name", letter.name);
  out.member_if("address", letter.address).member("subject", letter.subject).member("body", letter.body);
  out.member("message_id", message_id_of(message).substr(12)).key("message").base64(message);
  return out.end_object().take() + "\n";
}

}  // namespace

draft_file::draft_file(const std::string& path, draft_form form) : path_(path), form_(form) {
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600);
  if (file_ < 0) throw cannot_make("file for drafts " + path);
  struct stat status {};
  if (fstat(file_, &status) == 0 && S_ISREG(status.st_mode)) return;
  close(file_);
  throw failure(exit_status::no_input, "file for drafts {}: no regular file", path);
}

draft_file::~draft_file() {
  close(file_);
}

/// Read in pieces that overlap by more than a Message-ID is long.
bool draft_file::holds(std::string_view message_id) const {
  std::string text(1 << 16, '\0');
  const std::size_t overlap = message_id.size();
  std::size_t kept = 0;
  for (off_t at = 0;;) {
    const ssize_t got = pread(file_, text.data() + kept, text.size() - kept, at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_failure(exit_status::io, path_);
    if (got == 0) return false;
    at += got;
    const std::string_view seen(text.data(), kept + static_cast<std::size_t>(got));
    if (seen.find(message_id) != seen.npos) return true;
    kept = std::min(overlap, seen.size());
    text.replace(0, kept, std::string(seen.substr(seen.size() - kept)));
  }
}

void draft_file::store(const draft& letter, const std::string&, std::string_view message) {
  const file_lock lock(file_, path_);
  const auto id = message_id_of(message);
  if (holds(form_ == draft_form::mbox ? id : id.substr(12))) return;
  auto text = form_ == draft_form::mbox ? mbox_entry(message) : json_entry(letter, message);
  const off_t before = lseek(file_, 0, SEEK_END);
  char last = '\n';
  if (before > 0 && pread(file_, &last, 1, before - 1) == 1 && last != '\n') text.insert(0, "\n");
  if (write_durably(file_, text)) return;
  const int error = errno;
  if (ftruncate(file_, before) != 0) errno = error;
  errno = error;
  throw system_failure(exit_status::io, "file for drafts {}", path_);
}

}  // namespace intake
