// Picture formats that MuPDF does not read, or not all of: TIFF, WebP, HEIF. Hostile bytes: called only in the confined
// child of raster.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "document_kind.hpp"

namespace intake {

/// One picture, upright (its orientation is applied) and opaque (on white).
struct picture {
  std::uint32_t columns = 0, rows = 0;
  double horizontal_dpi = 0, vertical_dpi = 0;  ///< 0: not known
  std::string rgb;                              ///< columns * rows * 3 bytes
};

/// The bytes are not such a picture, or a damaged one.
class damaged_picture : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// A variant of the format that no decoder here reads.
class unsupported_picture : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
/// More than limits::render_image_pixels.
class huge_picture : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Returns false to see no more.
using picture_visitor = std::function<bool(picture&&)>;

/// Visits every picture in `bytes` in order. `family` is tiff, webp or heif.
void read_pictures(document_family family, std::string_view bytes, const picture_visitor& visit);
/// Of these the one for TIFF, which stands in a file of its own.
void read_tiff(std::string_view bytes, const picture_visitor& visit);

/// Throws damaged_picture without pixels, huge_picture with too many. Call before anything is decoded.
void must_fit(std::uint64_t columns, std::uint64_t rows);

/// An animated GIF up to the end of its first frame, which is the page that paper would show; other bytes as they are.
[[nodiscard]] std::string first_frame(std::string_view gif);

/// Loads what the decoders load at run time; call before confinement.
void prepare_picture_decoders();

}  // namespace intake
