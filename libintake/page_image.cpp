#include "page_image.hpp"

#include <fmt/format.h>
#include <libdeflate.h>
#include <stdio.h>  // jpeglib.h needs FILE declared

#include <jpeglib.h>
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <stdexcept>

#include "tone_map.hpp"

namespace intake {
namespace {

const unsigned char* row_of(const page& page, std::uint32_t y) {
  return reinterpret_cast<const unsigned char*>(page.pixels.data()) + std::size_t{y} * page.columns * page.channels;
}

page_image whole(const page& page, std::string dictionary, std::string bytes) {
  return {0, 0, page.columns, page.rows, std::move(dictionary), std::move(bytes)};
}

std::string deflate(const std::string& bytes) {
  constexpr int level = 6;
  // Made once: its tables are large, and mapped anew each time.
  thread_local const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (!compressor) throw std::bad_alloc();
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

/// Packs one sample for each pixel, `bits` wide, most significant first; rows are padded to bytes as PDF has them.
template <unsigned Bits, typename Sample>
std::string pack(std::uint32_t columns, std::uint32_t rows, const Sample& sample_row) {
  constexpr std::uint32_t each = 8 / Bits;
  const std::size_t stride = (std::size_t{columns} + each - 1) / each;
  std::string out(stride * rows, '\0');
  std::vector<unsigned char> samples(stride * each, 0);
  for (std::uint32_t y = 0; y < rows; ++y) {
    sample_row(y, samples.data());
    auto* to = reinterpret_cast<unsigned char*>(out.data()) + stride * y;
    for (std::size_t i = 0; i < stride; ++i) {
      unsigned byte = 0;
      for (std::uint32_t k = 0; k < each; ++k) byte = byte << Bits | samples[i * each + k];
      to[i] = static_cast<unsigned char>(byte);
    }
  }
  return out;
}

// JPEG, for what is a photograph.

constexpr int photograph_quality = 80;

[[noreturn]] void jpeg_failed(j_common_ptr) {
  throw std::runtime_error("JPEG encoder");
}
void jpeg_silent(j_common_ptr) {}

page_image jpeg(const page& page, const pixel_box& box) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  errors.error_exit = jpeg_failed;
  errors.output_message = jpeg_silent;
  jpeg_create_compress(&encoder);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &out, &size);
  encoder.image_width = box.right - box.left;
  encoder.image_height = box.bottom - box.top;
  encoder.input_components = static_cast<int>(page.channels);
  encoder.in_color_space = page.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, photograph_quality, TRUE);
  encoder.write_JFIF_header = FALSE;
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    auto* row = const_cast<unsigned char*>(row_of(page, box.top + encoder.next_scanline) + box.left * page.channels);
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  page_image made{
      box.left,
      box.top,
      box.right - box.left,
      box.bottom - box.top,
      fmt::format("/ColorSpace /Device{} /BitsPerComponent 8 /Filter /DCTDecode", page.channels == 1 ? "Gray" : "RGB"),
      std::string(reinterpret_cast<const char*>(out), size)};
  std::free(out);
  return made;
}

// CCITT group 4, which libtiff encodes; one strip is the whole image.

struct strip_sink {
  std::string bytes;
  std::size_t at = 0;
};

tmsize_t sink_read(thandle_t, void*, tmsize_t) {
  return 0;
}
tmsize_t sink_write(thandle_t handle, void* from, tmsize_t size) {
  auto& sink = *static_cast<strip_sink*>(handle);
  const auto count = static_cast<std::size_t>(size);
  if (sink.bytes.size() < sink.at + count) sink.bytes.resize(sink.at + count);
  std::memcpy(sink.bytes.data() + sink.at, from, count);
  sink.at += count;
  return size;
}
toff_t sink_seek(thandle_t handle, toff_t to, int whence) {
  auto& sink = *static_cast<strip_sink*>(handle);
  const toff_t base = whence == SEEK_CUR ? sink.at : whence == SEEK_END ? sink.bytes.size() : 0;
  sink.at = static_cast<std::size_t>(base + to);
  return sink.at;
}
int sink_close(thandle_t) {
  return 0;
}
toff_t sink_size(thandle_t handle) {
  return static_cast<strip_sink*>(handle)->bytes.size();
}

