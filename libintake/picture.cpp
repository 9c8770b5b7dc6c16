#include "picture.hpp"

#include <libheif/heif.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <vector>

#include "limits.hpp"

namespace intake {

void must_fit(std::uint64_t columns, std::uint64_t rows) {
  if (columns == 0 || rows == 0) throw damaged_picture("a picture without pixels");
  if (columns > limits::render_image_pixels / rows) throw huge_picture("too many pixels");
}

namespace {

using visitor = picture_visitor;

/// Four bytes a pixel, not premultiplied, to three on white.
std::string on_white(const unsigned char* rgba, std::size_t pixels) {
  std::string rgb(pixels * 3, '\0');
  auto* to = reinterpret_cast<unsigned char*>(rgb.data());
  for (std::size_t i = 0; i < pixels; ++i, rgba += 4, to += 3)
    for (int c = 0; c < 3; ++c)
      to[c] = static_cast<unsigned char>((rgba[c] * rgba[3] + 255 * (255 - rgba[3]) + 127) / 255);
  return rgb;
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
  // An image whose coding the library does not know (the uncompressed one of ISO/IEC 23001-17) is none to it, so that
  // what points at it points at nothing.
  if (error.code == heif_error_Unsupported_feature || error.code == heif_error_Unsupported_filetype ||
      error.subcode == heif_suberror_Nonexisting_item_referenced)
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

// GIF.

/// Past the sub-blocks that begin at `at` (GIF89a, section 15).
std::size_t after_blocks(std::string_view gif, std::size_t at) {
  while (at < gif.size() && gif[at] != '\0') at += 1 + static_cast<unsigned char>(gif[at]);
  return at + 1;
}

std::size_t colour_table_bytes(char flags) {
  return flags & '\x80' ? std::size_t{3} << ((flags & 7) + 1) : 0;
}

}  // namespace

std::string first_frame(std::string_view gif) {
  constexpr std::size_t screen = 13, descriptor = 10;
  if (!gif.starts_with("GIF8") || gif.size() < screen) return std::string(gif);
  std::size_t at = screen + colour_table_bytes(gif[10]);
  while (at + descriptor < gif.size() && gif[at] == '!') at = after_blocks(gif, at + 2);
  if (at + descriptor >= gif.size() || gif[at] != ',') return std::string(gif);
  const std::size_t end = after_blocks(gif, at + descriptor + colour_table_bytes(gif[at + 9]) + 1);
  return std::string(gif.substr(0, end)) + ';';
}

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
