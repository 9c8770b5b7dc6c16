// Pictures made at run time for the tests, each by its format's own library: four quarters, red and green above blue
// and white, so that a test sees which way up a page lies.
#pragma once

#include <libheif/heif.h>
#include <openjpeg.h>
#include <stdio.h>  // jpeglib.h needs FILE declared

#include <jpeglib.h>
#include <tiffio.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sample_files.hpp"

namespace sample {

/// Three bytes a pixel.
struct quarters {
  std::uint32_t columns = 64, rows = 32;
  std::string rgb;

  quarters(std::uint32_t across = 64, std::uint32_t down = 32) : columns(across), rows(down) {
    constexpr std::array<std::array<unsigned char, 3>, 4> colours{
        {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 255}}};
    for (std::uint32_t y = 0; y < rows; ++y)
      for (std::uint32_t x = 0; x < columns; ++x)
        for (const unsigned char part : colours[(y >= rows / 2 ? 2U : 0U) + (x >= columns / 2 ? 1U : 0U)])
          rgb += static_cast<char>(part);
  }

  [[nodiscard]] unsigned char* data() { return reinterpret_cast<unsigned char*>(rgb.data()); }

  /// The picture as a camera stores it when a viewer has to turn it by `orientation` (EXIF, 1 to 8) to see these.
  [[nodiscard]] quarters stored_as(int orientation) const {
    const bool across = orientation >= 5;
    quarters out(across ? rows : columns, across ? columns : rows);
    for (std::uint32_t y = 0; y < out.rows; ++y)
      for (std::uint32_t x = 0; x < out.columns; ++x) {
        const std::uint32_t right = out.columns - 1 - x, up = out.rows - 1 - y;
        std::uint32_t from_x = x, from_y = y;
        switch (orientation) {
          case 2:
            from_x = right;
            break;
          case 3:
            from_x = right, from_y = up;
            break;
          case 4:
            from_y = up;
            break;
          case 5:
            from_x = y, from_y = x;
            break;
          case 6:
            from_x = up, from_y = x;
            break;  // NOLINT: as EXIF has it: row 0 is the right side
          case 7:
            from_x = up, from_y = right;
            break;
          case 8:
            from_x = y, from_y = right;
            break;
          default:
            break;
        }
        std::memcpy(out.rgb.data() + (std::size_t{y} * out.columns + x) * 3,
                    rgb.data() + (std::size_t{from_y} * columns + from_x) * 3, 3);
      }
    return out;
  }
};

/// An APP1 segment that says nothing but the orientation (EXIF 2.3, 4.5).
inline std::string exif(int orientation) {
  const std::string tiff = std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) +
                           static_cast<char>(orientation) + std::string("\0\0\0\0\0\0", 6);
  const std::string body = std::string("Exif\0\0", 6) + tiff;
  return std::string("\xFF\xE1\0", 3) + static_cast<char>(body.size() + 2) + body;
}

