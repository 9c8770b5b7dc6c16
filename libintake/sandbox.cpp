#include "sandbox.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <initializer_list>

#include "failure.hpp"
#include "limits.hpp"

namespace intake::sandbox {
namespace {

bool switched_off = false;

[[noreturn]] void refuse(const std::string& what) {
  throw system_failure(exit_status::os, "sandbox: " + what);
}

void must(bool done, const std::string& what) {
  if (!done) refuse(what);
}

// Landlock. Debian 12's header knows ABI 2; the newer fields and bits are declared here (landlock(7)).

struct ruleset_attributes {
  std::uint64_t handled_access_fs, handled_access_net, scoped;
};
constexpr std::uint64_t fs_read_file = 1U << 2, fs_read_dir = 1U << 3, fs_execute = 1U << 0;
constexpr std::uint64_t fs_make_char = 1U << 6, fs_make_sock = 1U << 9, fs_make_fifo = 1U << 10,
                        fs_make_block = 1U << 11;
constexpr std::uint64_t net_bind = 1, net_connect = 2, scope_abstract_unix = 1, scope_signal = 2;

int landlock_abi() {
  const auto abi = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return abi < 0 ? 0 : static_cast<int>(abi);
}

std::uint64_t all_fs_rights(int abi) {
  if (abi >= 5) return (1U << 16) - 1;  // ioctl on devices
  if (abi >= 3) return (1U << 15) - 1;  // truncate
  if (abi >= 2) return (1U << 14) - 1;  // refer
  return (1U << 13) - 1;
}

class landlock_ruleset {
 public:
  explicit landlock_ruleset(bool network) : abi_(landlock_abi()) {
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
  ~landlock_ruleset() { close(fd_); }
  landlock_ruleset(const landlock_ruleset&) = delete;
  landlock_ruleset& operator=(const landlock_ruleset&) = delete;

  void allow_reading(const std::string& path) { allow(path, fs_read_file | fs_read_dir); }
  void allow_writing(const std::string& path) {
    allow(path, all_fs_rights(abi_) & ~(fs_execute | fs_make_char | fs_make_sock | fs_make_fifo | fs_make_block));
  }
  void enforce() { must(syscall(SYS_landlock_restrict_self, fd_, 0) == 0, "Landlock"); }

 private:
  void allow(const std::string& path, std::uint64_t rights) {
    const int at = open(path.c_str(), O_PATH | O_CLOEXEC);
    must(at >= 0, "Landlock rule for " + path);
    struct stat what {};
    must(fstat(at, &what) == 0, "Landlock rule for " + path);
    constexpr std::uint64_t of_files =
        1U << 0 | 1U << 1 | 1U << 2 | 1U << 14 | 1U << 15;  // rights that a file can have
    if (!S_ISDIR(what.st_mode)) rights &= of_files;
    const landlock_path_beneath_attr rule{rights, at};
    const bool added = syscall(SYS_landlock_add_rule, fd_, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(at);
    must(added, "Landlock rule for " + path);
  }
  int abi_;
  int fd_ = -1;
};

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

void bind_read_only(const std::string& path, const std::string& root) {
  struct stat what {};
  if (stat(path.c_str(), &what) != 0) return;  // a folder that this host does not have is not missed
  const std::string to = root + path;
  if (S_ISDIR(what.st_mode)) {
    make_folders(to);
  } else {
    make_folders(to.substr(0, to.rfind('/')));
    close(open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  }
  must(mount(path.c_str(), to.c_str(), nullptr, MS_BIND | MS_REC, nullptr) == 0, "bind " + path);
  struct {
    std::uint64_t set, clear, propagation, user;
  } attributes{0x1 | 0x2 | 0x4, 0, 0, 0};  // MOUNT_ATTR_RDONLY, NOSUID, NODEV
  constexpr unsigned at_recursive = 0x8000;
  must(syscall(SYS_mount_setattr, AT_FDCWD, to.c_str(), at_recursive, &attributes, sizeof attributes) == 0,
       "read-only " + path);
}

void enter_private_root(const access& access, std::size_t tmpfs_bytes) {
  const auto uid = geteuid();
  const auto gid = getegid();
  // The kernel forgets the signal for the death of the parent when capabilities come and go, as they do here.
  int death_signal = 0;
  must(prctl(PR_GET_PDEATHSIG, &death_signal, 0, 0, 0) == 0, "signal of the parent's death");
  must(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) == 0,
       "user namespaces are switched off (sysctl kernel.unprivileged_userns_clone, user.max_user_namespaces)");
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", "1000 " + std::to_string(uid) + " 1");
  write_file("/proc/self/gid_map", "1000 " + std::to_string(gid) + " 1");
  must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "private mounts");
  const std::string size = "mode=0755,size=" + std::to_string(tmpfs_bytes);
  const std::string root = "/tmp";
  must(mount("intake", root.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, size.c_str()) == 0, "private tmpfs");
  for (const auto& path : access.read) bind_read_only(path, root);
  (void)mkdir((root + "/tmp").c_str(), 0700);
  (void)mkdir((root + "/old").c_str(), 0700);
  for (const auto& folder : access.tmp_folders) make_folders(root + "/tmp/" + folder);
  must(chdir(root.c_str()) == 0 && syscall(SYS_pivot_root, ".", "old") == 0, "pivot_root");
  must(chdir("/") == 0 && umount2("/old", MNT_DETACH) == 0 && rmdir("/old") == 0, "leave the host's root");
  // No capability outlives this: none in the new user namespace either.
  for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability)
    must(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0, "drop capabilities");
  struct {
    std::uint32_t version;
    int pid;
  } header{0x20080522, 0};
  struct {
    std::uint32_t effective, permitted, inheritable;
  } none[2] = {};
  must(syscall(SYS_capset, &header, none) == 0, "drop capabilities");
  must(prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) == 0, "signal of the parent's death");
}

// System calls, by role. Everything that is not listed fails with EPERM, or with ENOSYS where a library then falls
// back; what would reach another process or the kernel's rarer parts kills.

using names = std::initializer_list<const char*>;

constexpr names memory_only = {"read",
                               "write",
                               "readv",
                               "writev",
                               "close",
                               "fstat",
                               "lseek",
                               "mmap",
                               "munmap",
                               "mprotect",
                               "mremap",
                               "madvise",
                               "brk",
                               "futex",
                               "rt_sigaction",
                               "rt_sigprocmask",
                               "rt_sigreturn",
                               "sigaltstack",
                               "exit",
                               "exit_group",
                               "clock_gettime",
                               "clock_getres",
                               "clock_nanosleep",
                               "nanosleep",
                               "gettimeofday",
                               "time",
                               "getpid",
                               "gettid",
                               "getppid",
                               "getrandom",
                               "poll",
                               "ppoll",
                               "sched_yield",
                               "sched_getaffinity",
                               "rseq",
                               "set_robust_list",
                               "restart_syscall",
                               "getrusage",
                               "getrlimit",
                               "times",
                               "sysinfo",
                               "uname",
                               "tgkill",
                               "getuid",
                               "geteuid",
                               "getgid",
                               "getegid",
                               "fcntl",
                               "pipe2",
                               "dup",
                               "dup2",
                               "dup3",
                               "close_range",
                               "membarrier",
                               "mlock",
                               "munlock",
                               "get_robust_list",
                               "setitimer",
                               "alarm",
                               "pread64",
                               "getcpu"};
constexpr names own_files = {"open",
                             "openat",
                             "stat",
                             "lstat",
                             "newfstatat",
                             "statx",
                             "statfs",
                             "fstatfs",
                             "access",
                             "faccessat",
                             "faccessat2",
                             "readlink",
                             "readlinkat",
                             "getcwd",
                             "getdents64",
                             "pwrite64",
                             "mkdir",
                             "mkdirat",
                             "unlink",
                             "unlinkat",
                             "rmdir",
                             "rename",
                             "renameat",
                             "renameat2",
                             "ftruncate",
                             "truncate",
                             "fallocate",
                             "fsync",
                             "fdatasync",
                             "flock",
                             "umask",
                             "chmod",
                             "fchmod",
                             "fchmodat",
                             "fadvise64",
                             "select",
                             "pselect6",
                             "eventfd2",
                             "copy_file_range",
                             "sendfile",
                             "splice",
                             "utimensat",
                             "chdir",
                             "link",
                             "linkat",
                             "symlink",
                             "msync",
                             "preadv",
                             "pwritev",
                             "memfd_create",
                             "sched_getparam",
                             "sched_getscheduler",
                             "getpriority",
                             "fchown",
                             "chown",
                             "lchown"};
constexpr names local_sockets = {"sendmsg", "sendto", "recvfrom"};
constexpr names workers = {"fork",
                           "vfork",
                           "wait4",
                           "waitid",
                           "kill",
                           "pipe",
                           "prctl",
                           "seccomp",
                           "setrlimit",
                           "prlimit64",
                           "epoll_create1",
                           "epoll_ctl",
                           "epoll_wait",
                           "epoll_pwait",
                           "landlock_create_ruleset",
                           "landlock_add_rule",
                           "landlock_restrict_self"};
constexpr names namespaces = {"unshare", "mount", "umount2", "pivot_root", "mount_setattr", "capset", "chdir"};
constexpr names sockets = {"socket",     "connect",       "getsockopt", "setsockopt", "getsockname", "getpeername",
                           "sendto",     "recvfrom",      "sendmsg",    "recvmsg",    "sendmmsg",    "shutdown",
                           "socketpair", "epoll_create1", "epoll_ctl",  "epoll_wait", "epoll_pwait", "ioctl"};

class system_call_filter {
 public:
  system_call_filter() : filter_(seccomp_init(SCMP_ACT_ERRNO(EPERM))) { must(filter_ != nullptr, "seccomp"); }
  ~system_call_filter() { seccomp_release(filter_); }
  system_call_filter(const system_call_filter&) = delete;
  system_call_filter& operator=(const system_call_filter&) = delete;

