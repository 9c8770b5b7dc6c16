// A profile: whatever TOML it is, it loads, or every mistake is told as failure(config). One that loads can be used.
#include "libintake/profile.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "libintake/failure.hpp"
#include "libintake/letter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  static const int fd = memfd_create("profile.toml", 0);
  static const auto path = "/proc/self/fd/" + std::to_string(fd);
  if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  try {
    const auto rule = intake::load_profile(path);
    (void)intake::read_letter("受付番号: 2026-0001\n申請者名: 架空 太郎\n申請日時: 令和8年11月22日\n", rule);
  } catch (const intake::failure& wrong) {
    if (wrong.status() != intake::exit_status::config) std::abort();
  }
  return 0;
}
