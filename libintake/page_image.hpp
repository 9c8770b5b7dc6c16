// The pixels of a page as images of a PDF: as few bits as show the same. Pixels are data and nothing else here; no
// decoder reads them.
#pragma once

#include <string>
#include <vector>

#include "page.hpp"

namespace intake {

/// One image and where it lies on the page, in pixels from the top left corner.
struct page_image {
  std::uint32_t x = 0, y = 0, columns = 0, rows = 0;
  std::string dictionary;  ///< entries of the image's dictionary that depend on the encoding
  std::string bytes;
};

/// The first image covers the page, the others lie on it. Photographs and other continuous tones are cut out and become
/// JPEG; the rest, which is letters, lines and areas, is one bit, sixteen greys, or a palette where it has colour. The
/// same page gives the same bytes. Throws std::invalid_argument when the page is not what it says.
[[nodiscard]] std::vector<page_image> encode_page(const page& page);

}  // namespace intake