  void allow(const names& list) {
    for (const char* name : list)
      if (const int number = seccomp_syscall_resolve_name(name); number != __NR_SCMP_ERROR)
        rule(SCMP_ACT_ALLOW, number);
  }
  void answer(int error, const char* name) { rule(SCMP_ACT_ERRNO(static_cast<unsigned>(error)), name_of(name)); }
  void kill(const names& list) {
    for (const char* name : list) rule(SCMP_ACT_KILL_PROCESS, name_of(name));
  }
  /// Threads, but no processes.
  void allow_threads() {
    constexpr scmp_datum_t thread = CLONE_THREAD | CLONE_VM;
    const scmp_arg_cmp is_thread = SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread);
    must(seccomp_rule_add(filter_, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, is_thread) == 0, "seccomp rule clone");
    answer(ENOSYS, "clone3");  // its flags lie behind a pointer; the C library falls back to clone
  }
  /// Sockets that reach no further than a process which holds the other end.
  void allow_local_sockets() {
    allow(local_sockets);
    const scmp_arg_cmp is_local = SCMP_A0(SCMP_CMP_EQ, AF_UNIX);
    must(seccomp_rule_add(filter_, SCMP_ACT_ALLOW, SCMP_SYS(socketpair), 1, is_local) == 0, "seccomp rule socketpair");
  }
  /// Only reading one's own limits: raising or lowering them is over.
  void allow_reading_limits() {
    const scmp_arg_cmp no_new = SCMP_A2(SCMP_CMP_EQ, 0);
    must(seccomp_rule_add(filter_, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, no_new) == 0, "seccomp rule prlimit64");
  }
  void load() {
    must(seccomp_attr_set(filter_, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0, "seccomp");
    must(seccomp_load(filter_) == 0, "seccomp");
  }

 private:
  static int name_of(const char* name) { return seccomp_syscall_resolve_name(name); }
  void rule(std::uint32_t action, int number) {
    const int added = seccomp_rule_add(filter_, action, number, 0);
    must(added == 0 || added == -EEXIST, "seccomp rule");
  }
  scmp_filter_ctx filter_;
};

bool has_private_root(role role) {
  return role == role::scanner || role == role::office || role == role::raster;
}
bool is_pump(role role) {
  return role == role::pump || role == role::pump_of_roots;
}
bool keeps_host_files(role role) {
  return role == role::keeper || role == role::fetcher;
}

void filter_system_calls(role role) {
  system_call_filter filter;
  filter.allow(memory_only);
  filter.kill({"ptrace", "process_vm_readv", "process_vm_writev", "keyctl", "add_key", "request_key", "bpf",
               "perf_event_open", "io_uring_setup", "userfaultfd", "kexec_load", "init_module", "finit_module"});
  switch (role) {
    case role::asker:
      filter.allow_local_sockets();
      [[fallthrough]];
    case role::parser:
    case role::unpacker:
      filter.allow_threads();
      filter.allow_reading_limits();
      break;
    case role::scanner:
    case role::office:
    case role::raster:
      filter.allow(own_files);
      filter.allow_threads();
      filter.allow_reading_limits();
      filter.answer(ENOTTY, "ioctl");
      filter.answer(EINVAL, "prctl");  // naming threads may fail
      break;
    case role::keeper:
      filter.allow(own_files);
      filter.allow_threads();
      filter.allow_reading_limits();
      filter.answer(ENOTTY, "ioctl");
      filter.answer(EINVAL, "prctl");
      break;
    case role::fetcher:
      filter.allow(own_files);
      filter.allow(sockets);
      filter.allow_threads();
      filter.allow_reading_limits();
      break;
    case role::pump_of_roots:
      filter.allow(own_files);
      filter.allow(namespaces);
      [[fallthrough]];
    case role::pump:
      filter.allow(workers);
      filter.allow_local_sockets();  // a worker is held by this filter too
      filter.allow({"clone"});
      filter.answer(ENOSYS, "clone3");
      filter.answer(ENOTTY, "ioctl");
      break;
  }
  filter.load();
}

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  must(setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0, "resource limit");
}

