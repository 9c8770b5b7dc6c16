// The ends of a stream: bounded lines in from a descriptor, lines out to one. Input is hostile only in its length here;
// what a line says is the record's business.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "memory.hpp"

namespace intake {

struct spliced_line;

/// Reads lines into memory of its own, each in one piece. With several segments, lines stay where they are until they
/// are given back. Forked children do not have this memory.
class line_reader {
 public:
  /// `segments` > 1: up to (segments - 1) lines may be held at a time.
  explicit line_reader(int fd, unsigned segments = 1);
  ~line_reader();
  line_reader(const line_reader&) = delete;
  line_reader& operator=(const line_reader&) = delete;

  enum class outcome { line, end, torn, too_long };
  /// Next line without LF, reading as long as it takes. torn: the last line had no LF. too_long: over
  /// limits::record_bytes; line() holds its head only, while size() and digest() tell of all of it. Throws failure(io).
  [[nodiscard]] outcome next();
  /// Reads once (call when the descriptor is readable); whether next() can now answer without reading.
  [[nodiscard]] bool fill();
  [[nodiscard]] bool ready() const;

  /// With one segment, valid until the next call of next() or fill(). record::line_padding bytes behind it are
  /// readable.
  [[nodiscard]] std::string_view line() const { return line_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// SHA-256 of the line, hexadecimal.
  [[nodiscard]] std::string digest() const;

  /// Keeps the memory of line() until release(). Only with several segments.
  void hold();
  void release(std::string_view line);

 private:
  [[nodiscard]] char* base(unsigned segment) const;
  void find_line_end(std::size_t from);
  void consume(std::size_t end);
  void make_room();

  void give_back(unsigned segment, std::size_t from);

  int fd_;
  char* memory_ = nullptr;
  std::size_t mapped_ = 0;
  std::vector<unsigned> held_;          ///< lines held in each segment
  unsigned segment_ = 0;                ///< the one being filled
  std::size_t start_ = 0, filled_ = 0;  ///< bytes of it that are not yet consumed
  std::size_t lf_ = std::string::npos;  ///< end of the first line in them, once it is there
  bool end_ = false;
  std::string_view line_;
  std::string head_;  ///< of a line too long to hold
  std::string sha256_;
  std::uint64_t size_ = 0;
};

/// Writes the pieces one after the other, as long as it takes; false, with errno, if they cannot all be written.
[[nodiscard]] bool write_pieces(int fd, const std::vector<std::string_view>& pieces);

namespace show {
class table;
}

/// Writes records to stdout, one line each; to a terminal, as the table of intake-show instead. Throws failure(io) on a
/// short write or a full disk; a closed pipe ends the process by SIGPIPE.
class record_writer {
 public:
  /// Opens locale data when `fd` is a terminal, so it comes before confinement where words matter.
  explicit record_writer(int fd = 1);
  ~record_writer();
  record_writer(const record_writer&) = delete;
  record_writer& operator=(const record_writer&) = delete;
  /// A line that is known to be a record, without its LF.
  void write_line(std::string_view line);
  void write_line(const spliced_line& line);
  /// before + base64 of `bytes` + after, encoded piece by piece while it is written.
  void write_line(std::string_view before, std::string_view bytes, std::string_view after);
  /// Must be called last: reports what the kernel held back, and logs how many lines were written.
  void finish();

 private:
  void put(const std::vector<std::string_view>& pieces);
  void put_base64(std::vector<std::string_view>& before, std::string_view bytes);

  int fd_;
  std::uint64_t lines_ = 0;
  std::unique_ptr<show::table> table_;  ///< when the descriptor is a terminal
};

}  // namespace intake
