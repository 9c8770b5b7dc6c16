// deny CALL[=ERROR]... -- COMMAND... - runs COMMAND on a kernel that refuses these system calls (ENOSYS unless a number
// is given). With ERROR 0 the kernel lies: it says that the call was done, and does nothing.
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

int main(int argc, char** argv) {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  int at = 1;
  for (; at < argc && std::string(argv[at]) != "--"; ++at) {
    const std::string asked = argv[at];
    const auto equals = asked.find('=');
    const int call = seccomp_syscall_resolve_name(asked.substr(0, equals).c_str());
    const int error = equals == asked.npos ? ENOSYS : std::stoi(asked.substr(equals + 1));
    if (call == __NR_SCMP_ERROR ||
        seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, 0) != 0) {
      std::fprintf(stderr, "deny: %s\n", asked.c_str());
      return 64;
    }
  }
  if (at + 1 >= argc || seccomp_load(filter) != 0) return 64;
  execvp(argv[at + 1], argv + at + 1);
  std::perror("deny");
  return 66;
}