page_image group4(const page& page) {
  std::string packed = pack<1>(page.columns, page.rows, [&](std::uint32_t y, unsigned char* samples) {
    const auto* row = row_of(page, y);
    for (std::uint32_t x = 0; x < page.columns; ++x) samples[x] = row[x] < 128;
  });
  strip_sink sink;
  TIFF* const tiff =
      TIFFClientOpen("", "wm", &sink, sink_read, sink_write, sink_seek, sink_close, sink_size, nullptr, nullptr);
  if (tiff == nullptr) throw std::bad_alloc();
  TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, page.columns);
  TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, page.rows);
  TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, page.rows);
  TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
  TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
  // The file begins with an 8-byte header, after which the strip is the first thing written.
  constexpr std::size_t header = 8;
  const bool written =
      TIFFWriteEncodedStrip(tiff, 0, packed.data(), static_cast<tmsize_t>(packed.size())) >= 0 && TIFFFlushData(tiff);
  std::string strip = written ? sink.bytes.substr(std::min(header, sink.bytes.size())) : std::string();
  TIFFClose(tiff);
  if (!written || strip.empty()) throw std::runtime_error("group 4 encoder");
  return whole(page,
               fmt::format("/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 "
                           "/Columns {} /Rows {} >>",
                           page.columns, page.rows),
               std::move(strip));
}

// Few greys, few colours.

page_image sixteen_greys(const page& page) {
  std::array<unsigned char, 256> level{};
  for (unsigned i = 0; i < 256; ++i) level[i] = static_cast<unsigned char>((i * 15 + 127) / 255);
  std::string packed = pack<4>(page.columns, page.rows, [&](std::uint32_t y, unsigned char* samples) {
    const auto* row = row_of(page, y);
    for (std::uint32_t x = 0; x < page.columns; ++x) samples[x] = level[row[x]];
  });
  return whole(page, "/ColorSpace /DeviceGray /BitsPerComponent 4 /Filter /FlateDecode", deflate(packed));
}

/// Five bits of red and blue, six of green.
constexpr std::size_t cells = 65536;
std::size_t cell_of(const unsigned char* rgb) {
  return std::size_t{rgb[0]} >> 3 << 11 | std::size_t{rgb[1]} >> 2 << 5 | std::size_t{rgb[2]} >> 3;
}
/// The cell's colour: full black and full white are kept.
std::array<int, 3> colour_of(std::size_t cell) {
  const int red = static_cast<int>(cell >> 11), green = static_cast<int>(cell >> 5 & 63),
            blue = static_cast<int>(cell & 31);
  return {red << 3 | red >> 2, green << 2 | green >> 4, blue << 3 | blue >> 2};
}
int distance(std::size_t a, std::size_t b) {
  const auto one = colour_of(a), other = colour_of(b);
  int sum = 0;
  for (std::size_t i = 0; i < 3; ++i) sum += (one[i] - other[i]) * (one[i] - other[i]);
  return sum;
}

/// Which palette entry each cell shows as; nullopt when a palette does not do the page justice.
struct colour_table {
  std::vector<std::size_t> colours;  ///< cells, the commonest first
  std::vector<unsigned char> index;  ///< by cell
};

std::optional<colour_table> choose_colours(const page& page) {
  // Its memory is kept from page to page: fresh memory costs more than the counting of a small page.
  thread_local std::vector<std::uint32_t> counts;
  counts.assign(cells, 0);
  std::vector<std::size_t> used;
  for (std::uint32_t y = 0; y < page.rows; ++y) {
    const auto* pixel = row_of(page, y);
    for (std::uint32_t x = 0; x < page.columns; ++x, pixel += 3) {
      const std::size_t cell = cell_of(pixel);
      if (counts[cell]++ == 0) used.push_back(cell);
    }
  }
  constexpr std::size_t most = 256, too_many = 4096;
  if (used.size() > too_many) return std::nullopt;
  std::sort(used.begin(), used.end(),
            [&](std::size_t a, std::size_t b) { return counts[a] != counts[b] ? counts[a] > counts[b] : a < b; });
  colour_table table{{used.begin(), used.begin() + static_cast<std::ptrdiff_t>(std::min(used.size(), most))},
                     std::vector<unsigned char>(cells)};
  // A rarer cell, which is the soft edge of a letter, is shown by the nearest common one.
  constexpr int tolerable = 3 * 24 * 24;
  for (std::size_t i = 0; i < used.size(); ++i) {
    std::size_t nearest = std::min(i, most - 1);
    if (i >= most) {
      const auto found =
          std::min_element(table.colours.begin(), table.colours.end(),
                           [&](std::size_t a, std::size_t b) { return distance(used[i], a) < distance(used[i], b); });
      if (distance(used[i], *found) > tolerable) return std::nullopt;
      nearest = static_cast<std::size_t>(found - table.colours.begin());
    }
    table.index[used[i]] = static_cast<unsigned char>(nearest);
  }
  return table;
}

