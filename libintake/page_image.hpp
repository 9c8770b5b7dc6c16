// The pixels of a page as an image of a PDF: as few bits as show the same. Pixels are data and nothing else here; no
// decoder reads them.
#pragma once

#include <string>

#include "page.hpp"

namespace intake {

struct page_image {
  std::string dictionary;  ///< entries of the image's dictionary that depend on the encoding
  std::string bytes;
};

/// Colour only where there is colour; two levels, few greys or few colours where the page has no more to show, JPEG for
/// photographs and scans; of two that show the same, the smaller. The same page gives the same bytes.
[[nodiscard]] page_image encode_page_image(const page& page);

}  // namespace intake
