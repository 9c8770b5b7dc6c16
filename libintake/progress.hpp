// How far a long piece of work is: one line on stderr that is written over, for a person, or NDJSON for a program. Its
// numbers are ours, never a received text.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

namespace intake {

class progress {
 public:
  enum class shape { none, line, json };
  /// "auto" (also empty): line where stderr is a terminal, stdout is none and `quiet` is not set, else none; "json",
  /// "line", "none" as they say. Throws failure(usage) for another word.
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
  /// One more message is done, of that many bytes.
  void done(std::uint64_t bytes);
  /// Removes the line, so that something else may be said on stderr; it comes again with the next message.
  void pause();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// The numbers of a moment, and how they are shown.
struct progress_numbers {
  std::uint64_t done = 0, total = 0;  ///< messages; total 0: not known
  std::uint64_t bytes = 0;
  std::chrono::milliseconds taken{0};

  /// Messages a second; 0 before anything can be said.
  [[nodiscard]] double rate() const;
  /// Seconds until all are done at this rate; -1: not known.
  [[nodiscard]] std::int64_t seconds_left() const;
  /// "intake-fetch: 120 of 2000 messages, 35/s, 0:54 left", at most `columns` wide.
  [[nodiscard]] std::string line(const std::string& tool, bool japanese, std::size_t columns) const;
  /// {"progress":"intake-fetch","done":120,"total":2000,"bytes":…,"per_second":35.0,"seconds_left":54}
  [[nodiscard]] std::string json(const std::string& tool, bool end) const;
};

}  // namespace intake
