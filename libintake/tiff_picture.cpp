#include <tiffio.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "picture.hpp"
#include "tiff_samples.hpp"

namespace intake {
namespace {

// libtiff reads through these from memory.

struct memory_file {
  std::string_view bytes;
  std::size_t at = 0;
};

memory_file& file_of(thandle_t handle) {
  return *static_cast<memory_file*>(handle);
}

tmsize_t tiff_read(thandle_t handle, void* to, tmsize_t size) {
  auto& file = file_of(handle);
  const std::size_t left = file.at < file.bytes.size() ? file.bytes.size() - file.at : 0;
  const std::size_t taken = std::min(left, static_cast<std::size_t>(std::max<tmsize_t>(size, 0)));
  std::memcpy(to, file.bytes.data() + (taken ? file.at : 0), taken);
  file.at += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t tiff_write(thandle_t, void*, tmsize_t) {
  return 0;
}

toff_t tiff_seek(thandle_t handle, toff_t to, int whence) {
  auto& file = file_of(handle);
  const toff_t base = whence == SEEK_CUR ? file.at : whence == SEEK_END ? file.bytes.size() : 0;
  file.at = static_cast<std::size_t>(base + to);
  return file.at;
}

int tiff_close(thandle_t) {
  return 0;
}
toff_t tiff_size(thandle_t handle) {
  return file_of(handle).bytes.size();
}
int tiff_map(thandle_t, void**, toff_t*) {
  return 0;
}
void tiff_unmap(thandle_t, void*, toff_t) {}

struct tiff_closer {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

std::uint16_t orientation_of(TIFF* tiff) {
  std::uint16_t orientation = ORIENTATION_TOPLEFT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  return orientation >= ORIENTATION_TOPLEFT && orientation <= ORIENTATION_LEFTBOT ? orientation : ORIENTATION_TOPLEFT;
}

/// Rows as they are stored. libtiff itself makes pixels of most; of what it does not, its samples are read.
std::string read_pixels(TIFF* tiff, std::uint32_t columns, std::uint32_t rows) {
  char why[1024] = {};
  if (!TIFFRGBAImageOK(tiff, why)) return tiff_samples(tiff, columns, rows);
  std::vector<std::uint32_t> raster(std::size_t{columns} * rows);
  // Asked for the orientation that is stored, it turns nothing; of the eight it would only mirror.
  if (!TIFFReadRGBAImageOriented(tiff, columns, rows, raster.data(), orientation_of(tiff), 1))
    return tiff_samples(tiff, columns, rows);
  // libtiff's ABGR words are RGBA bytes on this machine; premultiplied, so white is what is left of 255.
  std::string rgb(raster.size() * 3, '\0');
  auto* to = reinterpret_cast<unsigned char*>(rgb.data());
  for (const std::uint32_t word : raster) {
    const std::uint32_t white = 255 - TIFFGetA(word);
    *to++ = static_cast<unsigned char>(std::min(255U, TIFFGetR(word) + white));
    *to++ = static_cast<unsigned char>(std::min(255U, TIFFGetG(word) + white));
    *to++ = static_cast<unsigned char>(std::min(255U, TIFFGetB(word) + white));
  }
  return rgb;
}

/// The picture as it is to be seen (TIFF 6.0, section 8, Orientation).
void turn(picture& read, unsigned orientation) {
  if (orientation == ORIENTATION_TOPLEFT) return;
  const bool across = orientation >= ORIENTATION_LEFTTOP;  // rows are columns
  const std::size_t columns = read.columns, rows = read.rows;
  const std::size_t right = columns - 1, bottom = rows - 1;
  std::string turned(read.rgb.size(), '\0');
  char* to = turned.data();
  for (std::size_t y = 0; y < (across ? columns : rows); ++y)
    for (std::size_t x = 0; x < (across ? rows : columns); ++x, to += 3) {
      const std::size_t along = across ? y : x, down = across ? x : y;
      const bool mirror_x = orientation == ORIENTATION_TOPRIGHT || orientation == ORIENTATION_BOTRIGHT ||
                            orientation == ORIENTATION_RIGHTBOT || orientation == ORIENTATION_LEFTBOT;
      const bool mirror_y = orientation == ORIENTATION_BOTRIGHT || orientation == ORIENTATION_BOTLEFT ||
                            orientation == ORIENTATION_RIGHTTOP || orientation == ORIENTATION_RIGHTBOT;
      const std::size_t from = (mirror_y ? bottom - down : down) * columns + (mirror_x ? right - along : along);
      std::memcpy(to, read.rgb.data() + from * 3, 3);
    }
  read.rgb = std::move(turned);
  if (!across) return;
  std::swap(read.columns, read.rows);
  std::swap(read.horizontal_dpi, read.vertical_dpi);
}

picture read_directory(TIFF* tiff) {
  std::uint32_t columns = 0, rows = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &columns);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &rows);
  must_fit(columns, rows);
  picture read{columns, rows, 0, 0, read_pixels(tiff, columns, rows)};
  float x = 0, y = 0;
  std::uint16_t unit = RESUNIT_INCH;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  if (unit != RESUNIT_NONE && TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) &&
      TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y)) {
    const double factor = unit == RESUNIT_CENTIMETER ? 2.54 : 1;
    read.horizontal_dpi = x * factor;
    read.vertical_dpi = y * factor;
  }
  turn(read, orientation_of(tiff));
  return read;
}

}  // namespace

void read_tiff(std::string_view bytes, const picture_visitor& visit) {
  TIFFSetErrorHandler(nullptr);
  TIFFSetWarningHandler(nullptr);
  memory_file file{bytes};
  const std::unique_ptr<TIFF, tiff_closer> tiff(
      TIFFClientOpen("", "rm", &file, tiff_read, tiff_write, tiff_seek, tiff_close, tiff_size, tiff_map, tiff_unmap));
  if (!tiff) throw damaged_picture("TIFF header");
  do {
    std::uint32_t kind = 0;
    TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_SUBFILETYPE, &kind);
    if ((kind & FILETYPE_REDUCEDIMAGE) != 0) continue;  // a thumbnail of a page that is there anyway
    if (!visit(read_directory(tiff.get()))) return;
  } while (TIFFReadDirectory(tiff.get()));
}

}  // namespace intake
