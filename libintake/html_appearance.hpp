// Whether text inside an element of HTML can be seen. Comes from hostile bytes.
#pragma once

#include <string_view>

#include "html_style.hpp"

namespace intake::html {

/// How text inside an element is shown.
struct appearance {
  std::string_view hidden;  ///< why it is not seen, or empty
  bool invisible = false;   ///< visibility:hidden, which a child may lift
  bool machinery = false;   ///< no reader shows it, and none misses it
  bool preformatted = false;
  double font_pixels = 16;
  colour foreground{0, 0, 0}, background{255, 255, 255};
  backdrop over;  ///< what is painted over that background
};

/// Of an element of this name inside one that is shown as `parent` says.
[[nodiscard]] appearance derive(const appearance& parent, std::string_view name, const declarations& own,
                                bool hidden_attribute);

/// Why text that is shown so is not seen, or empty.
[[nodiscard]] std::string_view why_hidden(const appearance& how);

/// Why it may not be seen, though a reader that shows everything would show it; or empty.
[[nodiscard]] std::string_view why_doubtful(const appearance& how);

}  // namespace intake::html
