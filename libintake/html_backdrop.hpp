// What CSS paints behind text: a colour, a gradient, a picture. Handles hostile bytes; linear.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "html_colour.hpp"

namespace intake::html {

struct backdrop {
  std::optional<colour> plain;   ///< the colour under everything
  std::vector<colour> gradient;  ///< the colours between which gradients run
  bool picture = false;          ///< of any colours: a picture, or a function that is not read

  /// Whether something lies over the plain colour.
  [[nodiscard]] bool painted() const { return picture || !gradient.empty(); }
};

/// The value of "background", "background-color" or "background-image", in lower case.
[[nodiscard]] backdrop parse_backdrop(std::string_view value);

}  // namespace intake::html
