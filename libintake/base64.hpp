// Base64 (RFC 4648 section 4). Handles hostile bytes; reads and writes only inside the spans it is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace intake::base64 {

/// Appends the encoding of `bytes`, padded, without line breaks.
void encode(std::string& out, std::string_view bytes);
[[nodiscard]] std::string encode(std::string_view bytes);

/// Strict: only the alphabet, correct padding, no white space, zero trailing bits. Anything else is nullopt.
[[nodiscard]] std::optional<std::string> decode(std::string_view text);

/// What mail carries (RFC 2045 section 6.8): characters outside the alphabet are skipped, padding ends the data.
struct lenient_result {
  std::string bytes;
  bool damaged = false;  ///< something other than white space was skipped, or the text ends within a group
};
[[nodiscard]] lenient_result decode_mime(std::string_view text);

}  // namespace intake::base64
