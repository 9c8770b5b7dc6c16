// Content transfer encodings (RFC 2045 section 6) and uuencode. Handles hostile bytes; linear; what is damaged is
// decoded as far as it goes and the result says so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intake::transfer {

struct decoded {
  std::string bytes;
  std::string damage;  ///< English phrase; empty when the encoding is sound
};

/// Quoted-printable body text.
[[nodiscard]] decoded quoted_printable(std::string_view text);
/// The "Q" encoding of RFC 2047: quoted-printable with "_" for a space and without soft breaks.
[[nodiscard]] decoded q_word(std::string_view text);

/// Decodes as the header field says: base64, quoted-printable, x-uuencode, 7bit, 8bit, binary. An unknown name leaves
/// the bytes as they are and says so.
[[nodiscard]] decoded decode(std::string_view body, std::string_view encoding);

/// Files in the text of a body, "begin 644 name" to "end", as old mailers sent them.
struct uu_file {
  std::string name;  ///< raw bytes, charset unknown
  decoded content;
};
struct uu_text {
  std::string text;  ///< the body without those files
  std::vector<uu_file> files;
  bool too_many = false;  ///< more than limits::mime_parts: the rest stays in the text
};
[[nodiscard]] uu_text split_uuencoded(std::string_view body);

}  // namespace intake::transfer
