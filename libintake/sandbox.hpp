// Confinement: no_new_privs, Landlock, seccomp, rlimits, and where a file system is needed a private in-memory root in
// own namespaces. Entered after set-up and before the first received byte; there is no way back out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace intake::sandbox {

/// What a process may still do. Each role is an allow-list of system calls and a set of resource limits.
enum class role {
  pump,           ///< line pump: pipes, and forking workers that confine themselves further; no file, no network
  pump_of_roots,  ///< the same for workers with a private root: has one itself, and may still mount theirs
  parser,         ///< memory only: no file can be opened at all
  unpacker,       ///< as parser
  asker,          ///< as parser, and may hand local sockets to the process at the other end of `access.descriptors`
  raster,         ///< as parser
  scanner,        ///< private tmpfs as the only file system
  office,         ///< private tmpfs, and `access.read` of the host bound read-only into it
  keeper,         ///< files below `access.write` may be created and changed (ledger, export); no network, no exec
  fetcher,        ///< as keeper, and TCP connections
};

/// The role of the process that forks workers of this role.
[[nodiscard]] role pump_of(role worker);

struct access {
  std::vector<std::string> read;   ///< host paths that stay readable (pump_of_roots, office, keeper, fetcher)
  std::vector<std::string> write;  ///< host directories that stay writable (keeper, fetcher)
  std::size_t memory_bytes = 0;    ///< RLIMIT_AS; 0: the role's own
  std::size_t tmpfs_bytes = 0;     ///< size of the private tmpfs; 0: the role's own
  /// Folders made on the private tmpfs before entering (relative to /tmp), e.g. those LibreOffice expects.
  std::vector<std::string> tmp_folders;
  /// Descriptors from 20 on that a worker keeps beside its pipes.
  std::vector<int> descriptors;
};

/// First of all in every tool, before a secret or anything received is read: no other process of the same user can look
/// into this one from then on (PR_SET_DUMPABLE), and neither it nor a program that it starts leaves a core. Children
/// that are forked inherit both. Throws failure(os).
void conceal();

/// Confines the calling process and proves it (a socket, an exec and a host file must all be refused). Must be called
/// while the process has one thread. On success the private tmpfs of pump_of_roots, scanner and office is /tmp.
/// Throws failure(os) when anything of it cannot be had; the caller must not go on.
void enter(role role, const access& access = {});

/// --insecure-no-sandbox: enter() then does nothing but conceal(), and every record touched says so.
void disable();
[[nodiscard]] bool disabled();

/// What the kernel offers, for intake-doctor.
struct features {
  int landlock_abi = 0;  ///< 0: none
  bool seccomp = false;
  bool user_namespaces = false;
};
[[nodiscard]] features probe();

}  // namespace intake::sandbox
