#include "picture.hpp"

#include <libheif/heif.h>
#include <tiffio.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "limits.hpp"

namespace intake {
namespace {

using visitor = std::function<bool(picture&&)>;

void must_fit(std::uint64_t columns, std::uint64_t rows) {
  if (columns == 0 || rows == 0) throw damaged_picture("a picture without pixels");
  if (columns > limits::render_image_pixels / rows) throw huge_picture("too many pixels");
}

/// Four bytes a pixel, not premultiplied, to three on white.
std::string on_white(const unsigned char* rgba, std::size_t pixels) {
  std::string rgb(pixels * 3, '\0');
  auto* to = reinterpret_cast<unsigned char*>(rgb.data());
  for (std::size_t i = 0; i < pixels; ++i, rgba += 4, to += 3)
    for (int c = 0; c < 3; ++c)
      to[c] = static_cast<unsigned char>((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
  return rgb;
}

// TIFF. libtiff reads through these from memory.

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

picture read_tiff_directory(TIFF* tiff) {
  std::uint32_t columns = 0, rows = 0;
  TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &columns);
  TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &rows);
  must_fit(columns, rows);
  char why[1024] = {};
  if (!TIFFRGBAImageOK(tiff, why)) throw unsupported_picture(why);
  std::vector<std::uint32_t> raster(std::size_t{columns} * rows);
  if (!TIFFReadRGBAImageOriented(tiff, columns, rows, raster.data(), ORIENTATION_TOPLEFT, 1))
    throw damaged_picture("TIFF data");
  picture read{columns, rows, 0, 0, {}};
  float x = 0, y = 0;
  std::uint16_t unit = RESUNIT_INCH, orientation = ORIENTATION_TOPLEFT;
  TIFFGetFieldDefaulted(tiff, TIFFTAG_RESOLUTIONUNIT, &unit);
  TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
  if (unit != RESUNIT_NONE && TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x) &&
      TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y)) {
    const double factor = unit == RESUNIT_CENTIMETER ? 2.54 : 1;
    read.horizontal_dpi = x * factor;
    read.vertical_dpi = y * factor;
  }
  // libtiff's ABGR words are RGBA bytes on this machine; premultiplied, so white is what is left of 255.
  read.rgb.resize(raster.size() * 3);
  auto* to = reinterpret_cast<unsigned char*>(read.rgb.data());
  for (const std::uint32_t word : raster) {
    const std::uint32_t white = 255 - TIFFGetA(word);
    *to++ = static_cast<unsigned char>(std::min(255U, TIFFGetR(word) + white));
    *to++ = static_cast<unsigned char>(std::min(255U, TIFFGetG(word) + white));
    *to++ = static_cast<unsigned char>(std::min(255U, TIFFGetB(word) + white));
  }
  return read;
}

void read_tiff(std::string_view bytes, const visitor& visit) {
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
    if (!visit(read_tiff_directory(tiff.get()))) return;
  } while (TIFFReadDirectory(tiff.get()));
}

// WebP. Of an animation the first frame is shown, as on paper.

void read_webp(std::string_view bytes, const visitor& visit) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(data, bytes.size(), &features) != VP8_STATUS_OK) throw damaged_picture("WebP header");
  must_fit(static_cast<std::uint64_t>(features.width), static_cast<std::uint64_t>(features.height));
  picture read{static_cast<std::uint32_t>(features.width), static_cast<std::uint32_t>(features.height), 0, 0, {}};
  const std::size_t pixels = std::size_t{read.columns} * read.rows;
  if (features.has_animation) {
    const WebPData source{data, bytes.size()};
    const std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)> decoder(WebPAnimDecoderNew(&source, nullptr),
                                                                               WebPAnimDecoderDelete);
    std::uint8_t* frame = nullptr;
    int time = 0;
    if (!decoder || !WebPAnimDecoderGetNext(decoder.get(), &frame, &time)) throw damaged_picture("WebP animation");
    read.rgb = on_white(frame, pixels);
  } else {
    std::string rgba(pixels * 4, '\0');
    if (!WebPDecodeRGBAInto(data, bytes.size(), reinterpret_cast<std::uint8_t*>(rgba.data()), rgba.size(),
                            features.width * 4))
      throw damaged_picture("WebP data");
    read.rgb = on_white(reinterpret_cast<const unsigned char*>(rgba.data()), pixels);
  }
  visit(std::move(read));
}

// HEIF (HEIC of phones, AVIF). libheif applies the orientation that the file prescribes.

void must(const heif_error& error) {
  if (error.code == heif_error_Ok) return;
  if (error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype)
    throw unsupported_picture(error.message);
  throw damaged_picture(error.message);
}

picture read_heif_item(heif_context* context, heif_item_id id) {
  heif_image_handle* handle = nullptr;
  must(heif_context_get_image_handle(context, id, &handle));
  const std::unique_ptr<heif_image_handle, void (*)(const heif_image_handle*)> handle_owner(handle,
                                                                                            heif_image_handle_release);
  must_fit(static_cast<std::uint64_t>(heif_image_handle_get_width(handle)),
           static_cast<std::uint64_t>(heif_image_handle_get_height(handle)));
  heif_image* image = nullptr;
  must(heif_decode_image(handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, nullptr));
  const std::unique_ptr<heif_image, void (*)(const heif_image*)> image_owner(image, heif_image_release);
  int stride = 0;
  const std::uint8_t* plane = heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
  const int columns = heif_image_get_width(image, heif_channel_interleaved);
  const int rows = heif_image_get_height(image, heif_channel_interleaved);
  if (plane == nullptr || columns <= 0 || rows <= 0 || stride < columns * 4) throw damaged_picture("HEIF data");
  picture read{static_cast<std::uint32_t>(columns), static_cast<std::uint32_t>(rows), 0, 0, {}};
  for (int row = 0; row < rows; ++row)
    read.rgb += on_white(plane + std::size_t(row) * std::size_t(stride), static_cast<std::size_t>(columns));
  return read;
}

void read_heif(std::string_view bytes, const visitor& visit) {
  const std::unique_ptr<heif_context, void (*)(heif_context*)> context(heif_context_alloc(), heif_context_free);
  must(heif_context_read_from_memory_without_copy(context.get(), bytes.data(), bytes.size(), nullptr));
  heif_item_id primary = 0;
  must(heif_context_get_primary_image_ID(context.get(), &primary));
  if (!visit(read_heif_item(context.get(), primary))) return;
  const int count = std::clamp(heif_context_get_number_of_top_level_images(context.get()), 0, 10'000);
  std::vector<heif_item_id> items(static_cast<std::size_t>(count));
  heif_context_get_list_of_top_level_image_IDs(context.get(), items.data(), count);
  for (const auto item : items)
    if (item != primary && !visit(read_heif_item(context.get(), item))) return;
}

}  // namespace

void prepare_picture_decoders() {
  heif_init(nullptr);
}

void read_pictures(document_family family, std::string_view bytes, const visitor& visit) {
  switch (family) {
    case document_family::tiff:
      return read_tiff(bytes, visit);
    case document_family::webp:
      return read_webp(bytes, visit);
    case document_family::heif:
      return read_heif(bytes, visit);
    default:
      throw unsupported_picture("not a picture format of this reader");
  }
}

}  // namespace intake
