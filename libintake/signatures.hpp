// The database of malware signatures: what it is and how old. Trusted input (freshclam or the desk's own files), read
// before the sandbox is entered.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace intake {

struct signature_database {
  std::string path;
  std::string version;           ///< "27123" of daily.cvd; "custom" when there are only files of the desk's own
  std::uint64_t signatures = 0;  ///< loaded by the engine
  std::time_t built = 0;         ///< when the newest part that tells its age was made

  /// Whole days since it was built. A date in the future (beyond a day of doubt) cannot be believed: a clock is wrong,
  /// and the age is then as large as can be.
  [[nodiscard]] unsigned age_days(std::time_t now) const;
  [[nodiscard]] bool stale(unsigned max_age_days, std::time_t now) const { return age_days(now) > max_age_days; }
  /// RFC 3339, UTC.
  [[nodiscard]] std::string built_at() const;
};

/// Version and age of the database at `path`, a directory or one file: of daily.cvd or daily.cld if there is one, else
/// of the newest .cvd or .cld, else the time of the newest file of signatures. `signatures` is left to the engine.
/// Throws failure(unavailable): missing, empty, or with a damaged head.
[[nodiscard]] signature_database read_signature_database(const std::string& path);

/// What distinguishes the files of signatures at `path` from others: names, numbers, sizes, times. Empty when there are
/// none. `settled`: whether all of it has been there for limits::scan_settled.
struct signature_files {
  std::string state;
  bool settled = true;
};
[[nodiscard]] signature_files look_at_signatures(const std::string& path, std::time_t now);

}  // namespace intake
