// How far a long piece of work is: one line on stderr that is written over, for a person, or NDJSON for a program. Its
// numbers are ours, or counted by a confined worker, which can make them wrong but nothing else; never a received text.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace intake {

class progress {
 public:
  enum class shape { none, line, json };
  /// "auto" (also empty): line where stderr is a terminal, stdout is none, `quiet` is not set and no other tool of a
  /// pipe has the line of this terminal, else none; "json", "line", "none" as they say. Throws failure(usage) for
  /// another word. Comes before confinement.
  [[nodiscard]] static shape shape_of(const std::string& word, bool quiet);

  /// `tool` begins the line. Nothing is shown during the first second, so that short work stays silent.
  /// Opens locale data, so it comes before confinement.
  progress(shape how, std::string tool);
  /// Removes the line; as JSON, tells the last numbers with "end":true.
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  // Each may be called by any thread.

  /// So many more messages are to be done. Without it only what is done is shown.
  void expect(std::uint64_t count);
  /// Where `fd` is a file, its bytes are what is to be done; without it and expect(), the time left is not told.
  void expect_file(int fd);
  /// One more message is done, of that many bytes.
  void done(std::uint64_t bytes);
  /// Shows what the workers have counted meanwhile, if it is time; to be called every `between`.
  void look();
  static constexpr std::chrono::milliseconds between{250};
  /// Removes the line, so that something else may be said on stderr; it comes again with the next message.
  void pause();
  [[nodiscard]] bool shown() const;

  // Files and pages are counted in forked workers, each in a place of its own (< limits::worker_jobs) of memory that
  // they share with this process.

  /// In a worker: what comes now is of the message in that place.
  void work_at(unsigned place);
  /// In a worker: so many pages of the file under work are done, of so many (0: not known).
  void page(std::uint64_t done, std::uint64_t of);
  /// In a worker: that file is done, with so many pages.
  void file_done(std::uint64_t pages = 0);
  /// In a worker: what was counted of its message was never done.
  void forget();
  /// In this process, while none works there: what was counted in the place counts for good, or was never done.
  void settle(unsigned place, bool counts);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The numbers of a moment, and how they are shown.
struct progress_numbers {
  std::uint64_t done = 0, total = 0;  ///< messages; total 0: not known
  std::uint64_t bytes = 0;
  std::chrono::milliseconds taken{0};
  std::uint64_t bytes_total = 0;             ///< 0: not known
  std::uint64_t files = 0;                   ///< in messages that are done or under work; 0: none, or not counted
  std::uint64_t pages = 0, pages_total = 0;  ///< the same, the total of the documents that were opened

  /// Messages a second; 0 before anything can be said.
  [[nodiscard]] double rate() const;
  /// Seconds until all messages are done at this rate, or all bytes at theirs; -1: not known.
  [[nodiscard]] std::int64_t seconds_left() const;
  /// "intake-fetch: 120 of 2000 messages, 35/s, 0:54 left", at most `columns` wide; with files and pages,
  /// "intake-render: 4 messages, 0.5/s, 9 files, 20 of 31 pages, 0:08 left".
  [[nodiscard]] std::string line(const std::string& tool, bool japanese, std::size_t columns) const;
  /// {"progress":"intake-fetch","done":120,"total":2000,"bytes":…,"per_second":35.0,"seconds_left":54}, and
  /// "bytes_total", "files", "pages", "pages_total" where there are any.
  [[nodiscard]] std::string json(const std::string& tool, bool end) const;
};

}  // namespace intake
