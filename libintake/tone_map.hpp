// Where on a page the photographs are. Called by encode_page only.
#pragma once

#include <cstdint>
#include <vector>

#include "page.hpp"

namespace intake {

/// A rectangle of pixels; right and bottom are the first beyond it.
struct pixel_box {
  std::uint32_t left = 0, top = 0, right = 0, bottom = 0;
};

/// Boxes of continuous tone, apart from each other, in order from the top; the whole page when most of it is.
[[nodiscard]] std::vector<pixel_box> find_photographs(const page& page);

}  // namespace intake
