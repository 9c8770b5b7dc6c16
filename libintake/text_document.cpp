#include "text_document.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "charset.hpp"
#include "limits.hpp"
#include "markup.hpp"

namespace intake {
namespace {

constexpr std::string_view declarations =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    "<office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
    "xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" "
    "xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" "
    "xmlns:style=\"urn:oasis:names:tc:opendocument:xmlns:style:1.0\" "
    "xmlns:svg=\"urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0\" "
    "xmlns:fo=\"urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0\" office:version=\"1.3\" ";

constexpr std::string_view fonts =
    "<office:font-face-decls><style:font-face style:name=\"G\" svg:font-family=\"'ＭＳ ゴシック'\" "
    "style:font-pitch=\"fixed\"/></office:font-face-decls>";

constexpr std::string_view paragraph_font =
    "<style:text-properties style:font-name=\"G\" style:font-name-asian=\"G\" style:font-name-complex=\"G\" "
    "fo:font-size=\"10pt\" style:font-size-asian=\"10pt\"/>";

/// Characters that XML 1.0 cannot hold are shown as U+FFFD; the text was decoded, so it is UTF-8.
void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20)
      out += "\xEF\xBF\xBD";
    else
      append_escaped(out, c);
  }
}

/// Inline content: runs of spaces and tabs keep their width.
void append_inline(std::string& out, std::string_view line) {
  for (std::size_t i = 0; i < line.size();) {
    const std::size_t end = std::min(line.find_first_of(" \t", i), line.size());
    escape(out, line.substr(i, end - i));
    i = end;
    if (i == line.size()) break;
    if (line[i] == '\t') {
      out += "<text:tab/>";
      ++i;
    } else {
      const std::size_t spaces = std::min(line.find_first_not_of(' ', i), line.size()) - i;
      out += "<text:s text:c=\"" + std::to_string(spaces) + "\"/>";
      i += spaces;
    }
  }
}

/// Lines end with LF, CR LF or CR; a form feed begins a line too.
template <typename Visit>
void each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n\f"), text.size());
    visit(text.substr(0, end));
    if (end == text.size()) return;
    text.remove_prefix(text.substr(end, 2) == "\r\n" ? end + 2 : end + 1);
  }
}

using row = std::vector<std::string>;

/// RFC 4180, with the separator given; a quotation that never ends takes the rest.
std::vector<row> read_rows(std::string_view text, char separator) {
  std::vector<row> rows;
  row current;
  std::string cell;
  bool quoted = false, any = false;
  const auto end_row = [&] {
    current.push_back(std::move(cell));
    rows.push_back(std::move(current));
    cell.clear();
    current.clear();
    any = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    any = true;
    if (quoted) {
      if (c != '"')
        cell += c;
      else if (text.substr(i + 1, 1) == "\"")
        cell += c, ++i;
      else
        quoted = false;
    } else if (c == '"' && cell.empty()) {
      quoted = true;
    } else if (c == separator) {
      current.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n' || c == '\r') {
      if (c == '\r' && text.substr(i + 1, 1) == "\n") ++i;
      end_row();
    } else {
      cell += c;
    }
  }
  if (any) end_row();
  return rows;
}

char separator_of(std::string_view text) {
  const std::string_view head = text.substr(0, 64 * limits::kib);
  char best = ',';
  std::ptrdiff_t most = -1;
  for (const char candidate : {',', '\t', ';'}) {
    const auto count = std::count(head.begin(), head.end(), candidate);
    if (count > most) best = candidate, most = count;
  }
  return best;
}

std::string decoded(std::string_view bytes) {
  std::string text = charset::detect(bytes).text;
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  return text;
}

}  // namespace

std::string text_as_document(std::string_view bytes) {
  std::string out(declarations);
  out += "office:mimetype=\"application/vnd.oasis.opendocument.text\">";
  out += fonts;
  out += "<office:styles><style:default-style style:family=\"paragraph\">";
  out += paragraph_font;
  out +=
      "</style:default-style></office:styles><office:automatic-styles><style:page-layout style:name=\"L\">"
      "<style:page-layout-properties fo:page-width=\"210mm\" fo:page-height=\"297mm\" fo:margin=\"20mm\"/>"
      "</style:page-layout></office:automatic-styles><office:master-styles><style:master-page "
      "style:name=\"Standard\" style:page-layout-name=\"L\"/></office:master-styles><office:body><office:text>";
  const std::string text = decoded(bytes);
  each_line(text, [&](std::string_view line) {
    out += "<text:p>";
    append_inline(out, line);
    out += "</text:p>";
  });
  return out + "</office:text></office:body></office:document>";
}

std::string table_as_document(std::string_view bytes) {
  const std::string text = decoded(bytes);
  const auto rows = read_rows(text, separator_of(text));
  std::size_t columns = 1;
  for (const auto& one : rows) columns = std::max(columns, one.size());
  std::string out(declarations);
  out += "office:mimetype=\"application/vnd.oasis.opendocument.spreadsheet\">";
  out += fonts;
  out +=
      "<office:styles><style:style style:name=\"Default\" style:family=\"table-cell\"><style:table-cell-properties "
      "fo:border=\"0.5pt solid #808080\" fo:wrap-option=\"wrap\"/>";
  out += paragraph_font;
  out +=
      "</style:style></office:styles><office:automatic-styles><style:style style:name=\"C\" "
      "style:family=\"table-column\"><style:table-column-properties style:use-optimal-column-width=\"true\" "
      "style:column-width=\"32mm\"/></style:style><style:style style:name=\"R\" style:family=\"table-row\">"
      "<style:table-row-properties style:use-optimal-row-height=\"true\"/></style:style><style:page-layout "
      "style:name=\"L\"><style:page-layout-properties fo:page-width=\"297mm\" fo:page-height=\"210mm\" "
      "style:print-orientation=\"landscape\" fo:margin=\"12mm\" style:scale-to-X=\"1\" style:scale-to-Y=\"0\"/>"
      "</style:page-layout></office:automatic-styles><office:master-styles><style:master-page "
      "style:name=\"Default\" style:page-layout-name=\"L\"/></office:master-styles><office:body>"
      "<office:spreadsheet><table:table table:name=\"1\"><table:table-column table:style-name=\"C\" "
      "table:number-columns-repeated=\"";
  out += std::to_string(columns) + "\" table:default-cell-style-name=\"Default\"/>";
  for (const auto& one : rows) {
    out += "<table:table-row table:style-name=\"R\">";
    for (const auto& cell : one) {
      out += "<table:table-cell office:value-type=\"string\">";
      each_line(cell, [&](std::string_view line) {
        out += "<text:p>";
        append_inline(out, line);
        out += "</text:p>";
      });
      out += "</table:table-cell>";
    }
    out += "</table:table-row>";
  }
  return out + "</table:table></office:spreadsheet></office:body></office:document>";
}

}  // namespace intake