std::optional<page_image> palette(const page& page) {
  const auto table = choose_colours(page);
  if (!table) return std::nullopt;
  const auto fill = [&](std::uint32_t y, unsigned char* samples) {
    const auto* pixel = row_of(page, y);
    for (std::uint32_t x = 0; x < page.columns; ++x, pixel += 3) samples[x] = table->index[cell_of(pixel)];
  };
  std::string hex;
  for (const std::size_t cell : table->colours)
    for (const int part : colour_of(cell)) hex += fmt::format("{:02X}", part);
  const bool few = table->colours.size() <= 16;
  return whole(page,
               fmt::format("/ColorSpace [/Indexed /DeviceRGB {} <{}>] /BitsPerComponent {} /Filter /FlateDecode",
                           table->colours.size() - 1, hex, few ? 4 : 8),
               deflate(few ? pack<4>(page.columns, page.rows, fill) : pack<8>(page.columns, page.rows, fill)));
}

// The page without its photographs.

bool has_two_levels(const page& page) {
  return std::all_of(page.pixels.begin(), page.pixels.end(), [](char c) {
    const auto level = static_cast<unsigned char>(c);
    return level < 8 || level >= 248;
  });
}

/// One channel, when the others say the same.
std::optional<page> without_colour(const page& coloured) {
  constexpr int imperceptible = 6;
  const std::size_t count = std::size_t{coloured.columns} * coloured.rows;
  const auto* pixel = row_of(coloured, 0);
  page grey{coloured.width, coloured.height, coloured.columns, coloured.rows, 1, std::string(count, '\0'), {}};
  for (std::size_t i = 0; i < count; ++i, pixel += 3) {
    const auto [low, high] = std::minmax({pixel[0], pixel[1], pixel[2]});
    if (high - low > imperceptible) return std::nullopt;
    grey.pixels[i] = static_cast<char>(pixel[1]);
  }
  return grey;
}

/// nullopt when it has more colours than a palette shows.
std::optional<page_image> encode_base(const page& page) {
  if (page.channels == 1) return has_two_levels(page) ? group4(page) : sixteen_greys(page);
  const auto grey = without_colour(page);
  return grey ? encode_base(*grey) : palette(page);
}

void cut_out(page& from, const pixel_box& box) {
  for (std::uint32_t y = box.top; y < box.bottom; ++y) {
    auto* row = from.pixels.data() + (std::size_t{y} * from.columns + box.left) * from.channels;
    std::memset(row, 0xFF, std::size_t{box.right - box.left} * from.channels);
  }
}

}  // namespace

std::vector<page_image> encode_page(const page& page) {
  if (page.columns == 0 || page.rows == 0 || (page.channels != 1 && page.channels != 3) ||
      page.pixels.size() != std::size_t{page.columns} * page.rows * page.channels)
    throw std::invalid_argument("a page whose pixels are not what it says");
  const pixel_box all{0, 0, page.columns, page.rows};
  const auto photographs = find_photographs(page);
  const bool one = photographs.size() == 1 && photographs[0].right - photographs[0].left == page.columns &&
                   photographs[0].bottom - photographs[0].top == page.rows;
  if (one) return {jpeg(page, all)};
  std::optional<page_image> base;
  if (photographs.empty()) {
    base = encode_base(page);
  } else {
    auto rest = page;
    for (const auto& box : photographs) cut_out(rest, box);
    base = encode_base(rest);
  }
  if (!base) return {jpeg(page, all)};
  std::vector<page_image> images{std::move(*base)};
  for (const auto& box : photographs) images.push_back(jpeg(page, box));
  return images;
}

}  // namespace intake
