// Colours of CSS and of HTML attributes. Handles hostile bytes; linear.
#pragma once

#include <optional>
#include <string_view>

namespace intake::html {

struct colour {
  int red = 0, green = 0, blue = 0;
};

/// Whether two colours cannot be told apart on a page.
[[nodiscard]] bool alike(const colour& a, const colour& b);

/// Names, #hex, rgb(), hsl(), with or without opacity. Nothing for what is no colour, for one that is not read, and for
/// one that does not cover what is behind it.
[[nodiscard]] std::optional<colour> parse_colour(std::string_view text);

/// Whether text of that colour may leave no mark: "transparent", an opacity near zero, and functions that are not read
/// (var(), color-mix()), because they can give any colour.
[[nodiscard]] bool may_be_invisible(std::string_view text);

}  // namespace intake::html
