// escape ROLE [FILE] - confines itself as ROLE, tries what that role must not do, and prints the names of what it
// could. FILE is one that may be written to nowhere in the role. A name instead of "all" behind FILE tries that alone:
// for calls that are answered with death. "pause" waits instead, to be looked at from outside. ROLE "none" only tells
// what the kernel offers.
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libintake/failure.hpp"
#include "libintake/sandbox.hpp"

namespace {

using intake::sandbox::role;

const std::map<std::string, role> roles = {{"pump", role::pump},         {"pump_of_roots", role::pump_of_roots},
                                           {"parser", role::parser},     {"asker", role::asker},
                                           {"unpacker", role::unpacker}, {"scanner", role::scanner},
                                           {"office", role::office},     {"raster", role::raster},
                                           {"keeper", role::keeper},     {"fetcher", role::fetcher}};

bool opens(const std::string& path, int how) {
  return open(path.c_str(), how | O_CLOEXEC, 0600) >= 0;
}

/// Whether TCP to or from this host is refused by the network only, not by the confinement.
bool reaches(int (*call)(int, const sockaddr*, socklen_t), std::uint16_t port) {
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_port = htons(port);
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  return fd >= 0 && (call(fd, reinterpret_cast<const sockaddr*>(&here), sizeof here) == 0 || errno == ECONNREFUSED);
}

bool forks(long call) {
  const pid_t child = static_cast<pid_t>(call);
  if (child == 0) _exit(0);
  return child > 0;
}

bool raises_a_limit() {
  const rlimit more{100, 100};
  return setrlimit(RLIMIT_CORE, &more) == 0;
}

/// Address space without bound; what is not touched costs nothing.
bool maps(std::size_t gibibytes) {
  std::vector<void*> pieces;
  for (std::size_t i = 0; i < gibibytes; ++i) {
    pieces.push_back(std::malloc(std::size_t{1} << 30));
    if (!pieces.back()) return false;
  }
  return true;
}

struct attempt {
  const char* name;
  std::function<bool()> succeeds;
};

std::vector<attempt> attempts(const std::string& file, int inherited, pid_t parent) {
  return {
      {"socket", [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
      {"local-socket", [] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
      {"raw-socket", [] { return socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }},
      {"connect", [] { return reaches(connect, 9); }},
      {"bind", [] { return reaches(bind, 0); }},
      {"read", [] { return opens("/etc/passwd", O_RDONLY); }},
      {"proc", [] { return opens("/proc/self/mem", O_RDWR); }},
      {"list", [] { return opens("/etc", O_RDONLY | O_DIRECTORY); }},
      {"climb", [] { return opens("/../../../../etc/passwd", O_RDONLY); }},
      {"write", [=] { return opens(file, O_WRONLY | O_CREAT); }},
      {"unnamed", [=] { return opens(file.substr(0, file.rfind('/')), O_TMPFILE | O_RDWR); }},
      {"private-tmp", [] { return opens("/tmp/intake-escape", O_WRONLY | O_CREAT); }},
      {"device", [] { return mknod("/tmp/intake-device", S_IFCHR | 0600, 0x0103) == 0; }},
      {"inherited", [=] { return write(inherited, "x", 1) == 1; }},
      {"fork", [] { return forks(fork()); }},
      {"clone3",
       [] {
         clone_args how{};
         how.exit_signal = SIGCHLD;
         return forks(syscall(SYS_clone3, &how, sizeof how));
       }},
      {"kill", [=] { return kill(parent, 0) == 0; }},
      {"tgkill", [=] { return syscall(SYS_tgkill, parent, parent, 0) == 0; }},
      {"sigio", [=] { return fcntl(inherited, F_SETOWN, parent) == 0; }},
      {"limit", raises_a_limit},
      {"dumpable", [] { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0; }},
      {"memory", [] { return maps(40); }},
      {"namespace", [] { return unshare(CLONE_NEWUSER) == 0; }},
      {"mount", [] { return mount("none", "/tmp", "tmpfs", 0, nullptr) == 0; }},
      {"chroot", [] { return chroot("/") == 0; }},
      {"identity", [] { return setuid(0) == 0; }},
      {"exec", [] { return execl("/bin/echo", "echo", "exec", nullptr) == 0; }},  // says so itself
  };
}

/// What is answered with death.
long fatal(const std::string& name) {
  if (name == "ptrace") return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  if (name == "readv") return syscall(SYS_process_vm_readv, 1, nullptr, 0UL, nullptr, 0UL, 0UL);
  if (name == "uring") return syscall(SYS_io_uring_setup, 1, nullptr);
  if (name == "bpf") return syscall(SYS_bpf, 0, nullptr, 0);
  return -1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string(argv[1]) == "none") {
    const auto offered = intake::sandbox::probe();
    std::printf("landlock %d seccomp %d namespaces %d\n", offered.landlock_abi, offered.seccomp,
                offered.user_namespaces);
    return 0;
  }
  if (argc < 2 || !roles.contains(argv[1])) {
    std::fputs("usage: escape ROLE [FILE [all|pause|ptrace|readv|uring|bpf]]\n", stderr);
    return 64;
  }
  const std::string file = argc > 2 ? argv[2] : "/intake-escape", mode = argc > 3 ? argv[3] : "all";
  const int inherited = open((file + "-inherited").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const pid_t parent = getppid();
  (void)signal(SIGXFSZ, SIG_IGN);
  try {
    intake::sandbox::enter(roles.at(argv[1]));
  } catch (const intake::failure& error) {
    std::fprintf(stderr, "escape: %s\n", error.what());
    return static_cast<int>(error.status());
  }
  if (mode == "pause") {
    std::puts("confined");
    (void)std::fflush(stdout);
    char byte = 0;
    (void)!read(0, &byte, 1);
    return 0;
  }
  if (mode != "all") return fatal(mode) < 0 ? 1 : 0;
  for (const auto& [name, succeeds] : attempts(file, inherited, parent)) {
    (void)std::fflush(stdout);
    if (succeeds()) std::printf("%s ", name);
  }
  std::puts("");
  return 0;
}
