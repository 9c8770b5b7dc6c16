#include "raster.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

#include "channel.hpp"
#include "document_passwords.hpp"
#include "limits.hpp"
#include "mupdf.hpp"
#include "nursery_heap.hpp"
#include "picture.hpp"
#include "sandbox.hpp"
#include "sheet_layout.hpp"

namespace intake {
namespace {

using mupdf::guarded;

enum class task : std::uint32_t { document, notice };

/// What the child is asked. Trusted: it comes from our own process.
struct request_head {
  task what;
  document_family family;
  std::uint32_t dpi, own_fonts, sheets_whole, passwords;
  std::uint64_t size;
};

// The child.

/// Pictures and scans are drawn no coarser than this where they have it: their small print is not made of outlines.
constexpr double picture_dpi = 200;
/// A picture without a sensible resolution is laid on this paper (hundredths of a point are too fine for it; points).
constexpr double paper_long = 842, paper_short = 595;

class page_maker {
 public:
  page_maker(const request_head& request, page_sender& out)
      : request_(request), out_(out), context_(mupdf::new_context()) {}

  page_outcome document(const std::string& bytes, const std::string& passwords) {
    if (request_.family == document_family::tiff || request_.family == document_family::webp ||
        request_.family == document_family::heif)
      return pictures(bytes);
    if (request_.family == document_family::image && !may_be_decoded(bytes)) return page_outcome::too_large;
    fz_document* document = nullptr;
    int pages = 0, locked = 0;
    guarded(context_, [&] {
      fz_stream* const stream =
          fz_open_memory(context_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      const char* const magic = request_.family == document_family::pdf ? "application/pdf" : "image/png";
      document = fz_open_document_with_stream(context_, magic, stream);
      locked = fz_needs_password(context_, document);
    });
    if (locked && !unlock(document, passwords)) return page_outcome::password;
    guarded(context_, [&] { pages = fz_count_pages(context_, document); });
    if (pages <= 0) return page_outcome::damaged;
    out_.count(static_cast<std::uint32_t>(pages));
    for (int number = 0; number < pages; ++number) {
      if (!has_room()) return page_outcome::cut_pages;
      document_page(document, number);
    }
    return reduced_ ? page_outcome::reduced : page_outcome::complete;
  }

  page_outcome notice(const std::string& lines) {
    fz_display_list* list = nullptr;
    const fz_rect paper{0, 0, paper_short, paper_long};
    guarded(context_, [&] {
      list = fz_new_display_list(context_, paper);
      fz_device* const device = fz_new_list_device(context_, list);
      fz_font* const font = fz_new_cjk_font(context_, FZ_ADOBE_JAPAN);
      const float black = 0;
      float y = 120;
      for (const char* line = lines.c_str(); *line != '\0';) {
        const char* end = std::strchr(line, '\n');
        if (end == nullptr) end = line + std::strlen(line);
        char buffer[1024] = {};
        std::memcpy(buffer, line, std::min<std::size_t>(static_cast<std::size_t>(end - line), sizeof buffer - 1));
        const fz_matrix at{14, 0, 0, -14, 72, y};
        fz_text* const text = fz_new_text(context_);
        fz_show_string(context_, text, font, at, buffer, 0, 0, FZ_BIDI_LTR, FZ_LANG_ja);
        fz_fill_text(context_, device, text, fz_identity, fz_device_gray(context_), &black, 1, fz_default_color_params);
        fz_drop_text(context_, text);
        y += 24;
        line = *end == '\n' ? end + 1 : end;
      }
      fz_close_device(context_, device);
      fz_drop_device(context_, device);
    });
    make_page(list, paper, 1, request_.dpi);
    return page_outcome::complete;
  }

 private:
  [[nodiscard]] bool has_room() const { return pages_ < limits::render_pages; }

  /// Tries passwords until one fits.
  bool unlock(fz_document* document, const std::string& passwords) {
    const auto until = channel::clock::now() + limits::render_password_time;
    std::uint32_t number = 0;
    for (const std::string_view each : unpack_passwords(passwords)) {
      const std::string password(each);
      int fits = 0;
      guarded(context_, [&] { fits = fz_authenticate_password(context_, document, password.c_str()); });
      ++number;
      if (fits) out_.opened(number);
      if (fits || channel::clock::now() >= until) return fits != 0;
    }
    return false;
  }

  /// By its header alone.
  bool may_be_decoded(const std::string& bytes) {
    std::size_t columns = 0, rows = 0;
    guarded(context_, [&] {
      fz_buffer* const shared =
          fz_new_buffer_from_shared_data(context_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      fz_image* const image = fz_new_image_from_buffer(context_, shared);
      columns = static_cast<std::size_t>(std::max(image->w, 0)), rows = static_cast<std::size_t>(std::max(image->h, 0));
      fz_drop_image(context_, image);
      fz_drop_buffer(context_, shared);
    });
    return rows == 0 || columns <= limits::render_image_pixels / rows;
  }

  void document_page(fz_document* document, int number) {
    fz_display_list* list = nullptr;
    fz_rect area{};
    guarded(context_, [&] {
      fz_page* const page = fz_load_page(context_, document, number);
      area = fz_bound_page(context_, page);
      list = fz_new_display_list(context_, area);
      fz_device* const device = fz_new_list_device(context_, list);
      fz_run_page(context_, page, device, fz_identity, nullptr);
      fz_close_device(context_, device);
      fz_drop_device(context_, device);
      fz_drop_page(context_, page);
    });
    if (fz_is_empty_rect(area)) area = {0, 0, paper_short, paper_long};
    if (request_.sheets_whole) {
      sheet(list, area);
    } else {
      const auto seen = mupdf::survey_page(context_, list, area, request_.own_fonts != 0);
      const bool picture = request_.family == document_family::image;
      const double scale = picture ? paper_scale(area.x1 - area.x0, area.y1 - area.y0) : 1;
      make_page(list, area, scale, resolution(seen.picture_dpi / scale));
      report(seen.missing);
    }
    guarded(context_, [&] { fz_drop_display_list(context_, list); });
  }

  /// A whole sheet as pages of its width, cut between its lines of text.
  void sheet(fz_display_list* list, fz_rect area) {
    const auto lines = mupdf::text_extents(context_, list, area);
    const auto gap = [&](double low, double high) {
      double best = high;
      for (bool crossed = true; crossed && best >= low;) {
        crossed = false;
        for (const auto& line : lines)
          if (line.top < best - 0.1 && line.bottom > best + 0.1) crossed = true, best = line.top;
      }
      return best >= low ? best : high;
    };
    float top = area.y0;
    for (const double cut : cut_heights({area.x1 - area.x0, area.y1 - area.y0}, gap)) {
      if (!has_room()) return;  // the next page finds out
      const fz_rect part{area.x0, top, area.x1, area.y0 + static_cast<float>(cut)};
      const auto seen = mupdf::survey_page(context_, list, part, request_.own_fonts != 0);
      make_page(list, part, 1, resolution(seen.picture_dpi));
      report(seen.missing);
      top = part.y1;
    }
  }

  page_outcome pictures(const std::string& bytes) {
    bool cut = false;
    try {
      read_pictures(request_.family, bytes, [&](picture&& read) {
        cut = !has_room();
        if (!cut) picture_page(read);
        return !cut;
      });
    } catch (const damaged_picture&) {
      return page_outcome::damaged;
    } catch (const unsupported_picture&) {
      return page_outcome::unsupported;
    } catch (const huge_picture&) {
      return page_outcome::too_large;
    }
    if (pages_ == 0) return page_outcome::damaged;
    return cut ? page_outcome::cut_pages : reduced_ ? page_outcome::reduced : page_outcome::complete;
  }

  void picture_page(picture& read) {
    const auto sensible = [](double dpi) { return dpi >= 50 && dpi <= 2400 ? dpi : 96; };
    const bool known =
        sensible(read.horizontal_dpi) == read.horizontal_dpi && sensible(read.vertical_dpi) == read.vertical_dpi;
    const double across = known ? read.horizontal_dpi : 96, down = known ? read.vertical_dpi : 96;
    const fz_rect area{0, 0, static_cast<float>(read.columns * 72.0 / across),
                       static_cast<float>(read.rows * 72.0 / down)};
    fz_display_list* list = nullptr;
    guarded(context_, [&] {
      fz_pixmap* const pixels = fz_new_pixmap_with_data(
          context_, fz_device_rgb(context_), static_cast<int>(read.columns), static_cast<int>(read.rows), nullptr, 0,
          static_cast<int>(read.columns) * 3, reinterpret_cast<unsigned char*>(read.rgb.data()));
      fz_image* const image = fz_new_image_from_pixmap(context_, pixels, nullptr);
      list = fz_new_display_list(context_, area);
      fz_device* const device = fz_new_list_device(context_, list);
      fz_fill_image(context_, device, image, fz_scale(area.x1, area.y1), 1, fz_default_color_params);
      fz_close_device(context_, device);
      fz_drop_device(context_, device);
      fz_drop_image(context_, image);
      fz_drop_pixmap(context_, pixels);
    });
    const double scale = paper_scale(area.x1, area.y1);
    make_page(list, area, scale, resolution(std::min(across, down) / scale));
    guarded(context_, [&] { fz_drop_display_list(context_, list); });
  }

  /// Shrinks a picture to the paper; never enlarges it.
  static double paper_scale(double width, double height) {
    return std::min({1.0, paper_long / std::max(width, height), paper_short / std::min(width, height)});
  }

  /// Resolution for a page most of which is a picture of `native` dots per inch; 0: it is none.
  [[nodiscard]] double resolution(double native) const {
    const double asked = request_.dpi;
    if (native <= 0) return asked;
    return std::clamp(native, std::min(asked, 72.0), std::max(asked, picture_dpi));
  }

  /// Draws, reads and sends one page. `scale` is from the list's points to the page's.
  void make_page(fz_display_list* list, fz_rect area, double scale, double dpi) {
    double width = (area.x1 - area.x0) * scale, height = (area.y1 - area.y0) * scale;
    const double longest = std::max(width, height) * 100;
    if (longest > limits::render_page_length) {
      const double shrink = limits::render_page_length / longest;
      scale *= shrink, width *= shrink, height *= shrink;
      reduced_ = true;
    }
    double zoom = dpi / 72;
    const double side = limits::render_page_pixels_side - 1;
    const double most = static_cast<double>(limits::render_page_pixels) * 0.99;
    const double fitting = std::min({zoom, side / std::max(width, height), std::sqrt(most / (width * height))});
    if (fitting < zoom) zoom = fitting, reduced_ = true;

    page made;
    made.width = std::clamp(static_cast<int>(std::lround(width * 100)), 1, limits::render_page_length);
    made.height = std::clamp(static_cast<int>(std::lround(height * 100)), 1, limits::render_page_length);
    made.columns = std::max(1U, static_cast<std::uint32_t>(std::lround(width * zoom)));
    made.rows = std::max(1U, static_cast<std::uint32_t>(std::lround(height * zoom)));
    draw(list, area, made);
    bool cut = false;
    made.runs = mupdf::text_of(context_, list, area, scale, cut);
    reduced_ = reduced_ || cut;
    out_.send(made);
    ++pages_;
  }

  void draw(fz_display_list* list, fz_rect area, page& to) {
    const double across = to.columns / double(area.x1 - area.x0), down = to.rows / double(area.y1 - area.y0);
    const fz_matrix zoom =
        fz_pre_translate(fz_scale(static_cast<float>(across), static_cast<float>(down)), -area.x0, -area.y0);
    const fz_irect box{0, 0, static_cast<int>(to.columns), static_cast<int>(to.rows)};
    int colour = 2;
    fz_pixmap* pixels = nullptr;
    guarded(context_, [&] {
      fz_device* const test = fz_new_test_device(context_, &colour, 0.02F, 0, nullptr);
      fz_try(context_) fz_run_display_list(context_, list, test, fz_identity, fz_infinite_rect, nullptr);
      fz_catch(context_) {}  // thrown as soon as colour is seen
      fz_drop_device(context_, test);
      fz_colorspace* const space = colour == 0 ? fz_device_gray(context_) : fz_device_rgb(context_);
      pixels = fz_new_pixmap_with_bbox(context_, space, box, nullptr, 0);
      fz_clear_pixmap_with_value(context_, pixels, 255);
      fz_device* const device = fz_new_draw_device(context_, fz_identity, pixels);
      fz_run_display_list(context_, list, device, zoom, fz_rect_from_irect(box), nullptr);
      fz_close_device(context_, device);
      fz_drop_device(context_, device);
    });
    take_pixels(pixels, to);
    guarded(context_, [&] { fz_drop_pixmap(context_, pixels); });
  }

  /// One channel where there is no colour to be seen.
  void take_pixels(fz_pixmap* pixels, page& to) {
    const auto* from = fz_pixmap_samples(context_, pixels);
    const std::size_t count = std::size_t{to.columns} * to.rows;
    to.channels = static_cast<std::uint32_t>(fz_pixmap_colorants(context_, pixels));
    if (to.channels == 3 && is_grey(from, count)) {
      to.channels = 1;
      to.pixels.resize(count);
      for (std::size_t i = 0; i < count; ++i) to.pixels[i] = static_cast<char>(from[3 * i + 1]);
    } else {
      to.pixels.assign(reinterpret_cast<const char*>(from), count * to.channels);
    }
  }

  static bool is_grey(const unsigned char* rgb, std::size_t count) {
    constexpr int imperceptible = 6;
    for (std::size_t i = 0; i < count; ++i, rgb += 3)
      if (std::max({rgb[0], rgb[1], rgb[2]}) - std::min({rgb[0], rgb[1], rgb[2]}) > imperceptible) return false;
    return true;
  }

  void report(const std::set<char32_t>& missing) {
    for (const char32_t character : missing) {
      if (missing_ == limits::render_missing_characters) return;
      ++missing_;
      out_.missing({pages_, character});
    }
  }

  const request_head& request_;
  page_sender& out_;
  fz_context* context_;
  std::uint32_t pages_ = 0;
  std::size_t missing_ = 0;
  bool reduced_ = false;
};

void serve(int socket) {
  // Everything that is needed is in memory already: not even a file system is left.
  sandbox::access access;
  access.memory_bytes = std::size_t{3} << 30;
  sandbox::enter(sandbox::role::raster, access);
  request_head head{};
  read_all(socket, &head, sizeof head);
  std::string passwords(head.passwords, '\0'), bytes(head.size, '\0');
  read_all(socket, passwords.data(), passwords.size());
  read_all(socket, bytes.data(), bytes.size());
  if (head.family == document_family::image) bytes = first_frame(bytes);
  page_sender out(socket);
  page_outcome outcome = page_outcome::damaged;
  try {
    page_maker maker(head, out);
    outcome = head.what == task::notice ? maker.notice(bytes) : maker.document(bytes, passwords);
  } catch (const mupdf::error&) {
    // What MuPDF cannot read is damaged as far as anybody here can tell.
  }
  out.finish(outcome);
}

void run_nursery(int control) {
  if (!await_request(control)) return;
  mupdf::map_fonts();
  prepare_picture_decoders();
  leave_fresh_heap();
  serve_nursery(control, {nullptr, serve});
}

page_outcome ask(const nursery& nursery, const request_head& head, std::string_view passwords, std::string_view bytes,
                 std::chrono::milliseconds time, std::chrono::milliseconds visiting, const page_visitor& visitor) {
  channel child(nursery.ask(time + visiting), channel::clock::now() + time, visiting);
  std::string start(reinterpret_cast<const char*>(&head), sizeof head);
  for (const std::string_view part : {std::string_view(start), passwords, bytes}) {
    const auto sent = child.send(part);
    if (sent != channel::outcome::done)
      return sent == channel::outcome::late ? page_outcome::timeout : page_outcome::failed;
  }
  return receive_pages(child, visitor);
}

}  // namespace

raster::raster() : nursery_(run_nursery) {}

page_outcome raster::run(const raster_request& request, std::chrono::milliseconds time,
                         const page_visitor& visitor) const {
  const request_head head{task::document,
                          request.family,
                          request.dpi,
                          request.own_fonts ? 1U : 0U,
                          request.sheets_whole ? 1U : 0U,
                          static_cast<std::uint32_t>(request.passwords.size()),
                          request.bytes.size()};
  return ask(nursery_, head, request.passwords, request.bytes, time, request.visiting, visitor);
}

page_outcome raster::notice(std::string_view lines, unsigned dpi, const page_visitor& visitor) const {
  const request_head head{task::notice, document_family::pdf, dpi, 0, 0, 0, lines.size()};
  return ask(nursery_, head, {}, lines, std::chrono::seconds(30), {}, visitor);
}

}  // namespace intake
