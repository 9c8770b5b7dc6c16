// The parts that sandbox::enter() puts together; for sandbox.cpp only. Each throws failure(os) when it cannot be had.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "sandbox.hpp"

namespace intake::sandbox {

/// Throws failure(os) with errno's words unless `done`.
void must(bool done, const std::string& what);

/// 0: the kernel has no Landlock.
[[nodiscard]] int landlock_abi();

/// A rule set that allows nothing but what is added; enforced for this thread and its children.
class landlock_ruleset {
 public:
  explicit landlock_ruleset(bool network);
  ~landlock_ruleset();
  landlock_ruleset(const landlock_ruleset&) = delete;
  landlock_ruleset& operator=(const landlock_ruleset&) = delete;

  void allow_reading(const std::string& path);
  void allow_writing(const std::string& path);
  void enforce();

 private:
  void allow(const std::string& path, std::uint64_t rights);
  int abi_;
  int fd_ = -1;
};

/// Own namespaces, and a tmpfs as the new root: nothing of the host is left but `access.read`, bound read-only. /tmp is
/// writable. No capability is left, unless `for_workers`: then those that this takes, for processes forked from this
/// one.
void enter_private_root(const access& access, std::size_t tmpfs_bytes, bool for_workers);

/// Gives up every capability of this process but these (bits of the first 32).
void keep_capabilities(std::uint32_t kept);

/// The role's allow-list of system calls, for good.
void filter_system_calls(role role);

}  // namespace intake::sandbox
