// mbox (RFC 4155 and its relatives): messages one after the other, each begun by a From_ line. A line of a message that
// begins so was quoted with ">" by whoever wrote the file (mboxrd: one more each time; mboxo: once). Content-Length is
// a field of the sender's and would let a message swallow the next.
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <thread>

#include "civil.hpp"
#include "failure.hpp"
#include "limits.hpp"
#include "mail_file.hpp"
#include "mailbox.hpp"

namespace intake {
namespace {

/// Time of a From_ line: "From sender Mon Nov 23 06:11:08 2026", in the desk's time unless a zone follows.
std::optional<timestamp> from_line_time(std::string_view line) {
  // As a date of mail: "23 Nov 2026 06:11:08 +0900". The words are counted from the first one with a colon.
  std::vector<std::string_view> words;
  for (std::size_t at = 0; words.size() < 16 && (at = line.find_first_not_of(" \t\r\n", at)) != line.npos;) {
    const auto end = std::min(line.find_first_of(" \t\r\n", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  for (std::size_t i = 4; i + 1 < words.size(); ++i) {
    if (words[i].size() < 5 || words[i][words[i].size() - 3] != ':') continue;
    const bool zone_first = i + 2 < words.size() && words[i + 2].size() == 4;  // "… 06:11:08 JST 2026"
    const auto year = words[zone_first ? i + 2 : i + 1];
    std::string zone = zone_first ? std::string(words[i + 1]) : "+0900";
    if (!zone_first && i + 2 < words.size() && (words[i + 2][0] == '+' || words[i + 2][0] == '-')) zone = words[i + 2];
    std::string date(words[i - 1]);
    for (const auto part : {words[i - 2], year, words[i]}) date.append(" ").append(part);
    return parse_rfc5322_date(date + ' ' + zone);
  }
  return std::nullopt;
}

/// Number of ">" before "From " at the start of a line, or npos if that is not how it starts.
std::size_t from_quotes(std::string_view line) {
  const auto quotes = std::min(line.find_first_not_of('>'), line.size());
  return line.substr(quotes).starts_with("From ") ? quotes : line.npos;
}

bool is_blank(std::string_view line) {
  return line == "\n" || line == "\r\n";
}

/// Lines of a file that may be without end: a line longer than the limit comes in pieces, of which only the first is a
/// start of a line.
class line_source {
 public:
  line_source(mail_file& file, std::uint64_t size) : file_(file), left_(size) {}

  /// With its line end. Empty at the end.
  std::string_view next() {
    at_start_ = ended_line_;
    auto end = buffer_.find('\n', at_);
    while (end == buffer_.npos && buffer_.size() - at_ < longest && fill()) end = buffer_.find('\n', at_);
    const auto length = end == buffer_.npos ? buffer_.size() - at_ : end + 1 - at_;
    const auto line = std::string_view(buffer_).substr(at_, length);
    at_ += length;
    ended_line_ = end != buffer_.npos;
    return line;
  }

  /// Whether the piece that next() gave begins a line.
  [[nodiscard]] bool at_start() const { return at_start_; }

 private:
  static constexpr std::size_t longest = limits::mib;

  bool fill() {
    if (left_ == 0) return false;
    const auto got = file_.read();
    if (got.empty()) throw failure(exit_status::temp_fail, "the mbox became shorter while it was read");
    buffer_.erase(0, at_);
    at_ = 0;
    const auto taken = std::min<std::uint64_t>(got.size(), left_);
    buffer_.append(got.substr(0, taken));
    left_ -= taken;
    return true;
  }

  mail_file& file_;
  std::uint64_t left_;
  std::string buffer_;
  std::size_t at_ = 0;
  bool ended_line_ = true, at_start_ = true;
};

/// Collects the lines of one message. The last line end is held back: a blank line before the next From_ line belongs
/// to the file, not to the message.
class entry {
 public:
  explicit entry(timestamp arrived) : arrived_(arrived) {}

  void add(std::string_view line, bool at_start) {
    builder_.add(held_);
    held_.clear();
    if (at_start) {
      if (const auto quotes = from_quotes(line); quotes != line.npos && quotes > 0) line.remove_prefix(1);
      if (is_blank(line)) {
        held_ = line;
        return;
      }
    }
    builder_.add(line);
  }

  [[nodiscard]] bool after_blank() const { return !held_.empty(); }

  message finish() {
    auto made = builder_.finish();
    made.arrived = arrived_;
    return made;
  }

 private:
  message_builder builder_;
  std::string held_;
  timestamp arrived_;
};

class mbox : public mailbox {
 public:
  mbox(std::string path, std::string account) : path_(std::move(path)), account_(std::move(account)) {}

  [[nodiscard]] std::vector<std::string> paths() const override { return {path_}; }

  void each(const message_wish& wish, const std::function<void(message&&)>& take) override {
    mail_file file(path_);
    line_source lines(file, whole_size(file.fd()));
    std::optional<entry> current;
    for (auto line = lines.next(); !line.empty(); line = lines.next()) {
      const bool starts = lines.at_start() && line.starts_with("From ");
      const auto time = starts ? from_line_time(line) : std::nullopt;
      // Without a blank line before it only a complete From_ line counts: else text would be cut in two.
      const bool begins = starts && (!current || current->after_blank() || time);
      if (begins) {
        if (current) hand_over(current->finish(), wish, take);
        current.emplace(time.value_or(timestamp{file.modified()}));
      } else if (current) {
        current->add(line, lines.at_start());
      } else if (!is_blank(line)) {
        throw failure(exit_status::unavailable, "{}: not an mbox: it does not begin with a From line", path_);
      }
    }
    if (current) hand_over(current->finish(), wish, take);
  }

 private:
  void hand_over(message&& read, const message_wish& wish, const std::function<void(message&&)>& take) const {
    // Positions shift when a mail reader deletes; the identity is the only name that lasts.
    read.place = {.kind = "mbox", .account = account_, .mailbox = path_, .uidvalidity = {}, .uid = read.id, .path = {}};
    if (!wish.wants_uid(read.id) || (wish.is_known && wish.is_known(read.place)) || !wish.wants(read)) return;
    take(std::move(read));
  }

  /// Size at a moment when nobody was writing: whoever delivers holds a lock. Deliveries that follow are of the next
  /// run; the lock is not kept, so that a slow pipeline does not stop them.
  [[nodiscard]] std::uint64_t whole_size(int fd) const {
    constexpr auto patience = std::chrono::seconds(30);
    const auto end = std::chrono::steady_clock::now() + patience;
    struct flock lock = {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    while (::fcntl(fd, F_SETLK, &lock) != 0) {
      if (errno != EAGAIN && errno != EACCES && errno != EINTR) throw system_failure(exit_status::unavailable, path_);
      if (std::chrono::steady_clock::now() > end) throw failure(exit_status::temp_fail, "{}: locked by another", path_);
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    struct stat found = {};
    const bool known = ::fstat(fd, &found) == 0;
    lock.l_type = F_UNLCK;
    ::fcntl(fd, F_SETLK, &lock);
    if (!known) throw system_failure(exit_status::unavailable, path_);
    return static_cast<std::uint64_t>(found.st_size);
  }

  std::string path_, account_;
};

}  // namespace

std::unique_ptr<mailbox> open_mbox(std::string file, std::string account) {
  return std::make_unique<mbox>(std::move(file), std::move(account));
}

}  // namespace intake
