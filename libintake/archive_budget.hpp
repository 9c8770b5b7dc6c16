// What opening one attachment may cost, counted while it is unpacked and shared by everything nested in it. The headers
// of an archive promise what they like: a promise over a limit is refused before a byte is unpacked, and whatever
// unpacks to something else than promised is refused by who unpacks it.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "findings.hpp"
#include "limits.hpp"

namespace intake {

/// Why an archive stays closed. Thrown within the archive area only; open_archive() turns it into a finding.
class archive_refused : public std::runtime_error {
 public:
  archive_refused(finding_code code, const std::string& why) : std::runtime_error(why), code_(code) {}
  [[nodiscard]] finding_code code() const noexcept { return code_; }

 private:
  finding_code code_;
};

/// The attachment as a whole costs too much: not only the archive that is being read stays closed.
class archive_limit_crossed : public archive_refused {
 public:
  explicit archive_limit_crossed(const std::string& why) : archive_refused("archive.limit", why) {}
};

struct archive_limits {
  std::size_t members = limits::archive_members;  ///< of one attachment, nested archives included
  std::size_t bytes = limits::archive_bytes;      ///< the same
  std::size_t depth = limits::archive_depth;      ///< archives inside archives
  std::size_t ratio = limits::archive_ratio;      ///< unpacked : packed, once beyond ratio_floor
  std::size_t ratio_floor = limits::archive_ratio_floor;
  std::size_t name_bytes = limits::archive_name_bytes;
  std::size_t password_trials = limits::archive_password_trials;  ///< key derivations, all members together
};

/// Counts what has been spent. Every function but check_name() throws archive_limit_crossed instead of going over.
class archive_budget {
 public:
  explicit archive_budget(const archive_limits& limits) : limits_(limits) {}

  [[nodiscard]] const archive_limits& limits() const { return limits_; }

  void spend_members(std::uint64_t members);
  void spend_bytes(std::uint64_t bytes);
  void spend_trial();
  [[nodiscard]] std::uint64_t bytes_left() const { return limits_.bytes - bytes_; }
  /// Whether `unpacked` bytes may come out of `packed`. Spends nothing.
  void check_ratio(std::uint64_t packed, std::uint64_t unpacked) const;
  /// Throws archive_refused("archive.unsafe_path").
  void check_name(std::size_t bytes) const;

 private:
  archive_limits limits_;
  std::uint64_t members_ = 0, bytes_ = 0, trials_ = 0;
};

}  // namespace intake
