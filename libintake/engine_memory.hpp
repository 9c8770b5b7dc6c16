// The memory that ClamAV maps for each member of an archive, used again instead of given back. On a virtual machine one
// munmap(2) costs as much as the scan of a small member: the kernel has every processor forget what it knew of the
// pages. Nothing here reads what the memory holds. Called by scanner.
#pragma once

#include <cstddef>

namespace intake {

/// While one lives, mmap(2) of anonymous private memory, up to `block_bytes`, answers with a block that is kept, and is
/// cleared, as new memory would be. There are `blocks` of them; beyond these, and for anything else, the kernel is
/// asked as ever. munmap(2) of a block takes it back at any time, cleared. For one thread.
class engine_memory {
 public:
  static constexpr std::size_t block_bytes = 1 << 20, blocks = 16;
  engine_memory();
  ~engine_memory();
  engine_memory(const engine_memory&) = delete;
  engine_memory& operator=(const engine_memory&) = delete;
};

}  // namespace intake
