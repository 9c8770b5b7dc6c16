#include "lines.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>

#include "base64.hpp"
#include "digest.hpp"
#include "failure.hpp"
#include "limits.hpp"
#include "line_edits.hpp"
#include "log.hpp"
#include "record.hpp"
#include "show.hpp"

namespace intake {
namespace {

constexpr std::size_t chunk = limits::mib;
// A segment takes lines until this much of it is used; then a line of full length still fits behind.
constexpr std::size_t segment_turn = 4 * limits::mib;
constexpr std::size_t segment_bytes = segment_turn + limits::record_bytes + 2 * chunk;
static_assert(chunk >= record::line_padding);
// Memory of a giant line is given back when the line has gone.
constexpr std::size_t kept_bytes = 32 * limits::mib;
// The front of a segment, which is all that a few short lines use: a huge page would cost them more than it brings.
constexpr std::size_t small_lines = 2 * limits::mib;

}  // namespace

line_reader::line_reader(int fd, unsigned segments) : fd_(fd), mapped_(segments * segment_bytes), held_(segments) {
  void* at = mmap(nullptr, mapped_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) throw system_failure(exit_status::os, "memory for lines");
  memory_ = static_cast<char*>(at);
  // A worker is sent the line that it is to read; the others are not its business.
  if (madvise(memory_, mapped_, MADV_DONTFORK) != 0) throw system_failure(exit_status::os, "memory for lines");
  for (unsigned segment = 0; segment < segments; ++segment)
    ask_for_huge_pages(base(segment) + small_lines, segment_bytes - small_lines);
  (void)fcntl(fd_, F_SETPIPE_SZ, static_cast<int>(chunk));  // fewer turns; refused for what is no pipe
}

line_reader::~line_reader() {
  munmap(memory_, mapped_);
}

char* line_reader::base(unsigned segment) const {
  return memory_ + segment * segment_bytes;
}

/// Turns to a fresh segment (or to the front of this one, if nobody holds a line in it) when the present one has been
/// used far enough; the beginning of the next line moves along.
void line_reader::make_room() {
  const bool fits = filled_ + chunk + record::line_padding <= segment_bytes;
  if (fits && start_ < segment_turn && (start_ == 0 || start_ != filled_ || held_[segment_] != 0)) return;
  const auto free = held_[segment_] == 0 ? held_.begin() + segment_ : std::find(held_.begin(), held_.end(), 0U);
  if (free == held_.end()) throw failure(exit_status::software, "more lines held than there is room for");
  const std::size_t left = filled_ - start_, used = filled_;
  const auto next = static_cast<unsigned>(free - held_.begin());
  std::memmove(base(next), base(segment_) + start_, left);
  if (next == segment_ && used > kept_bytes && left <= chunk) give_back(segment_, chunk);
  if (lf_ != std::string::npos) lf_ -= start_;
  segment_ = next;
  start_ = 0;
  filled_ = left;
}

void line_reader::give_back(unsigned segment, std::size_t from) {
  (void)madvise(base(segment) + from, segment_bytes - from, MADV_DONTNEED);
}

bool line_reader::fill() {
  make_room();
  ssize_t got;
  do got = read(fd_, base(segment_) + filled_, chunk);
  while (got < 0 && errno == EINTR);
  if (got < 0) throw system_failure(exit_status::io, "reading the records");
  if (got == 0) end_ = true;
  const std::size_t before = filled_;
  filled_ += static_cast<std::size_t>(got);
  if (lf_ == std::string::npos) find_line_end(before);
  return ready();
}

void line_reader::find_line_end(std::size_t from) {
  lf_ = std::string_view(base(segment_), filled_).find('\n', from);
}

bool line_reader::ready() const {
  return end_ || lf_ != std::string::npos || filled_ - start_ > limits::record_bytes;
}

void line_reader::consume(std::size_t end) {
  start_ = end;
  find_line_end(start_);
}

line_reader::outcome line_reader::next() {
  while (!ready()) (void)fill();
  sha256_.clear();
  const std::size_t end = lf_ == std::string::npos ? filled_ : lf_;
  if (end - start_ <= limits::record_bytes) {
    line_ = {base(segment_) + start_, end - start_};
    size_ = line_.size();
    const bool whole = lf_ != std::string::npos;
    consume(whole ? end + 1 : end);
    return whole ? outcome::line : line_.empty() ? outcome::end : outcome::torn;
  }
  // Too long to hold: the head is kept, the rest is read to its end and only counted and digested.
  head_.assign(base(segment_) + start_, 64 * limits::kib);
  sha256 digest;
  size_ = 0;
  for (;;) {
    const bool whole = lf_ != std::string::npos;
    const std::size_t stop = whole ? lf_ : filled_;
    digest.update({base(segment_) + start_, stop - start_});
    size_ += stop - start_;
    consume(whole ? stop + 1 : stop);
    if (whole || end_) break;
    (void)fill();
  }
  sha256_ = digest.hex();
  line_ = head_;
  return outcome::too_long;
}

std::string line_reader::digest() const {
  return sha256_.empty() ? sha256_hex(line_) : sha256_;
}

void line_reader::hold() {
  ++held_[segment_];
}

void line_reader::release(std::string_view line) {
  const auto segment = static_cast<unsigned>(static_cast<std::size_t>(line.data() - memory_) / segment_bytes);
  --held_[segment];
  if (held_[segment] == 0 && segment != segment_ && line.size() > kept_bytes) give_back(segment, 0);
}

bool write_pieces(int fd, const std::vector<std::string_view>& pieces) {
  std::vector<iovec> left;
  left.reserve(pieces.size());
  for (const auto& piece : pieces) left.push_back({const_cast<char*>(piece.data()), piece.size()});
  for (std::size_t at = 0; at < left.size();) {
    const ssize_t written = writev(fd, &left[at], static_cast<int>(std::min<std::size_t>(left.size() - at, IOV_MAX)));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    auto gone = static_cast<std::size_t>(written);
    while (at < left.size() && gone >= left[at].iov_len) gone -= left[at++].iov_len;
    if (gone != 0) {
      left[at].iov_base = static_cast<char*>(left[at].iov_base) + gone;
      left[at].iov_len -= gone;
    }
  }
  return true;
}

record_writer::record_writer(int fd) : fd_(fd) {
  std::signal(SIGPIPE, SIG_IGN);  // a write to a dead worker must not end the stream; put() minds stdout
  (void)fcntl(fd_, F_SETPIPE_SZ, static_cast<int>(chunk));
  if (isatty(fd_)) table_ = std::make_unique<show::table>(terminal::style_of(fd_));
}

record_writer::~record_writer() = default;

void record_writer::write_line(std::string_view line) {
  spliced_line whole;
  whole.add(line);
  write_line(whole);
}

void record_writer::write_line(const spliced_line& line) {
  ++lines_;
  if (table_) {
    const std::string rows = table_->lines(show::read(line.join()));
    put({rows});
    return;
  }
  std::vector<std::string_view> plain;
  auto next = line.encoded.begin();
  for (std::size_t i = 0; i < line.pieces.size(); ++i) {
    if (next == line.encoded.end() || *next != i) {
      plain.push_back(line.pieces[i]);
      continue;
    }
    ++next;
    put_base64(plain, line.pieces[i]);
    plain.clear();
  }
  plain.emplace_back("\n");
  put(plain);
}

void record_writer::write_line(std::string_view before, std::string_view bytes, std::string_view after) {
  spliced_line line;
  line.add(before);
  line.add_base64(bytes);
  line.add(after);
  write_line(line);
}

/// The pieces and the base64 of the bytes, encoded while it is written.
void record_writer::put_base64(std::vector<std::string_view>& before, std::string_view bytes) {
  constexpr std::size_t block = 96 * limits::kib;  // whole groups of three, and small enough for the caches
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(block, bytes.size()))) {
    text.clear();
    base64::encode(text, bytes.substr(0, block));
    before.emplace_back(text);
    put(before);
    before.clear();
  }
}

void record_writer::put(const std::vector<std::string_view>& pieces) {
  if (write_pieces(fd_, pieces)) return;
  if (errno == EPIPE) {  // the reader has gone: end as a filter does by default
    std::signal(SIGPIPE, SIG_DFL);
    std::raise(SIGPIPE);
  }
  throw system_failure(exit_status::io, "writing the records");
}

void record_writer::finish() {
  if (table_) {
    const std::string totals = table_->foot();
    put({totals});
  }
  // Some file systems tell of a full disk only when the file is closed.
  const int copy = dup(fd_);
  if (copy < 0 || close(copy) != 0) throw system_failure(exit_status::io, "writing the records");
  log::finished(lines_);
}

}  // namespace intake
