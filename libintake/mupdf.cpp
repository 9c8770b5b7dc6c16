#include "mupdf.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string_view>

#include "limits.hpp"

extern "C" {
extern fz_document_handler pdf_document_handler;
extern fz_document_handler img_document_handler;
}

namespace intake::mupdf {
namespace {

// Fonts. A Japanese PDF that does not embed its fonts names MS 明朝 or MS ゴシック; MuPDF's own stand-in is one serif
// face for all of them.

struct mapped_font {
  const char* path;
  const unsigned char* data = nullptr;
  std::size_t size = 0;
};

mapped_font mincho{"/usr/share/fonts/opentype/ipafont-mincho/ipam.ttf"};
mapped_font gothic{"/usr/share/fonts/opentype/ipafont-gothic/ipag.ttf"};

void map_font(mapped_font& font) {
  const int fd = open(font.path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;  // MuPDF's own face stands in
  struct stat what {};
  void* const at = fstat(fd, &what) == 0
                       ? mmap(nullptr, static_cast<std::size_t>(what.st_size), PROT_READ, MAP_PRIVATE, fd, 0)
                       : MAP_FAILED;
  close(fd);
  if (at == MAP_FAILED) return;
  font.data = static_cast<const unsigned char*>(at);
  font.size = static_cast<std::size_t>(what.st_size);
}

bool contains_any(std::string_view name, std::initializer_list<const char*> parts) {
  return std::any_of(parts.begin(), parts.end(), [&](const char* part) { return name.find(part) != name.npos; });
}

fz_font* open_font(fz_context* context, const mapped_font& font, const char* name) {
  if (font.data == nullptr) return nullptr;
  fz_buffer* const bytes = fz_new_buffer_from_shared_data(context, font.data, font.size);
  fz_font* const opened = fz_new_font_from_buffer(context, name, bytes, 0, 0);
  fz_drop_buffer(context, bytes);
  return opened;
}

bool is_gothic(std::string_view name) {
  return contains_any(name, {"Gothic", "gothic", "Meiryo", "Sans", "ゴシック", "メイリオ", "GothicBBB", "ShinGo"});
}

fz_font* load_cjk_font(fz_context* context, const char* name, int ordering, int serif) {
  if (ordering != FZ_ADOBE_JAPAN) return nullptr;
  return open_font(context, is_gothic(name) || !serif ? gothic : mincho, name);
}

fz_font* load_font(fz_context* context, const char* name, int, int, int) {
  if (contains_any(name, {"Mincho", "mincho", "明朝"})) return open_font(context, mincho, name);
  if (contains_any(name, {"MS-Gothic", "MSGothic", "MS-PGothic", "MSPGothic", "Meiryo", "YuGothic", "ゴシック"}))
    return open_font(context, gothic, name);
  return nullptr;
}

// Survey: a device that draws nothing.

struct survey_device {
  fz_device base;
  survey* found;
  fz_rect area;
  double largest;
  bool own_fonts;
};

bool is_symbol_font(const char* name) {
  return contains_any(name, {"Symbol", "symbol", "Wingdings", "Webdings", "Dingbats", "Marlett"});
}

bool is_private(int c) {
  return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0xFFFFD) || (c >= 0x100000 && c <= 0x10FFFD);
}

/// Selectors of ideographic variation sequences (UTS #37).
bool selects_variant(int c) {
  return c >= 0xE0100 && c <= 0xE01EF;
}

bool is_invisible(int c) {
  return c <= 0x20 || c == 0xA0 || c == 0xAD || c == 0x3000 || (c >= 0x2000 && c <= 0x200F) || c == 0x2028 ||
         c == 0x2029 || c == 0x2060 || c == 0xFEFF || c == 0xFFFD || (c >= 0xFE00 && c <= 0xFE0F) ||
         selects_variant(c) || (c >= 0x7F && c < 0xA0);
}

/// Of the fonts here only IPAmj明朝 has shapes for them: any other shows the plain ideograph, as if nothing were wrong.
bool has_variants(const char* name) {
  return contains_any(name, {"IPAmj"});
}

void look_at_text(fz_context* context, survey_device* device, const fz_text* text, fz_matrix at) {
  for (const fz_text_span* span = text->head; span != nullptr; span = span->next) {
    if (fz_font_t3_procs(context, span->font) != nullptr) continue;  // whose glyph 0 is a glyph like any other
    const bool symbols = is_symbol_font(fz_font_name(context, span->font));
    const bool variants = has_variants(fz_font_name(context, span->font));
    for (int i = 0; i < span->len; ++i) {
      const auto& item = span->items[i];
      if (selects_variant(item.ucs) && device->own_fonts && !variants)
        device->found->missing.insert(static_cast<char32_t>(item.ucs));
      if (item.ucs < 0 || is_invisible(item.ucs)) continue;
      if (!fz_is_point_inside_rect(fz_transform_point_xy(item.x, item.y, at), fz_expand_rect(device->area, 1)))
        continue;
      if (item.gid == 0 || (device->own_fonts && !symbols && is_private(item.ucs)))
        device->found->missing.insert(static_cast<char32_t>(item.ucs));
    }
  }
}

void fill_text(fz_context* context, fz_device* device, const fz_text* text, fz_matrix at, fz_colorspace*, const float*,
               float, fz_color_params) {
  look_at_text(context, reinterpret_cast<survey_device*>(device), text, at);
}
void stroke_text(fz_context* context, fz_device* device, const fz_text* text, const fz_stroke_state*, fz_matrix at,
                 fz_colorspace*, const float*, float, fz_color_params) {
  look_at_text(context, reinterpret_cast<survey_device*>(device), text, at);
}
void clip_text(fz_context* context, fz_device* device, const fz_text* text, fz_matrix at, fz_rect) {
  look_at_text(context, reinterpret_cast<survey_device*>(device), text, at);
}

void look_at_image(fz_device* device, const fz_image* image, fz_matrix at) {
  auto* const self = reinterpret_cast<survey_device*>(device);
  const fz_rect box = fz_intersect_rect(fz_transform_rect(fz_unit_rect, at), self->area);
  const double covered = double(box.x1 - box.x0) * double(box.y1 - box.y0);
  const double whole = double(self->area.x1 - self->area.x0) * double(self->area.y1 - self->area.y0);
  const double width = std::hypot(at.a, at.b), height = std::hypot(at.c, at.d);
  if (box.x1 <= box.x0 || covered < whole / 2 || covered <= self->largest || width <= 0 || height <= 0) return;
  self->largest = covered;
  self->found->picture_dpi = std::min(image->w * 72.0 / width, image->h * 72.0 / height);
}

void fill_image(fz_context*, fz_device* device, fz_image* image, fz_matrix at, float, fz_color_params) {
  look_at_image(device, image, at);
}
void fill_image_mask(fz_context*, fz_device* device, fz_image* image, fz_matrix at, fz_colorspace*, const float*, float,
                     fz_color_params) {
  look_at_image(device, image, at);
}

// Text.

double along(fz_point point, fz_point from, fz_point direction) {
  return double(point.x - from.x) * direction.x + double(point.y - from.y) * direction.y;
}

std::int32_t hundredths(double points) {
  return static_cast<std::int32_t>(std::lround(points * 100));
}

bool is_inside(fz_point point, fz_rect area) {
  return point.x >= area.x0 && point.x <= area.x1 && point.y >= area.y0 && point.y <= area.y1;
}

/// Where a line begins for a viewer that writes it again: the baseline, or the middle of the top edge.
fz_point origin_of(const fz_stext_char& first, bool vertical) {
  if (!vertical) return first.origin;
  return {(first.quad.ul.x + first.quad.ur.x) / 2, std::min(first.quad.ul.y, first.quad.ur.y)};
}

/// False when the line holds no text, or none on the page.
bool read_line(const fz_stext_line& line, fz_rect area, double scale, text_run& run) {
  const fz_stext_char* first = nullptr;
  fz_point origin{};
  double length = 0;
  for (const fz_stext_char* c = line.first_char; c != nullptr; c = c->next) {
    const auto character = static_cast<char32_t>(c->c);
    if (!is_text_character(character) || character == 0xFFFD) continue;
    if (first == nullptr) {
      if (character == U' ' || character == U'　' || !is_inside(c->origin, area)) continue;
      first = c;
      origin = origin_of(*c, line.wmode != 0);
    }
    run.text.push_back(character);
    for (const fz_point corner : {c->quad.ul, c->quad.ur, c->quad.ll, c->quad.lr})
      length = std::max(length, along(corner, origin, line.dir));
  }
  while (!run.text.empty() && run.text.back() == U' ') run.text.pop_back();
  if (run.text.empty() || !std::isfinite(length) || length <= 0) return false;
  run.x = hundredths((origin.x - area.x0) * scale);
  run.y = hundredths((origin.y - area.y0) * scale);
  run.dx = hundredths(length * line.dir.x * scale);
  run.dy = hundredths(length * line.dir.y * scale);
  run.size = std::clamp(hundredths(first->size * scale), 1, limits::render_page_length);
  run.vertical = line.wmode != 0;
  return run.dx != 0 || run.dy != 0;
}

/// The trusted side refuses what reaches further; a line that does is left out here.
bool stays_near(const text_run& run, fz_rect area, double scale) {
  const double right = (area.x1 - area.x0) * scale * 100, bottom = (area.y1 - area.y0) * scale * 100;
  const double slack = limits::render_text_slack - 100;
  const double x = double(run.x) + run.dx, y = double(run.y) + run.dy;
  return x >= -slack && x <= right + slack && y >= -slack && y <= bottom + slack;
}

fz_stext_page* read_text(fz_context* context, fz_display_list* list, fz_rect area) {
  fz_stext_page* text = nullptr;
  guarded(context, [&] {
    fz_stext_options options{};
    text = fz_new_stext_page(context, area);
    fz_device* const device = fz_new_stext_device(context, text, &options);
    fz_run_display_list(context, list, device, fz_identity, fz_infinite_rect, nullptr);
    fz_close_device(context, device);
    fz_drop_device(context, device);
  });
  return text;
}

}  // namespace

void map_fonts() {
  map_font(mincho);
  map_font(gothic);
}

fz_context* new_context() {
  fz_context* const context = fz_new_context(nullptr, nullptr, 128 << 20);
  if (context == nullptr) throw error("no memory");
  fz_set_error_callback(context, nullptr, nullptr);
  fz_set_warning_callback(context, nullptr, nullptr);
  guarded(context, [&] {
    fz_register_document_handler(context, &pdf_document_handler);
    fz_register_document_handler(context, &img_document_handler);
    fz_install_load_system_font_funcs(context, load_font, load_cjk_font, nullptr);
  });
  return context;
}

survey survey_page(fz_context* context, fz_display_list* list, fz_rect area, bool own_fonts) {
  survey found;
  guarded(context, [&] {
    auto* const device = reinterpret_cast<survey_device*>(fz_new_device_of_size(context, sizeof(survey_device)));
    device->found = &found;
    device->area = area;
    device->largest = 0;
    device->own_fonts = own_fonts;
    device->base.fill_text = fill_text;
    device->base.stroke_text = stroke_text;
    device->base.clip_text = clip_text;
    device->base.fill_image = fill_image;
    device->base.fill_image_mask = fill_image_mask;
    fz_run_display_list(context, list, &device->base, fz_identity, fz_infinite_rect, nullptr);
    fz_close_device(context, &device->base);
    fz_drop_device(context, &device->base);
  });
  return found;
}

std::vector<extent> text_extents(fz_context* context, fz_display_list* list, fz_rect area) {
  fz_stext_page* const text = read_text(context, list, area);
  std::vector<extent> lines;
  for (const fz_stext_block* block = text->first_block; block != nullptr; block = block->next) {
    if (block->type != FZ_STEXT_BLOCK_TEXT) continue;
    for (const fz_stext_line* line = block->u.t.first_line; line != nullptr; line = line->next)
      lines.push_back({line->bbox.y0, line->bbox.y1});
  }
  guarded(context, [&] { fz_drop_stext_page(context, text); });
  return lines;
}

std::vector<text_run> text_of(fz_context* context, fz_display_list* list, fz_rect area, double scale, bool& cut) {
  fz_stext_page* const text = read_text(context, list, area);
  std::vector<text_run> runs;
  std::size_t characters = 0;
  for (const fz_stext_block* block = text->first_block; block != nullptr; block = block->next) {
    if (block->type != FZ_STEXT_BLOCK_TEXT) continue;
    for (const fz_stext_line* line = block->u.t.first_line; line != nullptr; line = line->next) {
      text_run run;
      if (!read_line(*line, area, scale, run) || !stays_near(run, area, scale)) continue;
      characters += run.text.size();
      cut = runs.size() == limits::render_text_boxes || characters > limits::render_text_characters;
      if (cut) break;
      runs.push_back(std::move(run));
    }
    if (cut) break;
  }
  guarded(context, [&] { fz_drop_stext_page(context, text); });
  return runs;
}

}  // namespace intake::mupdf