inline std::string jpeg(quarters picture, int orientation = 1) {
  jpeg_compress_struct encoder{};
  jpeg_error_mgr errors{};
  encoder.err = jpeg_std_error(&errors);
  jpeg_create_compress(&encoder);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&encoder, &out, &size);
  encoder.image_width = picture.columns;
  encoder.image_height = picture.rows;
  encoder.input_components = 3;
  encoder.in_color_space = JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, 95, TRUE);
  encoder.write_JFIF_header = FALSE;
  jpeg_start_compress(&encoder, TRUE);
  while (encoder.next_scanline < encoder.image_height) {
    unsigned char* row = picture.data() + std::size_t{encoder.next_scanline} * picture.columns * 3;
    jpeg_write_scanlines(&encoder, &row, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  const std::string bytes(reinterpret_cast<const char*>(out), size);
  std::free(out);
  return bytes.substr(0, 2) + exif(orientation) + bytes.substr(2);
}

/// 24 bits a pixel, bottom row first.
inline std::string bmp(const quarters& picture) {
  std::string rows;
  for (std::uint32_t y = picture.rows; y-- > 0;)
    for (std::uint32_t x = 0; x < picture.columns; ++x)
      for (const unsigned part : {2U, 1U, 0U}) rows += picture.rgb[(std::size_t{y} * picture.columns + x) * 3 + part];
  return "BM" + le(54 + rows.size(), 4) + le(0, 4) + le(54, 4) + le(40, 4) + le(picture.columns, 4) +
         le(picture.rows, 4) + le(1, 2) + le(24, 2) + le(0, 24) + rows;
}

/// An animation: the quarters, then frames that are all black. Codes are seven bits wide and never grow, because every
/// frame of pixels is written in runs with a clear code before each (GIF89a, appendix F).
inline std::string gif(const quarters& picture, unsigned black_frames) {
  const auto frame = [&](const std::function<unsigned(std::uint32_t, std::uint32_t)>& colour) {
    std::string bits;
    unsigned held = 0, count = 0;
    const auto put = [&](unsigned code) {
      held |= code << count;
      for (count += 3; count >= 8; count -= 8, held >>= 8) bits += static_cast<char>(held & 0xFF);
    };
    for (std::uint32_t y = 0; y < picture.rows; ++y)
      for (std::uint32_t x = 0; x < picture.columns; ++x) {
        if ((y * picture.columns + x) % 2 == 0) put(4);  // clear
        put(colour(x, y));
      }
    put(5);  // end
    if (count) bits += static_cast<char>(held);
    std::string out = "," + le(0, 4) + le(picture.columns, 2) + le(picture.rows, 2) + std::string(1, '\0') + "\x02";
    for (std::size_t at = 0; at < bits.size(); at += 255) {
      const auto part = bits.substr(at, 255);
      out += static_cast<char>(part.size()) + part;
    }
    return out + std::string(1, '\0');
  };
  const std::string control("!\xF9\x04\x04\x0A\0\0\0", 8);
  std::string out = "GIF89a" + le(picture.columns, 2) + le(picture.rows, 2) + std::string("\xF1\0\0", 3);
  out += std::string("\xFF\0\0\0\xFF\0\0\0\xFF\xFF\xFF\xFF", 12);
  out += control + frame([&](std::uint32_t x, std::uint32_t y) {
           return (y >= picture.rows / 2 ? 2U : 0U) + (x >= picture.columns / 2 ? 1U : 0U);
         });
  for (unsigned n = 0; n < black_frames; ++n) out += control + frame([](std::uint32_t, std::uint32_t) { return 0U; });
  return out + ";";
}

inline std::string webp(quarters picture, unsigned more_frames = 0) {
  if (more_frames == 0) {
    std::uint8_t* out = nullptr;
    const std::size_t size =
        WebPEncodeLosslessRGB(picture.data(), static_cast<int>(picture.columns), static_cast<int>(picture.rows),
                              static_cast<int>(picture.columns) * 3, &out);
    const std::string bytes(reinterpret_cast<const char*>(out), size);
    WebPFree(out);
    return bytes;
  }
  WebPAnimEncoder* const animation =
      WebPAnimEncoderNew(static_cast<int>(picture.columns), static_cast<int>(picture.rows), nullptr);
  WebPConfig config;
  WebPConfigInit(&config);
  config.lossless = 1;
  for (unsigned n = 0; n <= more_frames; ++n) {
    WebPPicture frame;
    WebPPictureInit(&frame);
    frame.use_argb = 1;
    frame.width = static_cast<int>(picture.columns);
    frame.height = static_cast<int>(picture.rows);
    if (n == 1) picture.rgb.assign(picture.rgb.size(), '\0');
    WebPPictureImportRGB(&frame, picture.data(), static_cast<int>(picture.columns) * 3);
    WebPAnimEncoderAdd(animation, &frame, static_cast<int>(n) * 100, &config);
    WebPPictureFree(&frame);
  }
  WebPAnimEncoderAdd(animation, nullptr, static_cast<int>(more_frames + 1) * 100, nullptr);
  WebPData made{};
  WebPAnimEncoderAssemble(animation, &made);
  const std::string bytes(reinterpret_cast<const char*>(made.bytes), made.size);
  WebPDataClear(&made);
  WebPAnimEncoderDelete(animation);
  return bytes;
}

/// Empty when the library here has no encoder for it.
inline std::string heif(const quarters& picture, bool av1 = false) {
  const auto format = av1 ? heif_compression_AV1 : heif_compression_HEVC;
  if (!heif_have_encoder_for_format(format)) return {};
  heif_context* const context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  heif_context_get_encoder_for_format(context, format, &encoder);
  heif_encoder_set_lossy_quality(encoder, 95);
  heif_image* image = nullptr;
  const int columns = static_cast<int>(picture.columns), rows = static_cast<int>(picture.rows);
  heif_image_create(columns, rows, heif_colorspace_RGB, heif_chroma_interleaved_RGB, &image);
  heif_image_add_plane(image, heif_channel_interleaved, columns, rows, 8);
  int stride = 0;
  std::uint8_t* const plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  for (std::uint32_t y = 0; y < picture.rows; ++y)
    std::memcpy(plane + std::size_t{y} * static_cast<std::size_t>(stride),
                picture.rgb.data() + std::size_t{y} * picture.columns * 3, std::size_t{picture.columns} * 3);
  heif_image_handle* handle = nullptr;
  heif_context_encode_image(context, image, encoder, nullptr, &handle);
  std::string bytes;
  heif_writer writer{1, [](heif_context*, const void* data, std::size_t size, void* to) {
                       static_cast<std::string*>(to)->append(static_cast<const char*>(data), size);
                       return heif_error{heif_error_Ok, heif_suberror_Unspecified, "ok"};
                     }};
  heif_context_write(context, &writer, &bytes);
  if (handle) heif_image_handle_release(handle);
  heif_image_release(image);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return bytes;
}

/// JPEG 2000: a JP2 file, or the bare codestream.
inline std::string jpeg2000(const quarters& picture, bool bare = false) {
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.cp_disto_alloc = 1;
  parameters.numresolution = 3;
  std::array<opj_image_cmptparm_t, 3> parts{};
  for (auto& part : parts) part = {1, 1, picture.columns, picture.rows, 0, 0, 8, 8, 0};
  opj_image_t* const image = opj_image_create(3, parts.data(), OPJ_CLRSPC_SRGB);
  image->x1 = picture.columns;
  image->y1 = picture.rows;
  for (std::size_t i = 0; i < std::size_t{picture.columns} * picture.rows; ++i)
    for (unsigned c = 0; c < 3; ++c) image->comps[c].data[i] = static_cast<unsigned char>(picture.rgb[i * 3 + c]);
  opj_codec_t* const codec = opj_create_compress(bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
  opj_setup_encoder(codec, &parameters, image);
  struct sink {
    std::string bytes;
    std::size_t at = 0;
  } out;
  opj_stream_t* const stream = opj_stream_default_create(OPJ_FALSE);
  opj_stream_set_user_data(stream, &out, nullptr);
  opj_stream_set_write_function(stream, [](void* from, OPJ_SIZE_T size, void* to) {
    auto& sink_ = *static_cast<sink*>(to);
    if (sink_.bytes.size() < sink_.at + size) sink_.bytes.resize(sink_.at + size);
    std::memcpy(sink_.bytes.data() + sink_.at, from, size);
    sink_.at += size;
    return size;
  });
  opj_stream_set_skip_function(stream, [](OPJ_OFF_T by, void* to) {
    auto& sink_ = *static_cast<sink*>(to);
    sink_.at = static_cast<std::size_t>(static_cast<OPJ_OFF_T>(sink_.at) + by);
    if (sink_.bytes.size() < sink_.at) sink_.bytes.resize(sink_.at);
    return by;
  });
  opj_stream_set_seek_function(stream, [](OPJ_OFF_T to_, void* to) {
    static_cast<sink*>(to)->at = static_cast<std::size_t>(to_);
    return OPJ_BOOL(OPJ_TRUE);
  });
  opj_start_compress(codec, image, stream);
  opj_encode(codec, stream);
  opj_end_compress(codec, stream);
  opj_stream_destroy(stream);
  opj_destroy_codec(codec);
  opj_image_destroy(image);
  return out.bytes;
}

/// A TIFF with `pages` directories, in which `fill` sets the tags and writes the rows of each.
inline std::string tiff(unsigned pages, const std::function<void(TIFF*, unsigned)>& fill) {
  struct sink {
    std::string bytes;
    std::size_t at = 0;
  } out;
  TIFF* const file = TIFFClientOpen(
      "", "wm", &out,
      [](thandle_t from, void* to, tmsize_t size) {
        auto& sink_ = *static_cast<sink*>(from);
        const auto count =
            std::min(static_cast<std::size_t>(size), sink_.bytes.size() - std::min(sink_.at, sink_.bytes.size()));
        std::memcpy(to, sink_.bytes.data() + sink_.at, count);
        sink_.at += count;
        return static_cast<tmsize_t>(count);
      },
      [](thandle_t to, void* from, tmsize_t size) {
        auto& sink_ = *static_cast<sink*>(to);
        const auto count = static_cast<std::size_t>(size);
        if (sink_.bytes.size() < sink_.at + count) sink_.bytes.resize(sink_.at + count);
        std::memcpy(sink_.bytes.data() + sink_.at, from, count);
        sink_.at += count;
        return size;
      },
      [](thandle_t of, toff_t to, int whence) -> toff_t {
        auto& sink_ = *static_cast<sink*>(of);
        return sink_.at = to + (whence == SEEK_CUR ? sink_.at : whence == SEEK_END ? sink_.bytes.size() : 0);
      },
      [](thandle_t) { return 0; }, [](thandle_t of) -> toff_t { return static_cast<sink*>(of)->bytes.size(); }, nullptr,
      nullptr);
  if (file == nullptr) throw std::runtime_error("TIFF encoder");
  for (unsigned page = 0; page < pages; ++page) {
    fill(file, page);
    TIFFWriteDirectory(file);
  }
  TIFFClose(file);
  return out.bytes;
}

/// The quarters with `bits` a sample (8 to 32; 0: floating point), in one plane or three.
inline std::string tiff(const quarters& picture, unsigned bits = 8, bool planes = false, int orientation = 1) {
  return tiff(1, [&](TIFF* file, unsigned) {
    TIFFSetField(file, TIFFTAG_IMAGEWIDTH, picture.columns);
    TIFFSetField(file, TIFFTAG_IMAGELENGTH, picture.rows);
    TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, 3);
    TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, bits ? bits : 32);
    if (bits == 0) TIFFSetField(file, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    TIFFSetField(file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_RGB);
    TIFFSetField(file, TIFFTAG_PLANARCONFIG, planes ? PLANARCONFIG_SEPARATE : PLANARCONFIG_CONTIG);
    TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, picture.rows);
    TIFFSetField(file, TIFFTAG_ORIENTATION, orientation);
    for (unsigned plane = 0; plane < (planes ? 3U : 1U); ++plane)
      for (std::uint32_t y = 0; y < picture.rows; ++y) {
        std::vector<unsigned char> row;
        std::uint64_t held = 0;
        unsigned count = 0;
        for (std::uint32_t x = 0; x < picture.columns; ++x)
          for (unsigned c = planes ? plane : 0; c < (planes ? plane + 1 : 3U); ++c) {
            const bool full = picture.rgb[(std::size_t{y} * picture.columns + x) * 3 + c] != 0;
            if (bits == 0 || bits == 16 || bits == 32) {  // whole words lie in the byte order of the machine
              const float real = full ? 1.0F : 0.0F;
              const std::uint32_t whole = full ? 0xFFFFFFFF : 0;
              const auto* from = bits == 0 ? reinterpret_cast<const unsigned char*>(&real)
                                           : reinterpret_cast<const unsigned char*>(&whole);
              row.insert(row.end(), from, from + (bits == 16 ? 2 : 4));
              continue;
            }
            held = held << bits | (full ? (std::uint64_t{1} << bits) - 1 : 0);
            for (count += bits; count >= 8; count -= 8) row.push_back(static_cast<unsigned char>(held >> (count - 8)));
          }
        if (count) row.push_back(static_cast<unsigned char>(held << (8 - count)));
        TIFFWriteScanline(file, row.data(), y, static_cast<std::uint16_t>(plane));
      }
  });
}

/// A PNG header that claims `columns` by `rows` pixels of one bit, and data for none of them.
inline std::string png_claiming(std::uint32_t columns, std::uint32_t rows) {
  const auto big = [](std::uint32_t value) {
    std::string out;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(value >> shift & 0xFF);
    return out;
  };
  const auto chunk = [&](const std::string& body) {
    return big(static_cast<std::uint32_t>(body.size() - 4)) + body + big(crc32(body));
  };
  return "\x89PNG\r\n\x1A\n" + chunk("IHDR" + big(columns) + big(rows) + std::string("\x08\x02\0\0\0", 5)) +
         chunk("IDAT" + std::string("\x78\x9C\x63\0\0\0\x01\0\x01", 9)) + chunk("IEND");
}

}  // namespace sample
