// What intake-scan does to a record: for every file its real type, a malware verdict, active content, findings.
// Handles hostile bytes: call inside the sandbox.
#pragma once

#include "filetype.hpp"
#include "progress.hpp"
#include "record.hpp"
#include "scanner.hpp"

namespace intake {

struct file_check_options {
  unsigned max_age_days = 3;  ///< of the signatures; older ones put scan.stale_database on every record
  std::chrono::milliseconds time = limits::scan_time;  ///< for all files of one record; what is left then is scan.limit
  progress* shown = nullptr;                           ///< told of each file that was looked into
};

class file_checker {
 public:
  /// All of these must outlive it.
  file_checker(scanner& scanner, const type_reader& types, const file_check_options& options)
      : scanner_(scanner), types_(types), options_(options) {}

  /// Sets "type", "scan" and "active" of every file that has data, and "scan" of the record. After each batch of
  /// limits::scan_batch_files the engine has to find its test file once more: as long as it does not, no file is called
  /// clean. What it says about each scan (see scanner) already tells when it cannot unpack any more.
  void check(record& rec);

 private:
  struct outcome;
  outcome check_file(record& rec, std::size_t index, const value& file, bool in_time);
  bool trusted(std::size_t files);
  scanner& scanner_;
  const type_reader& types_;
  file_check_options options_;
  std::size_t unproven_ = limits::scan_batch_files;  ///< files since the test file was found
};

}  // namespace intake
