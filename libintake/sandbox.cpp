#include "sandbox.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "confinement.hpp"
#include "failure.hpp"
#include "limits.hpp"

namespace intake::sandbox {
namespace {

bool switched_off = false;

bool has_private_root(role role) {
  return role == role::scanner || role == role::office || role == role::pump_of_roots;
}
bool is_pump(role role) {
  return role == role::pump || role == role::pump_of_roots;
}
bool keeps_host_files(role role) {
  return role == role::keeper || role == role::fetcher;
}

void limit(int resource, rlim_t value) {
  const rlimit both{value, value};
  must(setrlimit(static_cast<__rlimit_resource>(resource), &both) == 0, "resource limit");
}

void limit_resources(role role, [[maybe_unused]] const access& access) {
  if (is_pump(role)) return;
  // Address space, not memory in use: parsers map several times the longest line before they touch it.
  [[maybe_unused]] const rlim_t usual = role == role::office || role == role::raster ? 4ULL << 30 : 16ULL << 30;
#if !defined(__SANITIZE_ADDRESS__)  // whose shadow maps terabytes
  limit(RLIMIT_AS, access.memory_bytes ? access.memory_bytes : usual);
#endif
  limit(RLIMIT_NOFILE, 256);
  if (!has_private_root(role) && !keeps_host_files(role)) limit(RLIMIT_FSIZE, 0);
}

/// What must not be possible any more, tried.
void prove_confined(role role) {
  errno = 0;
  if (role != role::fetcher) must(socket(AF_INET, SOCK_STREAM, 0) < 0, "a socket could still be opened");
  const char* const no_arguments[] = {"true", nullptr};
  const char* const no_environment[] = {nullptr};
  must(execve("/bin/true", const_cast<char* const*>(no_arguments), const_cast<char* const*>(no_environment)) < 0,
       "a program could still be run");
  const int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
  if (fd >= 0) close(fd);
  must(fd < 0, "a file of the host could still be opened");
}

}  // namespace

void must(bool done, const std::string& what) {
  if (!done) throw system_failure(exit_status::os, "sandbox: {}", what);
}

role pump_of(role worker) {
  return has_private_root(worker) ? role::pump_of_roots : role::pump;
}

void disable() {
  switched_off = true;
}
bool disabled() {
  return switched_off;
}

void conceal() {
  must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "not dumpable");
  limit(RLIMIT_CORE, 0);
}

void enter(role role, const access& access) {
  conceal();
  if (switched_off) return;
  if (has_private_root(role)) {
    // The maps of the new user namespace are files of /proc/self, which a process that may not be dumped does not own.
    must(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) == 0, "dumpable for the namespaces");
    const std::size_t usual = role == role::pump_of_roots ? 16 * limits::mib : 1024 * limits::mib;
    enter_private_root(access, access.tmpfs_bytes ? access.tmpfs_bytes : usual, role == role::pump_of_roots);
    must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "not dumpable");
  } else if (!keeps_host_files(role)) {  // root's files are not always root's own
    keep_capabilities(0);
  }
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
  if (role != role::pump_of_roots) {  // Landlock would refuse its workers their mounts
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
