// Malware verdicts by ClamAV's engine, in this process, from memory. Handles hostile bytes: load before the sandbox is
// entered, scan inside it. The engine fails open at many places; whatever it did not say clearly is unknown here.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "findings.hpp"
#include "limits.hpp"
#include "signatures.hpp"

namespace intake {

/// Outcome of one scan. Anything the engine could not decide is unknown: only a finished scan that found nothing is
/// clean.
enum class verdict { unknown, clean, infected };
[[nodiscard]] std::string_view to_string(verdict verdict);

struct scan_result {
  struct item {
    finding_code code;
    std::string detail;
  };
  intake::verdict verdict = intake::verdict::unknown;
  std::string signature;  ///< the first one that is malware
  std::vector<item> items;

  void add(finding_code code, std::string detail);
};

struct scanner_options {
  std::string database = "/var/lib/clamav";  ///< directory or file of signatures
  std::string temporary = "/tmp";            ///< where the engine unpacks: a private tmpfs when it scans
  std::chrono::milliseconds time = limits::scan_time;
  std::size_t file_bytes = limits::scan_file_bytes;
  std::size_t engine_file_bytes = limits::scan_engine_file_bytes;
  std::size_t engine_total_bytes = limits::scan_engine_total_bytes;
  unsigned engine_files = limits::scan_engine_files;
  unsigned engine_recursion = limits::scan_engine_recursion;
};

class scanner {
 public:
  /// Loads the signatures; forked workers share them. Throws failure(unavailable): database missing, damaged, empty.
  explicit scanner(const scanner_options& options);
  ~scanner();
  scanner(const scanner&) = delete;
  scanner& operator=(const scanner&) = delete;

  /// Whether the files of signatures are others than when they were last loaded, or tried, and have come to rest.
  [[nodiscard]] bool outdated() const;
  /// Loads them anew. Throws failure(unavailable) as the constructor does, and when the new ones do not find the test
  /// file; those in use then stay.
  void reload();

  /// Scans a harmless test file (EICAR) packed so that the engine needs its temporary directory. Whether it was found:
  /// if not, no verdict of this engine is worth anything.
  [[nodiscard]] bool detects_canary();
  [[nodiscard]] scan_result scan(std::string_view untrusted_bytes);

  [[nodiscard]] const std::string& engine() const { return engine_; }  ///< "ClamAV 1.4.6"
  [[nodiscard]] const signature_database& database() const { return database_; }

 private:
  struct state;
  void load();
  scanner_options options_;
  signature_database database_;
  std::string engine_, tried_;
  std::unique_ptr<state> state_;
};

/// What a name that the engine reports means. Heuristics about macros, encryption and limits are no malware; a name
/// that is empty or only says "limits" keeps the verdict unknown.
[[nodiscard]] finding_code meaning_of_signature(std::string_view name);

}  // namespace intake
