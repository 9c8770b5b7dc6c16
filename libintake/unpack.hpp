// Decompression, everything that is not a zip's structure or its encryption: libdeflate for deflate, zlib for gzip,
// libarchive for the other methods of zip members and the other formats. Handles hostile bytes: call inside the
// sandbox.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "archive_budget.hpp"

namespace intake {

/// One zip member in the clear. `size` is what it must unpack to, already charged to the budget; anything else is
/// refused, as is data behind the end of the compressed stream.
[[nodiscard]] std::string unpack_zip_member(std::string_view packed, std::uint16_t method, std::uint64_t size);

enum class archive_kind { none, zip, seven_zip, rar, lzh, cab, tar, gzip, bzip2, xz, zstd };

struct unpacked_file {
  std::string name;  ///< UTF-8 and safe
  std::string data;
};

/// All files of an archive that is not a zip; a compressor's one file is called `single_name`. Members and bytes are
/// charged to the budget while they come. Throws archive_refused: archive.damaged, archive.limit, archive.ambiguous,
/// archive.unsafe_path, archive.password.
[[nodiscard]] std::vector<unpacked_file> unpack_archive(std::string_view untrusted, archive_kind kind,
                                                        const std::string& single_name, archive_budget& budget);

}  // namespace intake
