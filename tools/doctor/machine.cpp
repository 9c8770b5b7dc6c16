#include <fmt/format.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "checkup.hpp"
#include "libintake/sandbox.hpp"

namespace intake::doctor {
namespace {

namespace fs = std::filesystem;

/// Enters the role in a child; empty when it could, else why not.
std::string why_not(sandbox::role role) {
  int ends[2];
  if (::pipe(ends) != 0) return "pipe";
  const auto child = ::fork();
  if (child == 0) {
    std::string said;
    try {
      sandbox::enter(role);
    } catch (const std::exception& error) {
      said = error.what();
    }
    const bool told = ::write(ends[1], said.data(), said.size()) == static_cast<ssize_t>(said.size());
    ::_exit(said.empty() && told ? 0 : 1);
  }
  ::close(ends[1]);
  char text[512];
  const ssize_t got = ::read(ends[0], text, sizeof text);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status == 0) return {};
  return got > 0 ? std::string(text, static_cast<std::size_t>(got)) : "?";
}

void examine_confinement(report& to) {
  const auto kernel = sandbox::probe();
  struct trial {
    sandbox::role role;
    const char* name;
  };
  constexpr trial trials[] = {{sandbox::role::parser, "parse, decrypt, verify"},
                              {sandbox::role::scanner, "scan, render"}};
  for (const auto& [role, name] : trials) {
    const auto why = why_not(role);
    if (why.empty())
      to.push_back({state::good,
                    "confinement",
                    fmt::format(fmt::runtime(tr("{}: confined (Landlock ABI {})")), name, kernel.landlock_abi),
                    {}});
    else
      to.push_back({state::bad, "confinement",
                    fmt::format(fmt::runtime(tr("{}: cannot be confined, so they refuse to work: {}")), name, why),
                    kernel.user_namespaces ? tr("A kernel with Landlock and seccomp is needed (Debian 12 has both).")
                                           : tr("Allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 "
                                                "user.max_user_namespaces=10000")});
  }
}

bool encrypted(const std::string& device) {
  const auto name = fs::path(device).filename().string();
  if (name.starts_with("zram")) return true;  // memory, not a disk
  std::ifstream uuid("/sys/block/" + fs::weakly_canonical(device).filename().string() + "/dm/uuid");
  std::string text;
  return std::getline(uuid, text) && text.starts_with("CRYPT-");
}

void examine_swap(report& to) {
  std::ifstream swaps("/proc/swaps");
  std::string line, open;
  std::getline(swaps, line);  // the head
  unsigned count = 0;
  while (std::getline(swaps, line)) {
    ++count;
    std::string device;
    std::istringstream(line) >> device;
    if (!encrypted(device)) open += (open.empty() ? "" : ", ") + device;
  }
  if (open.empty())
    to.push_back(
        {state::good, "swap", count == 0 ? tr("off: nothing received can reach a disk by it") : tr("encrypted"), {}});
  else
    to.push_back({state::bad, "swap",
                  fmt::format(fmt::runtime(tr("{}: not encrypted; what was received may be written there")), open),
                  tr("swapoff -a, and take it out of /etc/fstab; or encrypt it.")});
}

void examine_clock(report& to) {
  timex clock{};
  if (::adjtimex(&clock) != TIME_ERROR && (clock.status & STA_UNSYNC) == 0)
    to.push_back({state::good, "clock", tr("synchronised"), {}});
  else
    to.push_back({state::doubtful, "clock", tr("not known to be right; days and arrival times go by it"),
                  tr("Switch time synchronisation on: timedatectl set-ntp true")});
}

void examine_space(report& to, const std::string& path) {
  constexpr std::uint64_t enough_mib = 1024;
  struct statvfs found {};
  if (path.empty() || ::statvfs(path.c_str(), &found) != 0) return;
  const std::uint64_t free_mib = found.f_bavail * found.f_frsize / limits::mib;
  const auto what = fmt::format(fmt::runtime(tr("{}: {} MiB free")), path, free_mib);
  if (free_mib >= enough_mib)
    to.push_back({state::good, "space", what, {}});
  else
    to.push_back(
        {state::doubtful, "space", what, tr("Make room: a full disk stops the desk, though nothing is lost.")});
}

}  // namespace

void examine_machine(report& to, const config& desk) {
  examine_confinement(to);
  examine_swap(to);
  examine_clock(to);
  examine_space(to, fs::path(desk.ledger.path).parent_path().string());
  examine_space(to, desk.output.out);
}

}  // namespace intake::doctor
