// What of CSS decides whether text can be seen: declarations of a style attribute, rules of a style sheet. Handles
// hostile bytes; linear. Where it must guess it takes text for hidden, which makes a finding, never the other way
// round.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "html_backdrop.hpp"

namespace intake::html {

/// What declarations say; absent: nothing.
struct declarations {
  std::optional<bool> display_none, invisible, transparent, off_screen, clipped, empty_box, overflow_hidden;
  std::optional<bool> reordered;      ///< characters in another order than they are written in
  std::optional<double> font_pixels;  ///< absolute size
  std::optional<double> font_scale;   ///< relative to the parent
  std::optional<colour> foreground, background;
  std::optional<backdrop> over;  ///< what is painted over the background

  /// `later` wins where it says something.
  void override_with(const declarations& later);
};

[[nodiscard]] declarations parse_declarations(std::string_view text);

/// What a style sheet or a style attribute loads: url() and @import.
[[nodiscard]] std::vector<std::string> css_links(std::string_view css);

/// Rules of style sheets by the last simple selector they name: ".class", "#id", "tag", "*". Conditions before it, and
/// those of media queries, are taken as met.
class style_sheet {
 public:
  void add(std::string_view css);
  [[nodiscard]] declarations match(const std::string& tag, std::string_view id, std::string_view classes) const;
  /// Text that "content:" adds to the page though it is not in the document.
  [[nodiscard]] const std::string& generated() const { return generated_; }

 private:
  void add_rule(std::string_view selectors, std::string_view body);
  std::unordered_map<std::string, declarations> rules_;
  std::string generated_;
};

}  // namespace intake::html
