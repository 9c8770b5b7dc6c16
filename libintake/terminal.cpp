#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <cwchar>

namespace intake::terminal {
namespace {

struct character {
  char32_t code = 0xFFFD;
  std::size_t bytes = 1;
  bool valid = false;
};

/// The first character of text that is not empty. What is not UTF-8 counts byte by byte.
character first_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  char32_t code = lead & (0x7FU >> length);
  for (std::size_t at = 1; at < length; ++at) {
    if ((byte(at) & 0xC0U) != 0x80U) return {};
    code = code << 6 | (byte(at) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  if (overlong || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) return {};
  return {code, length, true};
}

void append_utf8(std::string& out, char32_t code) {
  const auto put = [&](unsigned long byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

/// Characters without a shape of their own that change how others are shown or read. Variation selectors are not
/// among them: Japanese names need them.
bool hides(char32_t code) {
  return code == 0xAD || code == 0x61C || code == 0x115F || code == 0x1160 || code == 0x180E || code == 0x3164 ||
         code == 0xFFA0 || code == 0xFEFF || (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || (code >= 0xFFF9 && code <= 0xFFFB) ||
         (code >= 0xE0000 && code <= 0xE007F);
}

void append_visible(std::string& out, char32_t code) {
  if (code < 0x20) return append_utf8(out, 0x2400 + code);
  if (code == 0x7F) return append_utf8(out, 0x2421);
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string hex;
  for (; code || hex.size() < 4; code >>= 4) hex.insert(hex.begin(), digits[code & 15]);
  out += "<U+" + hex + ">";
}

/// The width tables of the C library, whatever the user's locale: C.UTF-8 is part of it.
locale_t utf8_locale() {
  static const locale_t locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

std::size_t columns_of(char32_t code) {
  if (code < 0x80) return 1;
  if (!utf8_locale()) return code < 0x2E80 || (code >= 0xFF61 && code < 0xFFE0) ? 1 : 2;
  const locale_t before = uselocale(utf8_locale());
  const int columns = wcwidth(static_cast<wchar_t>(code));
  uselocale(before);
  // What the library does not know is most often an ideograph newer than it, or of private use.
  return columns < 0 ? 2 : static_cast<std::size_t>(columns);
}

/// How much of `text` fits into `columns`: bytes, and the columns they take. Combining characters stay with theirs.
struct head {
  std::size_t bytes = 0, columns = 0;
};
head fitting(std::string_view text, std::size_t columns) {
  head result;
  while (result.bytes < text.size()) {
    const auto next = first_character(text.substr(result.bytes));
    const std::size_t wide = columns_of(next.code);
    if (result.columns + wide > columns) break;
    result.bytes += next.bytes;
    result.columns += wide;
  }
  return result;
}

}  // namespace

language language_of_environment() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
    if (const char* text = std::getenv(name); text && *text)
      return std::string_view(text).starts_with("ja") ? language::japanese : language::english;
  return language::english;
}

style style_of(int fd) {
  (void)utf8_locale();
  style result;
  result.words = language_of_environment();
  winsize window{};
  if (isatty(fd) && ioctl(fd, TIOCGWINSZ, &window) == 0 && window.ws_col > 0) {
    result.columns = window.ws_col;
  } else if (const char* columns = std::getenv("COLUMNS")) {
    if (const unsigned long given = std::strtoul(columns, nullptr, 10); given > 0) result.columns = given;
  }
  const char* no_colour = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  result.colour = isatty(fd) && !(no_colour && *no_colour) && kind && std::string_view(kind) != "dumb";
  return result;
}

std::string neutralised(std::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto next = first_character(text);
    const bool cr_of_a_line = text.starts_with("\r\n");
    if (!next.valid) {
      out += "\xEF\xBF\xBD";
    } else if (next.code == '\n' || next.code == '\t' || cr_of_a_line) {
      if (keep_lines && next.code == '\n')
        out += '\n';
      else if (!(keep_lines && cr_of_a_line) && !out.ends_with(' '))
        out += ' ';
    } else if (next.code < 0x20 || (next.code >= 0x7F && next.code < 0xA0) || hides(next.code)) {
      append_visible(out, next.code);
    } else {
      out += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return out;
}

std::size_t width(std::string_view text) {
  return fitting(text, static_cast<std::size_t>(-1)).columns;
}

std::string cut(std::string_view text, std::size_t columns) {
  if (fitting(text, columns).bytes == text.size()) return std::string(text);
  if (columns == 0) return {};
  return std::string(text.substr(0, fitting(text, columns - 1).bytes)) + "…";
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out = cut(text, columns);
  out.append(columns - width(out), ' ');
  return out;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines;
  do {
    const std::size_t line_end = text.find('\n');
    std::string_view paragraph = text.substr(0, line_end);
    text.remove_prefix(line_end == std::string_view::npos ? text.size() : line_end + 1);
    do {
      std::size_t bytes = fitting(paragraph, columns).bytes;
      if (bytes < paragraph.size()) {
        if (bytes == 0) bytes = first_character(paragraph).bytes;  // narrower than one character: still goes on
        if (const auto space = paragraph.substr(0, bytes).rfind(' '); space != std::string_view::npos && space > 0)
          bytes = space + 1;
      }
      std::string_view line = paragraph.substr(0, bytes);
      paragraph.remove_prefix(bytes);
      while (line.ends_with(' ')) line.remove_suffix(1);
      lines.emplace_back(line);
    } while (!paragraph.empty());
  } while (!text.empty());
  return lines;
}

std::string tinted(std::string_view text, tint tint, const style& style) {
  const char* code = "";
  switch (tint) {
    case tint::none:
      break;
    case tint::good:
      code = "32";
      break;
    case tint::doubtful:
      code = "33";
      break;
    case tint::bad:
      code = "31";
      break;
    case tint::faint:
      code = "2";
      break;
    case tint::strong:
      code = "1";
      break;
  }
  if (!style.colour || !*code) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

}  // namespace intake::terminal
