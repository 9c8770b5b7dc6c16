// The headers of a RAR archive, which are read for their checksums before libarchive sees it: no more checksums than
// there is room for headers.
#include <cstdlib>

#include "libintake/archive_budget.hpp"
#include "libintake/rar_checksums.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  constexpr std::size_t least_header = 7;
  try {
    const auto found = intake::rar_checksums({reinterpret_cast<const char*>(data), size});
    if (found.size() > size / least_header) std::abort();
  } catch (const intake::archive_refused&) {
  }
  return 0;
}
