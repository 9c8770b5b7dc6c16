#include "nursery_code.hpp"

#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

#include "failure.hpp"

namespace intake {
namespace {

/// Makes a page of a mapping that is never written the process's own, by writing to it what it holds. The whole of it
/// is opened, as a part would become a mapping for itself. False when it cannot be sealed again.
bool take_a_page(char* mapping, std::size_t size, int rights) {
  if (mprotect(mapping, size, rights | PROT_WRITE) != 0) return true;
  auto* const byte = static_cast<volatile char*>(mapping);
  *byte = *byte;
  return mprotect(mapping, size, rights) == 0;
}

int take_pages(dl_phdr_info* of, std::size_t, void*) {
  static const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  if (of->dlpi_addr == getauxval(AT_SYSINFO_EHDR)) return 0;  // the kernel's own
  for (std::size_t i = 0; i < of->dlpi_phnum; ++i) {
    const auto& segment = of->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const int rights = PROT_READ | ((segment.p_flags & PF_X) != 0 ? PROT_EXEC : 0);
    const auto start = (of->dlpi_addr + segment.p_vaddr) & ~(page - 1);
    const auto end = (of->dlpi_addr + segment.p_vaddr + segment.p_memsz + page - 1) & ~(page - 1);
    if (!take_a_page(reinterpret_cast<char*>(start), end - start, rights)) return -1;
  }
  return 0;
}

}  // namespace

void hand_down_code() {
  if (dl_iterate_phdr(take_pages, nullptr) != 0) throw system_failure(exit_status::os, "mprotect");
}

}  // namespace intake
