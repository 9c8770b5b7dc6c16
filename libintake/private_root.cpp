#include "confinement.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

namespace intake::sandbox {
namespace {

// Private file system: own namespaces, and a tmpfs as the new root. Nothing of the host is left but what is bound in.

void write_file(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  must(fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()), path);
  close(fd);
}

void make_folders(const std::string& path) {
  for (std::size_t at = 1; (at = path.find('/', at)) != path.npos; ++at) (void)mkdir(path.substr(0, at).c_str(), 0755);
  (void)mkdir(path.c_str(), 0755);
}

/// A path of the host, opened before anything is mounted over it.
struct bound {
  std::string path;
  int fd;
};

std::vector<bound> open_all(const std::vector<std::string>& paths) {
  std::vector<bound> opened;
  for (const auto& path : paths)  // a folder that this host does not have is not missed
    if (const int fd = open(path.c_str(), O_PATH | O_CLOEXEC); fd >= 0) opened.push_back({path, fd});
  return opened;
}

void bind_read_only(const bound& from, const std::string& root) {
  struct stat what {};
  must(fstat(from.fd, &what) == 0, "bind " + from.path);
  const std::string to = root + from.path, source = "/proc/self/fd/" + std::to_string(from.fd);
  if (S_ISDIR(what.st_mode)) {
    make_folders(to);
  } else {
    make_folders(to.substr(0, to.rfind('/')));
    close(open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
  must(mount(source.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, "bind " + from.path);
  close(from.fd);
  struct {
    std::uint64_t set, clear, propagation, user;
  } attributes{0x1 | 0x2 | 0x4, 0, 0, 0};  // MOUNT_ATTR_RDONLY, NOSUID, NODEV
  constexpr unsigned at_recursive = 0x8000;
  must(syscall(SYS_mount_setattr, AT_FDCWD, to.c_str(), at_recursive, &attributes, sizeof attributes) == 0,
       "read-only " + from.path);
}

/// For good: what is given up here does not come back with another program either.
void bound_capabilities(std::uint32_t kept) {
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    if (capability >= 32 || (kept >> capability & 1) == 0)
      must(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, "drop capabilities");
}

void enter_own_namespaces() {
  // A worker of a process that is in its own ones already needs nothing but its own mounts; there, the files that say
  // who is who in a new user namespace could not be reached any more.
  static bool entered = false;
  if (entered) {
    must(unshare(CLONE_NEWNS) == 0, "own mounts");
    return;
  }
  const auto uid = geteuid();
  const auto gid = getegid();
  must(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0,
       "user namespaces are switched off (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces)");
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "1000 " + std::to_string(uid) + " 1");
  write_file("/proc/self/gid_map", "1000 " + std::to_string(gid) + " 1");
  entered = true;
}

}  // namespace

void keep_capabilities(std::uint32_t kept) {
  struct {
    std::uint32_t version;
    int pid;
  } header{0x20080522, 0};
  struct {
    std::uint32_t effective, permitted, inheritable;
  } const both[2] = {{kept, kept, 0}, {0, 0, 0}};
  must(syscall(SYS_capset, &header, both) == 0, "drop capabilities");
}

void enter_private_root(const access& access, std::size_t tmpfs_bytes, bool for_workers) {
  // The kernel forgets the signal for the death of the parent when capabilities come and go, as they do here.
  int death_signal = 0;
  must(prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0) == 0, "signal of the parent's death");
  enter_own_namespaces();
  must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
  const std::string size = "mode=0755,size=" + std::to_string(tmpfs_bytes);
  const std::string root = "/tmp";
  const auto sources = open_all(access.read);
  must(mount("intake", root.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) == 0, "private tmpfs");
  for (const auto& source : sources) bind_read_only(source, root);
  (void)mkdir((root + "/tmp").c_str(), 0700);
  (void)mkdir((root + "/old").c_str(), 0700);
  for (const auto& folder : access.tmp_folders) make_folders(root + "/tmp/" + folder);
  must(chdir(root.c_str()) == 0 && syscall(SYS_pivot_root, ".", "old") == 0, "pivot_root");
  must(chdir("/") == 0 && umount2("/old", MNT_DETACH) == 0 && rmdir("/old") == 0, "leave the host's root");
  const std::uint32_t kept = for_workers ? 1U << CAP_SYS_ADMIN | 1U << CAP_SETPCAP : 0;
  bound_capabilities(kept);
  keep_capabilities(kept);
  must(prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) == 0, "signal of the parent's death");
}

}  // namespace intake::sandbox
