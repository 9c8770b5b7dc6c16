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
#include <vector>

namespace intake {
namespace {

const unsigned char* bytes_of(const page& page) {
  return reinterpret_cast<const unsigned char*>(page.pixels.data());
}

std::string deflate(const std::string& bytes) {
  constexpr int level = 6;
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(level), libdeflate_free_compressor);
  if (!compressor) throw std::bad_alloc();
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(), out.size()));
  return out;
}

/// Samples of `bits` each, rows padded to bytes as PDF has them.
class packer {
 public:
  packer(const page& page, unsigned bits) : bits_(bits), row_((std::size_t{page.columns} * bits + 7) / 8) {
    out_.reserve(row_ * page.rows);
  }
  void put(unsigned sample) {
    held_ = held_ << bits_ | sample;
    filled_ += bits_;
    if (filled_ == 8) flush();
  }
  void end_row() {
    if (filled_ == 0) return;
    held_ <<= 8 - filled_;
    flush();
  }
  std::string take() { return std::move(out_); }

 private:
  void flush() {
    out_.push_back(static_cast<char>(held_));
    held_ = filled_ = 0;
  }
  unsigned bits_;
  std::size_t row_;
  std::string out_;
  unsigned held_ = 0, filled_ = 0;
};

// JPEG.

[[noreturn]] void jpeg_failed(j_common_ptr) {
  throw std::runtime_error("JPEG encoder");
}
void jpeg_silent(j_common_ptr) {}

page_image jpeg(const page& page, int quality) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  errors.error_exit = jpeg_failed;
  errors.output_message = jpeg_silent;
  jpeg_create_compress(&encoder);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &out, &size);
  encoder.image_width = page.columns;
  encoder.image_height = page.rows;
  encoder.input_components = static_cast<int>(page.channels);
  encoder.in_color_space = page.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  encoder.write_JFIF_header = FALSE;
  encoder.optimize_coding = TRUE;
  jpeg_start_compress(&encoder, TRUE);
  const std::size_t stride = std::size_t{page.columns} * page.channels;
  while (encoder.next_scanline < encoder.image_height) {
    auto* row = const_cast<unsigned char*>(bytes_of(page) + encoder.next_scanline * stride);
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  page_image made{
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
  packer rows(page, 1);
  const auto* pixel = bytes_of(page);
  for (std::uint32_t y = 0; y < page.rows; ++y) {
    for (std::uint32_t x = 0; x < page.columns; ++x) rows.put(*pixel++ < 128 ? 1 : 0);
    rows.end_row();
  }
  std::string packed = rows.take();

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
  return {fmt::format("/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 "
                      "/Columns {} /Rows {} >>",
                      page.columns, page.rows),
          std::move(strip)};
}

// Few greys, few colours.

page_image sixteen_greys(const page& page) {
  packer rows(page, 4);
  const auto* pixel = bytes_of(page);
  for (std::uint32_t y = 0; y < page.rows; ++y) {
    for (std::uint32_t x = 0; x < page.columns; ++x) rows.put((*pixel++ * 15U + 127) / 255);
    rows.end_row();
  }
  return {"/ColorSpace /DeviceGray /BitsPerComponent 4 /Filter /FlateDecode", deflate(rows.take())};
}

/// Five bits of red and blue, six of green: 65,536 cells, each with the mean of the colours that fall into it.
constexpr std::size_t cell(const unsigned char* rgb) {
  return std::size_t{rgb[0]} >> 3 << 11 | std::size_t{rgb[1]} >> 2 << 5 | std::size_t{rgb[2]} >> 3;
}

/// nullopt when the page has more colours than a palette holds.
std::optional<page_image> palette(const page& page) {
  struct sum {
    std::uint64_t red = 0, green = 0, blue = 0, count = 0;
  };
  std::vector<std::uint32_t> counts(65536);
  const auto* const rgb = bytes_of(page);
  const std::size_t pixels = std::size_t{page.columns} * page.rows;
  std::size_t used = 0;
  for (std::size_t i = 0; i < pixels; ++i)
    if (counts[cell(rgb + 3 * i)]++ == 0 && ++used > 4096) return std::nullopt;

  // The commonest cells make the palette; a rarer one, which is the edge of a letter, goes to the nearest of them.
  std::vector<std::size_t> cells;
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] != 0) cells.push_back(c);
  std::stable_sort(cells.begin(), cells.end(), [&](auto a, auto b) { return counts[a] > counts[b]; });
  const std::size_t colours = std::min<std::size_t>(cells.size(), 256);
  std::vector<unsigned char> index(65536);
  const auto part = [](std::size_t c, int which) -> int {
    return which == 0   ? static_cast<int>(c >> 11 << 3)
           : which == 1 ? static_cast<int>((c >> 5 & 63) << 2)
                        : static_cast<int>((c & 31) << 3);
  };
  constexpr int tolerable = 3 * 24 * 24;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    std::size_t nearest = std::min(i, colours - 1);
    if (i >= colours) {
      int best = 1 << 30;
      for (std::size_t j = 0; j < colours; ++j) {
        int distance = 0;
        for (int which = 0; which < 3; ++which) {
          const int apart = part(cells[i], which) - part(cells[j], which);
          distance += apart * apart;
        }
        if (distance < best) best = distance, nearest = j;
      }
      if (best > tolerable) return std::nullopt;
    }
    index[cells[i]] = static_cast<unsigned char>(nearest);
  }

  std::vector<sum> sums(colours);
  const unsigned bits = colours <= 2 ? 1 : colours <= 4 ? 2 : colours <= 16 ? 4 : 8;
  packer rows(page, bits);
  const auto* pixel = rgb;
  for (std::uint32_t y = 0; y < page.rows; ++y) {
    for (std::uint32_t x = 0; x < page.columns; ++x, pixel += 3) {
      const unsigned which = index[cell(pixel)];
      rows.put(which);
      auto& one = sums[which];
      one.red += pixel[0], one.green += pixel[1], one.blue += pixel[2], ++one.count;
    }
    rows.end_row();
  }
  std::string table;
  for (const auto& one : sums)
    table += fmt::format("{:02X}{:02X}{:02X}", one.red / one.count, one.green / one.count, one.blue / one.count);
  return page_image{fmt::format("/ColorSpace [/Indexed /DeviceRGB {} <{}>] /BitsPerComponent {} /Filter /FlateDecode",
                                colours - 1, table, bits),
                    deflate(rows.take())};
}

