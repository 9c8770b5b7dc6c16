#include "tiff_samples.hpp"

#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "picture.hpp"

namespace intake {
namespace {

struct layout {
  std::uint16_t bits = 1, samples = 1, photometric = PHOTOMETRIC_MINISBLACK;
  std::uint16_t format = SAMPLEFORMAT_UINT, planes = PLANARCONFIG_CONTIG;
};

layout layout_of(TIFF* tiff) {
  layout of;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &of.bits);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &of.samples);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &of.format);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &of.planes);
  if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &of.photometric)) of.photometric = PHOTOMETRIC_MINISBLACK;
  const bool real = of.format == SAMPLEFORMAT_IEEEFP;
  const bool whole = of.format == SAMPLEFORMAT_UINT || of.format == SAMPLEFORMAT_INT;
  if (!(whole && of.bits >= 1 && of.bits <= 64) &&
      !(real && (of.bits == 16 || of.bits == 24 || of.bits == 32 || of.bits == 64)))
    throw unsupported_picture("TIFF samples");
  return of;
}

/// Colour channels; the others are transparency or data that no page shows.
unsigned channels_of(const layout& of) {
  switch (of.photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
      return 1;
    case PHOTOMETRIC_RGB:
      return 3;
    case PHOTOMETRIC_SEPARATED:
      return 4;
    default:
      throw unsupported_picture("TIFF colours");
  }
}

/// A floating-point number of 16 or 24 bits: 5 or 7 of them are the exponent (Adobe Photoshop TIFF, technical note 3).
double short_real(std::uint32_t bits, int exponent_bits, int fraction_bits) {
  const bool negative = bits >> (exponent_bits + fraction_bits) & 1;
  const int exponent = static_cast<int>(bits >> fraction_bits & ((1U << exponent_bits) - 1));
  const double fraction = std::ldexp(bits & ((1U << fraction_bits) - 1), -fraction_bits);
  const int bias = (1 << (exponent_bits - 1)) - 1;
  const double value = exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1 + fraction, exponent - bias);
  return negative ? -value : value;
}

/// Sample number `index` of a row: whole numbers from 0 to 1, fractions as they are. Samples of 16, 24, 32 and 64 bits
/// lie in this machine's byte order, for libtiff swaps them; all others are packed, most significant bit first.
double sample_at(const layout& of, const unsigned char* row, std::size_t index) {
  std::uint64_t value = 0;
  if (of.bits % 8 == 0 && (of.bits <= 32 || of.bits == 64)) {
    std::memcpy(&value, row + index * (of.bits / 8), of.bits / 8);
  } else {
    for (std::size_t bit = index * of.bits, end = bit + of.bits; bit < end; ++bit)
      value = value << 1 | (row[bit / 8] >> (7 - bit % 8) & 1U);
  }
  if (of.format == SAMPLEFORMAT_IEEEFP) {
    if (of.bits == 16) return short_real(static_cast<std::uint32_t>(value), 5, 10);
    if (of.bits == 24) return short_real(static_cast<std::uint32_t>(value), 7, 16);
    if (of.bits == 32) {
      float real = 0;
      std::memcpy(&real, &value, sizeof real);
      return real;
    }
    double real = 0;
    std::memcpy(&real, &value, sizeof real);
    return real;
  }
  // A negative number counts up from the middle.
  if (of.format == SAMPLEFORMAT_INT) value ^= std::uint64_t{1} << (of.bits - 1);
  const std::uint64_t most = of.bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << of.bits) - 1;
  return static_cast<double>(value) / static_cast<double>(most);
}

