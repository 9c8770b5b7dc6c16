// The checksums that the headers of a RAR archive give. libarchive unpacks RAR, but it does not look at the checksum of
// a stored member, and takes one that is cut off for whole. Handles hostile bytes; linear.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace intake {

/// CRC-32 of each member of a RAR 4 or RAR 5 archive, folders included, in the order of their headers; nullopt where
/// the writer left it out. Throws archive_refused: archive.damaged (also one part of a split archive), archive.password
/// (encrypted headers), archive.ambiguous (bytes behind the end).
[[nodiscard]] std::vector<std::optional<std::uint32_t>> rar_checksums(std::string_view untrusted);

}  // namespace intake
