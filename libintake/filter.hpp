// The frame of every filter. The main process is a line pump and a watchdog; a confined worker, forked after set-up,
// speaks the same protocol: one line in, one line out. Lines in = lines out, in order, whatever the worker does.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "failure.hpp"
#include "limits.hpp"
#include "record.hpp"
#include "sandbox.hpp"

namespace intake {

/// What every filter is given by the command line.
struct filter_options {
  unsigned jobs = 1;                 ///< workers; order is kept whatever their number
  std::vector<std::string> fail_on;  ///< dispositions that make the run end with exit_status::findings
  bool quiet = false;
  std::string tool;  ///< "intake-scan"
};

struct filter_stage {
  std::string name;  ///< "scan": member of "stages", stamped on every record that the handler finished
  sandbox::role role = sandbox::role::parser;
  sandbox::access access = {};
  std::chrono::milliseconds deadline = limits::worker_line;  ///< for one line, plus worker_per_mebibyte
  /// Runs in each worker after it is confined and before the first line; throwing ends the run with that status
  /// (a scanner proves itself on a canary here).
  std::function<void()> prepare;
  /// Runs in the confined worker. A std::exception costs the record stage.failed; a crash or the deadline too.
  std::function<void(record&)> handle;
  /// Finding for a deadline instead of stage.failed.
  finding_code on_timeout = "stage.failed";
};

/// Reads stdin to its end, hands each record to a worker, writes stdout. Returns ok, findings or data; throws failure
/// for what ends the run. When stdout is a terminal a table is written instead of records.
[[nodiscard]] exit_status run_filter(const filter_options& options, const filter_stage& stage);

/// The same without a worker, for filters that need the host's files and read no received format but the record
/// itself (ledger, export): `handle` runs in this process, which must already be confined as keeper. An exception of
/// type failure ends the run; whatever `handle` did before is the caller's to have made durable.
[[nodiscard]] exit_status run_keeper(const filter_options& options, const std::string& name,
                                     const std::function<void(record&)>& handle);

/// Reads bounded lines from a descriptor. One line at a time in memory.
class line_reader {
 public:
  explicit line_reader(int fd);
  ~line_reader();
  enum class outcome { line, end, torn, too_long };
  /// Next line without LF, reading as long as it takes. torn: the last line had no LF. too_long: over
  /// limits::record_bytes; line() holds its head only, while size() and digest() tell of all of it. Throws failure(io).
  [[nodiscard]] outcome next();
  /// Reads once (call when the descriptor is readable); whether next() can now answer without reading.
  [[nodiscard]] bool fill();
  [[nodiscard]] bool ready() const;
  [[nodiscard]] const std::string& line() const { return line_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// SHA-256 of the line, hexadecimal.
  [[nodiscard]] std::string digest() const;

 private:
  void find_line_end(std::size_t from);
  void consume(std::size_t end);
  int fd_;
  std::string buffer_;                  ///< storage, larger than what is filled
  std::size_t start_ = 0, filled_ = 0;  ///< bytes not yet consumed
  std::size_t lf_ = std::string::npos;  ///< end of the first line in them, once it is there
  bool end_ = false;
  std::string line_, sha256_;
  std::uint64_t size_ = 0;
};

/// Writes records to stdout, one line each. Throws failure(io) on a short write or a full disk; a closed pipe ends the
/// process by SIGPIPE.
class record_writer {
 public:
  explicit record_writer(int fd = 1);
  /// A line that is known to be a record, without its LF.
  void write_line(std::string_view line);
  /// Must be called last: reports what the kernel held back.
  void finish();

 private:
  void put(std::string_view bytes);
  int fd_;
};

}  // namespace intake
