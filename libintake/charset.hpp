// Bytes of mail to UTF-8 through ICU. Handles hostile bytes. The charset label is a claim: text that contradicts it is
// read by what it looks like, with Japanese in mind, and the result says so. No byte is dropped silently.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace intake::charset {

struct decoded {
  std::string text;             ///< UTF-8; U+FFFD where bytes could not be read
  std::string name;             ///< charset it was read as: "UTF-8", "Shift_JIS", "EUC-JP", "ISO-2022-JP", …
  std::size_t undecodable = 0;  ///< bytes that could not be read
  bool guessed = false;         ///< the label was absent, unknown or contradicted, and the bytes are not plain ASCII

  /// What a reader must be told, as an English phrase; empty when the text is what its label says.
  [[nodiscard]] std::string doubt(std::string_view label) const;
};

/// Reads `bytes` as `label` says; where that fails, or without a label, by what they look like.
[[nodiscard]] decoded decode(std::string_view bytes, std::string_view label);

/// Reads `bytes` by what they look like alone: ASCII, ISO-2022-JP, UTF-16 behind its mark, UTF-8, Shift_JIS, EUC-JP,
/// else Windows-1252. UTF-8 is taken as read, not guessed: RFC 6532 allows it.
[[nodiscard]] decoded detect(std::string_view bytes);

/// Strict reading in one charset, without a second thought; `name` is one of the canonical names of decoded::name or
/// any name that ICU knows. An unknown one yields an empty name.
[[nodiscard]] decoded read_as(std::string_view bytes, std::string_view name);

[[nodiscard]] bool is_utf8(std::string_view bytes);
[[nodiscard]] bool is_ascii(std::string_view bytes);
/// Whether an escape sequence of ISO-2022-JP is in 7-bit text.
[[nodiscard]] bool has_jis_escape(std::string_view bytes);

/// Text without what breaks lines and terminals: C0 and C1 control characters become U+FFFD. `text` is UTF-8.
[[nodiscard]] std::string without_controls(std::string_view text);

}  // namespace intake::charset
