// Unpacking itself: the first byte says whether the rest is one member of a zip, and by which method it is packed, or
// an archive of another format. What comes out keeps to its budget, and has names that are safe.
#include <array>
#include <cstdlib>

#include "libintake/unpack.hpp"

namespace {

using intake::archive_kind;
constexpr std::array kinds = {archive_kind::gzip,  archive_kind::rar, archive_kind::seven_zip,
                              archive_kind::lzh,   archive_kind::cab, archive_kind::tar,
                              archive_kind::bzip2, archive_kind::xz,  archive_kind::zstd};
constexpr std::array<std::uint16_t, 8> methods = {0, 8, 9, 12, 14, 93, 95, 98};  // APPNOTE 4.4.5

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  intake::archive_limits limits;
  limits.bytes = 100 << 10;  // room for it is made at once, and more would be mapped
  limits.members = 20;
  intake::archive_budget budget(limits);
  try {
    if (data[0] >= kinds.size()) {
      const std::uint64_t promised = data[1] * 16U;
      const auto out = intake::unpack_zip_member(bytes, methods[data[0] % methods.size()], promised);
      must(out.size() == promised);
      return 0;
    }
    std::size_t total = 0;
    const auto files = intake::unpack_archive(bytes, kinds[data[0]], "content", budget);
    must(files.size() <= limits.members);
    for (const auto& file : files) {
      must(!file.name.empty() && file.name.front() != '/' && file.name.rfind("..", 0) != 0);
      total += file.data.size();
    }
    must(total <= limits.bytes);
  } catch (const intake::archive_refused&) {
  }
  return 0;
}
