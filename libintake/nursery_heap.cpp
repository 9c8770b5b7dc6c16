#include "nursery_heap.hpp"

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
  constexpr std::uintptr_t head = 64;  // of the free block at the top, which is to lie below the first huge page
  keep_memory();
  take_holes();
  mallopt(M_TOP_PAD, reserve);
  const std::uintptr_t first = (number(sbrk(0)) + huge) & ~(huge - 1);  // huge pages are given where nothing is yet
  void* volatile more = std::malloc(mallinfo2().keepcost + head);       // than there is: it grows by the reserve
  std::free(more);
  const std::uintptr_t end = number(sbrk(0)), top = end - mallinfo2().keepcost;
  if (top + head < first) more = std::malloc(first - top - head);  // never given back
  // Where it is refused, it is only slower.
  if (end > first) (void)madvise(reinterpret_cast<void*>(first), end - first, MADV_HUGEPAGE);
}

#endif

}  // namespace intake
