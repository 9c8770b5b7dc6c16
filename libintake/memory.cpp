#include "memory.hpp"

#include <malloc.h>
#include <sys/mman.h>

#include <cstdint>
#include <cstdlib>
#include <new>

#include "limits.hpp"

namespace intake {

void ask_for_huge_pages(void* block, std::size_t size) {
  constexpr std::uintptr_t page = 4096;
  const auto first = (reinterpret_cast<std::uintptr_t>(block) + page - 1) & ~(page - 1);
  const auto end = (reinterpret_cast<std::uintptr_t>(block) + size) & ~(page - 1);
  (void)madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

}  // namespace intake

#ifndef __SANITIZE_ADDRESS__

// A line of 80 MB touched for the first time costs 20,000 page faults at every copy, more than all the work on it.
// Large blocks ask for huge pages, which a kernel set to "madvise" gives to those that ask and no one else.

void* operator new(std::size_t size) {
  constexpr std::size_t large = 4 * intake::limits::mib;
  void* const block = std::malloc(size != 0 ? size : 1);
  if (block == nullptr) throw std::bad_alloc();
  if (size >= large) intake::ask_for_huge_pages(block, size);
  return block;
}

void operator delete(void* block) noexcept {
  std::free(block);
}

void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}

#endif

namespace intake {

void keep_memory() {
  mallopt(M_MMAP_THRESHOLD, 32 * static_cast<int>(limits::mib));  // the most that is taken
  mallopt(M_TRIM_THRESHOLD, 128 * static_cast<int>(limits::mib));
}

}  // namespace intake
