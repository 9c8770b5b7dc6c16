#include "safepdf.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <stdexcept>

#include "limits.hpp"
#include "page_image.hpp"
#include "qpdf_use.hpp"
#include "text_layer.hpp"

namespace intake {
namespace {

using object = QPDFObjectHandle;

std::string points(std::int32_t hundredths) {
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

[[noreturn]] void refuse(const char* what) {
  throw std::invalid_argument(what);
}

void check(const page& page) {
  if (page.width < 1 || page.height < 1 || page.width > limits::render_page_length ||
      page.height > limits::render_page_length)
    refuse("the size of a page is out of bounds");
  if (page.columns > limits::render_page_pixels_side || page.rows > limits::render_page_pixels_side ||
      std::size_t{page.columns} * page.rows > limits::render_page_pixels)
    refuse("a page has too many pixels");
  if (page.runs.size() > limits::render_text_boxes) refuse("a page has too many lines of text");
  for (const auto& run : page.runs) {
    if (run.size < 1 || run.size > limits::render_page_length || (run.dx == 0 && run.dy == 0) || run.text.empty())
      refuse("a line of text without extent");
    constexpr std::int64_t slack = limits::render_text_slack;
    const std::int64_t x = std::int64_t{run.x} + run.dx, y = std::int64_t{run.y} + run.dy;
    if (std::min<std::int64_t>(run.x, x) < -slack || std::max<std::int64_t>(run.x, x) > page.width + slack ||
        std::min<std::int64_t>(run.y, y) < -slack || std::max<std::int64_t>(run.y, y) > page.height + slack)
      refuse("a line of text lies off its page");
    if (!std::all_of(run.text.begin(), run.text.end(), is_text_character)) refuse("a code point that is no text");
  }
}

}  // namespace

struct safe_pdf::state {
  QPDF file;
  text_layer text;
  object fonts;  ///< resource dictionary, shared by all pages; filled when all characters are known
  std::size_t bytes = 0;
  unsigned pages = 0;

  state() {
    file.emptyPDF();
    fonts = file.makeIndirectObject(object::newDictionary());
  }

  object stream(const std::string& bytes_of_it) {
    return file.makeIndirectObject(object::newStream(&file, bytes_of_it));
  }

  object image(const page_image& encoded) {
    bytes += encoded.bytes.size();
    object made = stream(encoded.bytes);
    made.replaceDict(object::parse(fmt::format("<< /Type /XObject /Subtype /Image /Width {} /Height {} {} >>",
                                               encoded.columns, encoded.rows, encoded.dictionary)));
    return made;
  }

  /// Names the images of a page in `resources` and returns the operators that draw them.
  std::string draw(const page& page, object resources) {
    // One unit is a pixel, and y points down as it does there.
    std::string out = fmt::format("q\n{:.6f} 0 0 -{:.6f} 0 {} cm\n", page.width / 100.0 / page.columns,
                                  page.height / 100.0 / page.rows, points(page.height));
    unsigned number = 0;
    for (const auto& each : encode_page(page)) {
      const std::string name = fmt::format("/P{}", number++);
      resources.replaceKey(name, image(each));
      out += fmt::format("q {} 0 0 -{} {} {} cm {} Do Q\n", each.columns, each.rows, each.x, each.y + each.rows, name);
    }
    return out + "Q\n";
  }

  /// The fonts of the text layer: one set of empty glyphs, written along the line or down the column.
  void make_fonts() {
    object program = stream(text_layer::font_program());
    object descriptor = file.makeIndirectObject(object::parse(
        "<< /Type /FontDescriptor /FontName /IntakeInvisible /Flags 4 /FontBBox [0 -120 1000 880] /ItalicAngle 0 "
        "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 80 >>"));
    descriptor.replaceKey("/FontFile2", program);
    object descendant = file.makeIndirectObject(object::parse(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /IntakeInvisible /DW 1000 /CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (Identity) /Supplement 0 >> >>"));
    descendant.replaceKey("/FontDescriptor", descriptor);
    descendant.replaceKey("/CIDToGIDMap", stream(text.glyph_map()));
    descendant.replaceKey("/W", object::parse(text.widths()));
    object to_unicode = stream(text.to_unicode());
    for (const char* way : {"/H", "/V"}) {
      object font =
          file.makeIndirectObject(object::parse("<< /Type /Font /Subtype /Type0 /BaseFont /IntakeInvisible >>"));
      font.replaceKey("/Encoding", object::newName(std::string("/Identity-") + (way + 1)));
      font.replaceKey("/DescendantFonts", object::newArray({descendant}));
      font.replaceKey("/ToUnicode", to_unicode);
      fonts.replaceKey(way, font);
    }
  }
};

safe_pdf::safe_pdf() : state_(std::make_unique<state>()) {}
safe_pdf::~safe_pdf() = default;

void safe_pdf::add(const page& page) {
  check(page);
  auto& file = state_->file;
  const std::string text = state_->text.content(page.runs, page.height);
  object made = file.makeIndirectObject(
      object::parse(fmt::format("<< /Type /Page /MediaBox [0 0 {} {}] /Resources << /XObject << >> >> >>",
                                points(page.width), points(page.height))));
  object resources = made.getKey("/Resources");
  const std::string images = state_->draw(page, resources.getKey("/XObject"));
  if (!text.empty()) resources.replaceKey("/Font", state_->fonts);
  made.replaceKey("/Contents", state_->stream(images + text));
  QPDFPageDocumentHelper(file).addPage(made, false);
  state_->bytes += text.size() / 3 + 200;  // compressed, and the page's own objects
  ++state_->pages;
}

std::size_t safe_pdf::size() const {
  return state_->bytes;
}
unsigned safe_pdf::pages() const {
  return state_->pages;
}

std::string safe_pdf::finish() {
  auto& file = state_->file;
  if (!state_->text.empty()) state_->make_fonts();
  return written_as_ours(file);
}

}  // namespace intake
