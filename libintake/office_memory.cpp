#include "office_memory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include "channel.hpp"
#include "failure.hpp"
#include "office_profile.hpp"

namespace intake {
namespace {

/// Under a mount of our own in our own mount namespace: memory, gone with the process, seen by nobody else.
constexpr const char* private_folder = "/run/intake-office";

void must(bool done, const char* what) {
  if (!done) throw system_failure(exit_status::os, "private memory for LibreOffice: {}", what);
}

void map_identity(const char* file, unsigned id) {
  const std::string line = std::to_string(id) + " " + std::to_string(id) + " 1";
  const int fd = open(file, O_WRONLY | O_CLOEXEC);
  must(fd >= 0 && write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()), file);
  close(fd);
}

void make_mounts() {
  const auto uid = geteuid();
  const auto gid = getegid();
  must(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) == 0, "user namespaces");
  // The maps are files of /proc/self, which an ordinary user's process that may not be dumped does not own.
  must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0, "dumpable for the namespaces");
  const int groups = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
  if (groups >= 0) {
    (void)!write(groups, "deny", 4);
    close(groups);
  }
  map_identity("/proc/self/uid_map", uid);
  map_identity("/proc/self/gid_map", gid);
  must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "not dumpable");
  must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mounts");
  // LibreOffice stamps the cache of its packages where it may, and dies when it may not read what another user's left
  // there: here it is empty, and stays so.
  constexpr const char* cache = "/var/spool/libreoffice/uno_packages/cache";
  constexpr unsigned long sealed = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  if (access(cache, F_OK) == 0) must(mount("intake", cache, "tmpfs", sealed, "mode=0755") == 0, cache);
  for (const char* folder : {"/run", "/tmp"})
    must(mount("intake", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700,size=268435456") == 0, folder);
  must(mkdir(private_folder, 0700) == 0, private_folder);
  // The kernel forgot it when the user namespace brought capabilities.
  must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "signal of the parent's death");
}

/// LibreOffice reads much of the environment; it gets none of the caller's.
void set_environment(const std::string& fonts) {
  clearenv();
  const std::string fonts_file = private_path("fonts.conf");
  write_file(fonts_file, fonts);
  setenv("PATH", "/usr/bin:/bin", 1);
  setenv("HOME", "/tmp", 1);
  setenv("TMPDIR", "/tmp", 1);
  setenv("LANG", "C.UTF-8", 1);
  setenv("FONTCONFIG_FILE", fonts_file.c_str(), 1);
  setenv("SAL_USE_VCLPLUGIN", "svp", 1);
  setenv("SAL_LOK_OPTIONS", "unipoll", 1);  // without it the office runs threads, and a forked child hangs
  setenv("SAL_LOG", "-INFO-WARN", 1);
}

unsigned threads() {
  DIR* const tasks = opendir("/proc/self/task");
  unsigned count = 0;
  while (const dirent* entry = tasks ? readdir(tasks) : nullptr) count += entry->d_name[0] != '.';
  if (tasks) closedir(tasks);
  return count;
}

}  // namespace

void write_file(const std::string& path, std::string_view bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) throw system_failure(exit_status::os, path);
  write_all(fd, bytes);
  close(fd);
}

std::string read_file(const std::string& path, std::size_t most) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat what {};
  if (fd < 0 || fstat(fd, &what) != 0 || static_cast<std::size_t>(what.st_size) > most)
    throw std::runtime_error("no result");
  std::string bytes(static_cast<std::size_t>(what.st_size), '\0');
  read_all(fd, bytes.data(), bytes.size());
  close(fd);
  return bytes;
}

std::string private_path(std::string_view name) {
  return name.empty() ? private_folder : std::string(private_folder) + "/" + std::string(name);
}

std::string enter_private_memory(const std::string& fonts) {
  make_mounts();
  set_environment(fonts);
  std::string profile = private_path("profile");
  for (const auto& file : office_profile()) {
    const std::filesystem::path path = profile + "/" + file.path;
    std::error_code trouble;
    std::filesystem::create_directories(path.parent_path(), trouble);
    must(!trouble, "profile");
    write_file(path, file.text);
  }
  setenv("CONFIGURATION_LAYERS", office_layers(profile).c_str(), 1);
  return profile;
}

bool wait_for_one_thread() {
  for (int tries = 0; tries < 2000; ++tries) {
    if (threads() == 1) return true;
    usleep(1000);
  }
  return false;
}

std::vector<std::string> temporary_folders() {
  std::vector<std::string> found;
  DIR* const folder = opendir("/tmp");
  while (const dirent* entry = folder ? readdir(folder) : nullptr)
    if (std::strncmp(entry->d_name, "lu", 2) == 0) found.emplace_back(entry->d_name);
  if (folder) closedir(folder);
  return found;
}

}  // namespace intake
