#include "office_heap.hpp"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "limits.hpp"
#include "memory.hpp"

namespace intake {

#if defined(__SANITIZE_ADDRESS__)  // whose heap is another

void leave_fresh_heap() {}

#else

namespace {

std::uintptr_t number(const void* address) {
  return reinterpret_cast<std::uintptr_t>(address);
}

/// Takes every free block below the top of the heap, for good. Those of whole pages are given back to the kernel first,
/// so that they cost no memory.
void take_holes() {
  malloc_trim(0);
  const auto state = mallinfo2();
  const std::uintptr_t top = number(sbrk(0)) - state.keepcost;
  std::size_t taken = 0;
  for (std::size_t size = 65536; size >= 16; size -= 16) {
    while (taken <= state.fordblks) {
      void* const block = std::malloc(size);
      if (block == nullptr || number(block) >= top) {
        std::free(block);  // no hole of this size is left
        break;
      }
      taken += size;
    }
  }
}

}  // namespace

void leave_fresh_heap() {
  constexpr int reserve = 64 * static_cast<int>(limits::mib);  // untouched memory is not used
  constexpr std::uintptr_t huge = 2 * limits::mib;
  keep_memory();
  take_holes();
  mallopt(M_TOP_PAD, reserve);
  const std::uintptr_t used = (number(sbrk(0)) + huge - 1) & ~(huge - 1);
  void* volatile more = std::malloc(mallinfo2().keepcost + limits::mib);  // than there is: it grows by the reserve
  std::free(more);
  const std::uintptr_t end = number(sbrk(0));
  // Where it is refused, it is only slower.
  if (end > used) (void)madvise(reinterpret_cast<void*>(used), end - used, MADV_HUGEPAGE);
}

#endif

}  // namespace intake
