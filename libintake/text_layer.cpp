#include "text_layer.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>

namespace intake {
namespace {

constexpr int em = 1000;
constexpr int narrow_width = em / 2;

/// Characters that are half as wide as an ideograph. Only how a marked text looks depends on it.
bool is_narrow(char32_t c) {
  return c < 0x2E80 || (c >= 0xFF61 && c <= 0xFFDC) || (c >= 0xFFE8 && c <= 0xFFEE);
}

/// Hundredths as PDF writes numbers; no locale changes it.
std::string points(std::int64_t hundredths) {
  const std::int64_t magnitude = std::abs(hundredths);
  return fmt::format("{}{}.{:02}", hundredths < 0 ? "-" : "", magnitude / 100, magnitude % 100);
}

std::string utf16_hex(char32_t c) {
  if (c < 0x10000) return fmt::format("{:04X}", static_cast<unsigned>(c));
  const auto rest = static_cast<unsigned>(c) - 0x10000;
  return fmt::format("{:04X}{:04X}", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
}

/// The text matrix: along the run, stretched so that the text fills it.
std::string matrix(const text_run& run, double natural, std::int32_t height) {
  const double length = std::hypot(run.dx, run.dy);
  const double stretch = length / natural;
  // Page coordinates have y downwards, PDF's upwards.
  const double x = run.dx / length, y = -run.dy / length;
  const std::string origin = points(run.x) + " " + points(std::int64_t{height} - run.y);
  // Vertical writing advances along the second axis, downwards: the axes are turned by a right angle against it.
  return run.vertical ? fmt::format("{:.5f} {:.5f} {:.5f} {:.5f} {}", -y, x, -x * stretch, -y * stretch, origin)
                      : fmt::format("{:.5f} {:.5f} {:.5f} {:.5f} {}", x * stretch, y * stretch, -y, x, origin);
}

// TrueType (ISO/IEC 14496-22): big-endian tables.

void put16(std::string& out, unsigned value) {
  out.push_back(static_cast<char>(value >> 8 & 0xFF));
  out.push_back(static_cast<char>(value & 0xFF));
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xFFFF);
}

std::string words(std::initializer_list<unsigned> values) {
  std::string out;
  for (const unsigned value : values) put16(out, value);
  return out;
}

std::uint32_t checksum(const std::string& table) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < table.size(); i += 4)
    for (std::size_t b = 0; b < 4; ++b)
      sum += std::uint32_t{i + b < table.size() ? static_cast<unsigned char>(table[i + b]) : 0U} << (24 - 8 * b);
  return sum;
}

}  // namespace

std::uint16_t text_layer::code_of(char32_t character) {
  const auto found = codes_.find(character);
  if (found != codes_.end()) return found->second;
  // Two bytes hold 65,535 codes. No document that anybody wrote has as many different characters.
  if (characters_.size() == 0xFFFF) return 0;
  characters_.push_back(character);
  const auto code = static_cast<std::uint16_t>(characters_.size());
  codes_.emplace(character, code);
  return code;
}

std::string text_layer::content(const std::vector<text_run>& runs, std::int32_t height) {
  if (runs.empty()) return {};
  std::string out = "BT\n3 Tr\n";
  std::string font;
  for (const auto& run : runs) {
    double natural = 0;
    std::string codes;
    for (const char32_t character : run.text) {
      natural += run.vertical || !is_narrow(character) ? em : narrow_width;
      fmt::format_to(std::back_inserter(codes), "{:04X}", code_of(character));
    }
    natural = natural * run.size / em;
    const std::string use = fmt::format("/{} {} Tf\n", run.vertical ? 'V' : 'H', points(run.size));
    if (use != font) out += font = use;
    out += matrix(run, natural, height) + " Tm\n<" + codes + "> Tj\n";
  }
  return out + "ET\n";
}

std::string text_layer::to_unicode() const {
  std::string out =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  constexpr std::size_t most = 100;  // entries of one section
  for (std::size_t first = 0; first < characters_.size(); first += most) {
    const std::size_t end = std::min(first + most, characters_.size());
    out += fmt::format("{} beginbfchar\n", end - first);
    for (std::size_t i = first; i < end; ++i) out += fmt::format("<{:04X}> <{}>\n", i + 1, utf16_hex(characters_[i]));
    out += "endbfchar\n";
  }
  return out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}

std::string text_layer::glyph_map() const {
  std::string out(2, '\0');
  for (const char32_t character : characters_) put16(out, is_narrow(character) ? 1 : 2);
  return out;
}

std::string text_layer::widths() const {
  std::string out = "[";
  for (std::size_t i = 0; i < characters_.size();) {
    std::size_t end = i;
    while (end < characters_.size() && is_narrow(characters_[end])) ++end;
    if (end > i) out += fmt::format(" {} {} {}", i + 1, end, narrow_width);
    i = end + 1;
  }
  return out + " ]";
}

std::string text_layer::font_program() {
  struct table {
    const char* name;
    std::string bytes;
  };
  const unsigned descent = 0x10000 - 120;  // two's complement of -120
  std::array tables = {
      table{"glyf", std::string(4, '\0')},
      table{"head", words({1, 0, 1, 0, 0, 0,       0x5F0F, 0x3CF5, 0, em, 0, 0, 0, 0,
                           0, 0, 0, 0, 0, descent, em,     880,    0, 8,  2, 0, 0})},
      table{"hhea", words({1, 0, 880, descent, 0, em, 0, 0, em, 1, 0, 0, 0, 0, 0, 0, 0, 3})},
      table{"hmtx", words({em, 0, narrow_width, 0, em, 0})},
      table{"loca", words({0, 0, 0, 0})},  // every glyph is empty
      table{"maxp", words({1, 0, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})},
  };
  std::string directory = words({1, 0, static_cast<unsigned>(tables.size()), 64, 2, 32});
  std::string body;
  const std::size_t start = directory.size() + tables.size() * 16;
  for (const auto& one : tables) {
    directory += one.name;
    put32(directory, checksum(one.bytes));
    put32(directory, static_cast<std::uint32_t>(start + body.size()));
    put32(directory, static_cast<std::uint32_t>(one.bytes.size()));
    body += one.bytes;
    body.resize((body.size() + 3) / 4 * 4, '\0');
  }
  return directory + body;
}

}  // namespace intake
