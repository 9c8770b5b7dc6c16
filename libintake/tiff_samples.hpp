// TIFF samples that libtiff reads but makes no pixels of: whole numbers of any depth and fractions, in one plane or
// several. Private to tiff_picture.cpp; hostile bytes, in the confined child of raster only.
#pragma once

#include <cstdint>
#include <string>

typedef struct tiff TIFF;  // as tiffio.h declares it

namespace intake {

/// Three bytes a pixel, rows as they are stored. Throws unsupported_picture for a layout that nothing here reads,
/// damaged_picture when its data ends early.
[[nodiscard]] std::string tiff_samples(TIFF* tiff, std::uint32_t columns, std::uint32_t rows);

}  // namespace intake
