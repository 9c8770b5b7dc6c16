#include "confinement.hpp"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace intake::sandbox {
namespace {

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
                               "getuid",
                               "geteuid",
                               "getgid",
                               "getegid",
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
                               "pwrite64",
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
                           "vmsplice",
                           "prctl",
                           "seccomp",
                           "setrlimit",
                           "prlimit64",
                           "capset",
                           "epoll_create1",
                           "epoll_ctl",
                           "epoll_wait",
                           "epoll_pwait",
                           "landlock_create_ruleset",
                           "landlock_add_rule",
                           "landlock_restrict_self"};
constexpr names mounts = {"mount", "umount2", "pivot_root", "mount_setattr"};
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
  /// A signal to another process, whether sent or asked for (F_SETOWN, F_SETSIG), would end it.
  void allow_own_signals() {
    const scmp_arg_cmp is_own = SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid()));
    must(seccomp_rule_add(filter_, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1, is_own) == 0, "seccomp rule tgkill");
    for (const auto& is_of_files : {SCMP_A1(SCMP_CMP_LT, F_SETOWN), SCMP_A1(SCMP_CMP_GE, F_OFD_GETLK)})
      must(seccomp_rule_add(filter_, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, is_of_files) == 0, "seccomp rule fcntl");
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
  /// Own mounts for a worker, and no other namespace.
  void allow_mounts() {
    allow(mounts);
    const scmp_arg_cmp own_mounts = SCMP_A0(SCMP_CMP_EQ, CLONE_NEWNS);
    must(seccomp_rule_add(filter_, SCMP_ACT_ALLOW, SCMP_SYS(unshare), 1, own_mounts) == 0, "seccomp rule unshare");
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

}  // namespace

void filter_system_calls(role role) {
  system_call_filter filter;
  filter.allow(memory_only);
  filter.allow_own_signals();
  filter.kill({"ptrace", "process_vm_readv", "process_vm_writev", "keyctl", "add_key", "request_key", "bpf",
               "perf_event_open", "io_uring_setup", "userfaultfd", "kexec_load", "init_module", "finit_module"});
  switch (role) {
    case role::asker:
      filter.allow_local_sockets();
      [[fallthrough]];
    case role::parser:
    case role::unpacker:
    case role::raster:
      filter.allow_threads();
      filter.allow_reading_limits();
      break;
    case role::scanner:
    case role::office:
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
      filter.allow_mounts();
      [[fallthrough]];
    case role::pump:
      filter.allow(workers);
      filter.allow_local_sockets();  // a worker is held by this filter too
      filter.allow({"clone", "tgkill"});  // these, too: each worker narrows them to itself
      filter.answer(ENOSYS, "clone3");
      filter.answer(ENOTTY, "ioctl");
      break;
  }
  filter.load();
}

}  // namespace intake::sandbox
