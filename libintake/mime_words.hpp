// Encoded words in header fields (RFC 2047) as the standard has them and as mailers really write them: characters split
// between words, words inside quotes, double encoding, raw 8-bit or ISO-2022-JP text. Handles hostile bytes; linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace intake {

/// UTF-8 text of a header field or name, and what is wrong with the way it was written.
struct header_text {
  std::string text;
  std::vector<std::string> defects;  ///< English phrases, each once

  void defect(std::string_view what);
};

/// Field value without its folds (RFC 5322 section 2.2.3): CR and LF are left out.
[[nodiscard]] std::string unfold(std::string_view raw);

/// Decodes the words of an unfolded value. Control characters of the result are made U+FFFD.
[[nodiscard]] header_text decode_words(std::string_view value);

}  // namespace intake
