// One zip opened: its structure, passwords, decryption and decompression put together. Handles hostile bytes.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "archive_budget.hpp"
#include "secret.hpp"
#include "zip_directory.hpp"

namespace intake {

struct zip_file {
  std::string name;        ///< UTF-8 and safe
  std::string encryption;  ///< none, zipcrypto, aes-128, aes-192, aes-256
  std::string data;
  std::string sha256;  ///< hexadecimal, where it was made while the data were; else empty
};

struct opened_zip {
  std::vector<zip_file> files;
  std::string encryption;      ///< the weakest of its files
  std::string password_label;  ///< of the first password that fitted
};

/// What is encrypted is authenticated (AES) or checked by its CRC (ZipCrypto, AE-1, none) before it counts as opened.
/// `encryption` is set as soon as it is known, also when archive_refused is thrown afterwards.
[[nodiscard]] opened_zip open_zip(std::string_view untrusted, std::span<const labelled_secret> passwords,
                                  archive_budget& budget, std::string& encryption);

/// A member that is not encrypted, unpacked and held to its checksum; at most limits::active_part_bytes of it. Throws
/// archive_refused.
[[nodiscard]] std::string unpack_plain_member(const zip_member& member);

}  // namespace intake
