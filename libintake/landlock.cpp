#include "confinement.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace intake::sandbox {
namespace {

// Landlock. Debian 12's header knows ABI 2; the newer fields and bits are declared here (landlock(7)).

struct ruleset_attributes {
  std::uint64_t handled_access_fs, handled_access_net, scoped;
};
constexpr std::uint64_t fs_read_file = 1U << 2, fs_read_dir = 1U << 3, fs_execute = 1U << 0;
constexpr std::uint64_t fs_make_char = 1U << 6, fs_make_sock = 1U << 9, fs_make_fifo = 1U << 10,
                        fs_make_block = 1U << 11;
constexpr std::uint64_t net_bind = 1, net_connect = 2, scope_abstract_unix = 1, scope_signal = 2;

std::uint64_t all_fs_rights(int abi) {
  if (abi >= 5) return (1U << 16) - 1;  // ioctl on devices
  if (abi >= 3) return (1U << 15) - 1;  // truncate
  if (abi >= 2) return (1U << 14) - 1;  // refer
  return (1U << 13) - 1;
}

}  // namespace

int landlock_abi() {
  const auto abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

landlock_ruleset::landlock_ruleset(bool network) : abi_(landlock_abi()) {
  errno = ENOSYS;
  must(abi_ > 0, "the kernel has no Landlock (boot with lsm=landlock,…)");
  const ruleset_attributes attributes{all_fs_rights(abi_),
                                      abi_ < 4  ? 0
                                      : network ? net_bind
                                                : net_bind | net_connect,
                                      abi_ < 6 ? 0 : scope_abstract_unix | scope_signal};
  const std::size_t size = abi_ >= 6 ? 24 : abi_ >= 4 ? 16 : 8;
  fd_ = static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, size, 0));
  must(fd_ >= 0, "Landlock rule set");
}

landlock_ruleset::~landlock_ruleset() {
  close(fd_);
}

void landlock_ruleset::allow_reading(const std::string& path) {
  allow(path, fs_read_file | fs_read_dir);
}

void landlock_ruleset::allow_writing(const std::string& path) {
  allow(path, all_fs_rights(abi_) & ~(fs_execute | fs_make_char | fs_make_sock | fs_make_fifo | fs_make_block));
}

void landlock_ruleset::enforce() {
  must(syscall(SYS_landlock_restrict_self, fd_, 0) == 0, "Landlock");
}

void landlock_ruleset::allow(const std::string& path, std::uint64_t rights) {
  const int at = open(path.c_str(), O_PATH | O_CLOEXEC);
  must(at >= 0, "Landlock rule for " + path);
  struct stat what {};
  must(fstat(at, &what) == 0, "Landlock rule for " + path);
  constexpr std::uint64_t of_files = 1U << 0 | 1U << 1 | 1U << 2 | 1U << 14 | 1U << 15;  // rights that a file can have
  if (!S_ISDIR(what.st_mode)) rights &= of_files;
  const landlock_path_beneath_attr rule{rights, at};
  const bool added = syscall(SYS_landlock_add_rule, fd_, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
  close(at);
  must(added, "Landlock rule for " + path);
}

}  // namespace intake::sandbox
