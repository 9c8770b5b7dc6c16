// The structure of a zip file (APPNOTE 6.3.9), read with every bound checked and held to one reading: what another
// reader could take differently (several end records, overlapping members, a local header that contradicts the
// directory, bytes between the records) is refused as ambiguous. Handles hostile bytes; unpacks nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive_budget.hpp"

namespace intake {

enum class zip_cipher { none, zipcrypto, aes };

struct zip_member {
  std::string_view raw_name;  ///< bytes of the archive
  std::string name;           ///< UTF-8; directories end in '/'
  std::uint16_t flags = 0;
  std::uint16_t method = 0;  ///< of compression, also where AES hides it
  std::uint16_t modified_time = 0;
  std::uint32_t crc = 0;
  std::uint64_t packed_size = 0, size = 0;
  std::uint64_t header_offset = 0;
  std::uint32_t attributes = 0;
  zip_cipher cipher = zip_cipher::none;
  unsigned aes_strength = 0;  ///< 1, 2, 3: AES-128, AES-192, AES-256
  unsigned aes_version = 0;   ///< 1: AE-1, 2: AE-2
  std::string_view packed;    ///< what lies between the local header and the next record

  [[nodiscard]] bool is_directory() const { return name.ends_with('/'); }
};

/// Whether the bytes are a zip by content: a local header or an end record in front, or an end record that fits the
/// end of the bytes and points at a directory, whatever stands in front of it.
[[nodiscard]] bool is_zip(std::string_view untrusted);

/// A document that is a zip (OOXML, ODF, EPUB): it stays whole. Looked for in the first local header and in the
/// directory as far as it can be read; says nothing about safety.
[[nodiscard]] bool is_zip_document(std::string_view untrusted);

/// How many members the end record of a zip tells of, from the last bytes of the zip alone (66 KiB hold every end
/// record); nullopt if they do not tell. So that a promise over a limit costs nothing to refuse.
[[nodiscard]] std::optional<std::uint64_t> promised_members(std::string_view untrusted_tail);

/// The members in the order of the directory, names and sizes checked against the budget (which is charged for the
/// members, not for their bytes), all with `packed` set. Throws archive_refused: archive.damaged, archive.ambiguous,
/// archive.unsafe_path, archive.limit; archive.password for PKWARE's own strong encryption.
[[nodiscard]] std::vector<zip_member> read_zip_directory(std::string_view untrusted, archive_budget& budget);

}  // namespace intake