void limit_resources(role role, const access& access) {
  limit(RLIMIT_CORE, 0);
  if (is_pump(role)) return;
  // Address space, not memory in use: parsers map several times the longest line before they touch it.
  const rlim_t usual = role == role::office || role == role::raster ? 4ULL << 30 : 16ULL << 30;
#if !defined(__SANITIZE_ADDRESS__)  // whose shadow maps terabytes
  limit(RLIMIT_AS, access.memory_bytes ? access.memory_bytes : usual);
#endif
  limit(RLIMIT_NOFILE, 256);
  if (role == role::parser || role == role::unpacker || role == role::asker) limit(RLIMIT_FSIZE, 0);
}

/// What must not be possible any more, tried.
void prove_confined(role role) {
  errno = 0;
  if (role != role::fetcher) must(socket(AF_INET, SOCK_STREAM, 0) < 0, "a socket could still be opened");
  const char* const no_arguments[] = {"true", nullptr};
  const char* const no_environment[] = {nullptr};
  must(execve("/bin/true", const_cast<char* const*>(no_arguments), const_cast<char* const*>(no_environment)) < 0,
       "a program could still be run");
  if (role == role::pump_of_roots) return;
  const int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) close(fd);
  must(fd < 0 || role == role::fetcher, "a file of the host could still be opened");
}

}  // namespace