// What the page is.

/// Share of the pixels that differ visibly from the one before: about a twentieth on a page of text, most of them on
/// a photograph.
double unrest(const page& page) {
  const std::size_t size = page.pixels.size();
  const auto* const bytes = bytes_of(page);
  std::size_t changes = 0;
  for (std::size_t i = page.channels; i < size; ++i) changes += std::abs(bytes[i] - bytes[i - page.channels]) > 1;
  return static_cast<double>(changes) / static_cast<double>(size);
}

/// Share of the pixels that are neither nearly white nor nearly black.
struct tones {
  double between = 0;
  bool two_levels = true;
};

tones tones_of(const page& page) {
  std::array<std::size_t, 256> counts{};
  for (const char pixel : page.pixels) ++counts[static_cast<unsigned char>(pixel)];
  tones found;
  std::size_t between = 0;
  for (std::size_t level = 0; level < counts.size(); ++level) {
    if (level >= 24 && level < 232) between += counts[level];
    if (level >= 8 && level < 248 && counts[level] != 0) found.two_levels = false;
  }
  found.between = static_cast<double>(between) / static_cast<double>(page.pixels.size());
  return found;
}

page_image smaller(page_image a, page_image b) {
  return b.bytes.size() < a.bytes.size() ? std::move(b) : std::move(a);
}

constexpr int photograph_quality = 80;
constexpr int text_quality = 88;  ///< at which the fringes about letters do not show

page_image encode_grey(const page& page) {
  const auto found = tones_of(page);
  if (found.two_levels) return smaller(group4(page), sixteen_greys(page));
  // Few tones between: letters and lines, whose soft edges sixteen greys show as well as 256.
  if (found.between < 0.12) return sixteen_greys(page);
  const double change = unrest(page);
  if (change < 0.15) return smaller(sixteen_greys(page), jpeg(page, text_quality));
  return jpeg(page, photograph_quality);
}

page_image encode_colour(const page& page) {
  const double change = unrest(page);
  if (change >= 0.25) return jpeg(page, photograph_quality);
  auto few = palette(page);
  if (few && change < 0.1) return std::move(*few);
  auto photograph = jpeg(page, text_quality);
  return few ? smaller(std::move(*few), std::move(photograph)) : std::move(photograph);
}

}  // namespace

page_image encode_page_image(const page& page) {
  if (page.columns == 0 || page.rows == 0 || (page.channels != 1 && page.channels != 3) ||
      page.pixels.size() != std::size_t{page.columns} * page.rows * page.channels)
    throw std::invalid_argument("a page whose pixels are not what it says");
  return page.channels == 1 ? encode_grey(page) : encode_colour(page);
}

}  // namespace intake
