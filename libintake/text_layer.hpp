// The invisible text of a page, in a font without outlines: what a reader searches and copies. Called by safe_pdf only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "page.hpp"

namespace intake {

/// The characters of a document and the codes they have in its one font.
class text_layer {
 public:
  /// Operators that write the runs of a page of `height` hundredths of a point; empty when there are none. The font is
  /// named /H for horizontal and /V for vertical writing.
  [[nodiscard]] std::string content(const std::vector<text_run>& runs, std::int32_t height);
  [[nodiscard]] bool empty() const { return characters_.empty(); }

  // What the font's objects hold (ISO 32000-1, 9.7), for all characters so far.

  [[nodiscard]] std::string to_unicode() const;     ///< CMap
  [[nodiscard]] std::string glyph_map() const;      ///< CIDToGIDMap
  [[nodiscard]] std::string widths() const;         ///< array W
  [[nodiscard]] static std::string font_program();  ///< TrueType: an empty narrow and an empty wide glyph

 private:
  [[nodiscard]] std::uint16_t code_of(char32_t character);
  std::map<char32_t, std::uint16_t> codes_;
  std::vector<char32_t> characters_;  ///< by code, from 1
};

}  // namespace intake