void disable() {
  switched_off = true;
}
bool disabled() {
  return switched_off;
}

void enter(role role, const access& access) {
  must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "not dumpable");
  if (switched_off) {
    limit(RLIMIT_CORE, 0);
    return;
  }
  if (has_private_root(role)) {
    // The maps of the new user namespace are files of /proc/self, which a process that may not be dumped does not own.
    must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0, "dumpable for the namespaces");
    enter_private_root(access, access.tmpfs_bytes ? access.tmpfs_bytes : 1024 * limits::mib);
    must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "not dumpable");
  }
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
  if (role != role::pump_of_roots) {  // Landlock would refuse the mounts
    landlock_ruleset rules(role == role::fetcher);
    if (has_private_root(role)) {
      rules.allow_writing("/tmp");
      for (const auto& path : access.read)
        if (::access(path.c_str(), F_OK) == 0) rules.allow_reading(path);
    } else if (keeps_host_files(role)) {
      for (const auto& path : access.read) rules.allow_reading(path);
      for (const auto& path : access.write) rules.allow_writing(path);
    }
    rules.enforce();
  }
  limit_resources(role, access);
  filter_system_calls(role);
  prove_confined(role);
}

features probe() {
  features found;
  found.landlock_abi = landlock_abi();
  found.seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
  const pid_t child = fork();
  if (child == 0) _exit(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 ? 0 : 1);
  int status = 1;
  if (child > 0) waitpid(child, &status, 0);
  found.user_namespaces = child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  return found;
}

}  // namespace intake::sandbox