/// Rows of samples, whether the file holds strips or tiles.
class row_reader {
 public:
  row_reader(TIFF* tiff, const layout& of, std::uint32_t columns)
      : tiff_(tiff), of_(of), columns_(columns), per_pixel_(of.planes == PLANARCONFIG_CONTIG ? of.samples : 1) {
    tmsize_t size = 0;
    if (TIFFIsTiled(tiff)) {
      TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_columns_);
      TIFFGetField(tiff, TIFFTAG_TILELENGTH, &tile_rows_);
      must_fit(tile_columns_, tile_rows_);
      across_ = (columns_ + tile_columns_ - 1) / tile_columns_;
      must_fit(std::uint64_t{across_} * tile_columns_ * per_pixel_, tile_rows_);
      size = TIFFTileSize(tiff);
    } else {
      tile_columns_ = columns;
      size = TIFFScanlineSize(tiff);
    }
    stride_ = (std::size_t{tile_columns_} * per_pixel_ * of.bits + 7) / 8;
    if (size < 0 || static_cast<std::size_t>(size) < stride_ * tile_rows_) throw damaged_picture("TIFF rows");
    tile_bytes_ = static_cast<std::size_t>(size);
    band_.resize(tile_bytes_ * across_);
  }

  /// `count` samples of each pixel of row `y`, those of `plane` when there are several.
  void read(std::uint32_t y, std::uint16_t plane, unsigned count, std::vector<double>& to) {
    if (y % tile_rows_ == 0) read_band(y, plane);
    to.clear();
    for (std::uint32_t tile = 0; tile < across_; ++tile) {
      const auto* const row = band_.data() + tile_bytes_ * tile + stride_ * (y % tile_rows_);
      const std::size_t here = std::min<std::size_t>(tile_columns_, columns_ - std::size_t{tile} * tile_columns_);
      for (std::size_t x = 0; x < here; ++x)
        for (unsigned c = 0; c < count; ++c) to.push_back(sample_at(of_, row, x * per_pixel_ + c));
    }
  }

 private:
  void read_band(std::uint32_t y, std::uint16_t plane) {
    if (!TIFFIsTiled(tiff_)) {
      if (TIFFReadScanline(tiff_, band_.data(), y, plane) < 0) throw damaged_picture("TIFF data");
      return;
    }
    for (std::uint32_t tile = 0; tile < across_; ++tile)
      if (TIFFReadTile(tiff_, band_.data() + tile_bytes_ * tile, tile * tile_columns_, y, 0, plane) < 0)
        throw damaged_picture("TIFF tile");
  }

  TIFF* tiff_;
  const layout& of_;
  std::uint32_t columns_, tile_columns_ = 0, tile_rows_ = 1, across_ = 1;
  std::size_t per_pixel_, stride_ = 0, tile_bytes_ = 0;
  std::vector<unsigned char> band_;  ///< a row of tiles, or one row of pixels
};

}  // namespace

std::string tiff_samples(TIFF* tiff, std::uint32_t columns, std::uint32_t rows) {
  const layout of = layout_of(tiff);
  const unsigned channels = channels_of(of);
  if (of.samples < channels) throw unsupported_picture("TIFF channels");
  const bool planes = of.planes == PLANARCONFIG_SEPARATE && of.samples > 1;
  must_fit(std::uint64_t{columns} * channels, rows);
  row_reader from(tiff, of, columns);
  std::vector<float> values(std::size_t{columns} * rows * channels);
  std::vector<double> row;
  // Plane by plane and downwards: libtiff unpacks anew from the top for any other order.
  for (unsigned plane = 0; plane < (planes ? channels : 1U); ++plane)
    for (std::uint32_t y = 0; y < rows; ++y) {
      from.read(y, static_cast<std::uint16_t>(plane), planes ? 1 : channels, row);
      auto* to = values.data() + std::size_t{y} * columns * channels + plane;
      for (const double value : row) {
        *to = std::isfinite(value) ? static_cast<float>(value) : 0.0F;
        to += planes ? channels : 1;
      }
    }
  // Fractions mean 0 to 1, but nothing holds a program to it: what reaches further is shown from its least to its most.
  float low = 0, high = 1;
  if (of.format == SAMPLEFORMAT_IEEEFP)
    for (const float value : values) low = std::min(low, value), high = std::max(high, value);
  std::string rgb(std::size_t{columns} * rows * 3, '\0');
  for (std::size_t i = 0; i < rgb.size() / 3; ++i) {
    std::array<float, 4> parts{};
    for (unsigned c = 0; c < channels; ++c) parts[c] = (values[i * channels + c] - low) / (high - low);
    for (std::size_t c = 0; c < 3; ++c) {
      float level = channels == 1 ? parts[0] : parts[c];
      if (of.photometric == PHOTOMETRIC_MINISWHITE) level = 1 - level;
      if (channels == 4) level = (1 - level) * (1 - parts[3]);  // inks
      rgb[i * 3 + c] = static_cast<char>(std::lround(std::clamp(level, 0.0F, 1.0F) * 255));
    }
  }
  return rgb;
}

}  // namespace intake
