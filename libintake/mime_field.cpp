#include "mime_field.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "charset.hpp"

namespace intake {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool is_sjis_lead(char c) {
  const auto b = static_cast<unsigned char>(c);
  return (b >= 0x81 && b <= 0x9F) || (b >= 0xE0 && b <= 0xFC);
}

void skip_blanks_and_comments(std::string_view text, std::size_t& at, bool& malformed) {
  for (;;) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at >= text.size() || text[at] != '(') return;
    std::string ignored;
    if (!take_comment(text, at, ignored)) malformed = true;
  }
}

/// Text up to a semicolon or comment, without blanks at its end. Blanks inside belong to it: unquoted names have them.
std::string take_bare(std::string_view text, std::size_t& at) {
  const auto start = at;
  while (at < text.size() && text[at] != ';') {
    if (text[at] == '(' && at > start && is_blank(text[at - 1])) break;
    const auto behind = skip_jis(text, at);
    at = behind == at ? at + 1 : behind;
  }
  return std::string(trim_blanks(text.substr(start, at - start)));
}

std::string take_value(std::string_view text, std::size_t& at, bool legacy, bool& malformed) {
  std::string out;
  if (at < text.size() && text[at] == '"') {
    if (!take_quoted(text, at, legacy, out)) malformed = true;
    skip_blanks_and_comments(text, at, malformed);
    if (at < text.size() && text[at] != ';') {
      malformed = true;
      out += take_bare(text, at);
    }
    return out;
  }
  out = take_bare(text, at);
  skip_blanks_and_comments(text, at, malformed);
  return out;
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

/// Percent-decodes; false when a "%" stands alone.
bool append_percent(std::string_view text, std::string& out) {
  bool sound = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (high && low) {
        out.push_back(static_cast<char>(*high * 16 + *low));
        i += 2;
        continue;
      }
    }
    if (text[i] == '%') sound = false;
    out.push_back(text[i]);
  }
  return sound;
}

/// The marks behind a parameter's name: "*", "*3", "*3*".
struct marks {
  int section = -1;
  bool encoded = false;
};

std::optional<marks> parse_marks(std::string_view rest) {
  marks out;
  if (rest.empty()) return out;
  if (rest == "*") {
    out.encoded = true;
    return out;
  }
  rest.remove_prefix(1);
  if (rest.ends_with('*')) {
    out.encoded = true;
    rest.remove_suffix(1);
  }
  if (rest.empty() || rest.size() > 4) return std::nullopt;
  out.section = 0;
  for (const char c : rest) {
    if (c < '0' || c > '9') return std::nullopt;
    out.section = out.section * 10 + (c - '0');
  }
  return out;
}

struct section {
  const std::string* value;
  bool encoded;
};

/// Joins the sections of an RFC 2231 value; bytes are joined before they are read, for characters split between
/// sections.
void read_sections(const std::map<int, section>& sections, header_text& out) {
  std::string bytes, label;
  bool any_encoded = false;
  int expected = 0;
  for (const auto& [number, part] : sections) {
    if (number != expected++) out.defect("parameter with a missing section");
    std::string_view text = *part.value;
    if (!part.encoded) {
      bytes += text;
      continue;
    }
    if (!any_encoded && number == 0) {
      const auto first = text.find('\'');
      const auto second = first == std::string_view::npos ? first : text.find('\'', first + 1);
      if (second != std::string_view::npos) {
        label = text.substr(0, first);
        text.remove_prefix(second + 1);
      } else {
        out.defect("encoded parameter without a charset");
      }
    }
    any_encoded = true;
    if (!append_percent(text, bytes)) out.defect("encoded parameter with a stray \"%\"");
  }
  // Words inside the sections are against RFC 2231, and common.
  if (!any_encoded || (label.empty() && bytes.find("=?") != std::string::npos)) {
    auto words = decode_words(bytes);
    out.text = std::move(words.text);
    for (const auto& what : words.defects) out.defect(what);
    return;
  }
  const auto read = charset::decode(bytes, label);
  if (const auto doubt = read.doubt(label); !doubt.empty()) out.defect("parameter " + doubt);
  out.text = charset::without_controls(read.text);
  if (out.text != read.text) out.defect("control characters");
}

}  // namespace

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string_view trim_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t skip_jis(std::string_view text, std::size_t at) {
  if (text[at] != '\x1B' || !text.substr(at + 1).starts_with("$")) return at;
  // The run ends with an escape to a single-byte set. Without one nothing is skipped: the quotes then count.
  // The look-ahead is bounded, in escapes too, so that many unfinished ones cost no more than their length.
  constexpr std::size_t longest_run = 1024, most_escapes = 8;
  const auto run = text.substr(at, longest_run);
  auto escape = run.find('\x1B', 2);
  for (std::size_t i = 0; i < most_escapes && escape != std::string_view::npos; ++i) {
    if (run.substr(escape + 1).starts_with('(')) return std::min(at + escape + 3, text.size());
    escape = run.find('\x1B', escape + 1);
  }
  return at;
}

bool take_quoted(std::string_view text, std::size_t& at, bool legacy, std::string& out) {
  bool trail = false;  // the byte at `at` is the second one of a Shift_JIS character
  for (++at; at < text.size();) {
    const char c = text[at];
    if (trail) {
      trail = false;
      out.push_back(c);
      ++at;
      continue;
    }
    if (c == '"') {
      ++at;
      return true;
    }
    if (const auto behind = skip_jis(text, at); behind != at) {
      out.append(text.substr(at, behind - at));
      at = behind;
      continue;
    }
    if (legacy && is_sjis_lead(c) && at + 1 < text.size() && text[at + 1] == '\\') {
      out.push_back(c);
      trail = true;
      ++at;
      continue;
    }
    if (c == '\\' && at + 1 < text.size()) ++at;
    out.push_back(text[at]);
    ++at;
  }
  return false;
}

bool take_comment(std::string_view text, std::size_t& at, std::string& out) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (const auto behind = skip_jis(text, at); behind != at) {
      out.append(text.substr(at, behind - at));
      at = behind;
      continue;
    }
    if (c == '\\' && at + 1 < text.size()) {
      out.push_back(text[at + 1]);
      at += 2;
      continue;
    }
    ++at;
    if (c == '(' && depth++ == 0) continue;
    if (c == ')' && --depth == 0) return true;
    out.push_back(c);
  }
  return false;
}

structured_field parse_field(std::string_view text) {
  structured_field out;
  const bool legacy = !charset::is_utf8(text);
  std::size_t at = 0;
  skip_blanks_and_comments(text, at, out.malformed);
  const auto start = at;
  while (at < text.size() && text[at] != ';' && text[at] != '(') ++at;
  std::string value(text.substr(start, at - start));
  // "text / plain" means the same as "text/plain" (RFC 822 white space).
  value.erase(std::remove_if(value.begin(), value.end(), is_blank), value.end());
  out.value = ascii_lower(value);
  skip_blanks_and_comments(text, at, out.malformed);
  while (at < text.size()) {
    if (text[at] != ';') {
      out.malformed = true;
      while (at < text.size() && text[at] != ';') ++at;
      continue;
    }
    ++at;
    skip_blanks_and_comments(text, at, out.malformed);
    if (at >= text.size()) break;  // a semicolon at the end is common and harmless
    if (text[at] == ';') continue;
    const auto name_start = at;
    while (at < text.size() && text[at] != '=' && text[at] != ';') ++at;
    const auto name = trim_blanks(text.substr(name_start, at - name_start));
    if (at >= text.size() || text[at] == ';' || name.empty()) {
      out.malformed = true;
      continue;
    }
    ++at;
    skip_blanks_and_comments(text, at, out.malformed);
    out.parameters.push_back({ascii_lower(name), take_value(text, at, legacy, out.malformed)});
  }
  return out;
}

parameter_text find_parameter(const structured_field& field, std::string_view name) {
  parameter_text out;
  std::optional<header_text> plain;
  std::map<int, section> sections;  // the encoded form, "name*" is section 0
  for (const auto& parameter : field.parameters) {
    std::string_view rest = parameter.name;
    if (!rest.starts_with(name)) continue;
    rest.remove_prefix(name.size());
    if (!rest.empty() && rest[0] != '*') continue;
    const auto found = parse_marks(rest);
    if (!found) {
      out.defect("parameter with a wrong section number");
    } else if (rest.empty()) {
      if (plain) {
        out.defect("parameter given twice");
      } else {
        plain = decode_words(parameter.value);
      }
    } else if (!sections.emplace(std::max(found->section, 0), section{&parameter.value, found->encoded}).second) {
      out.defect("parameter given twice");
    }
  }
  out.found = plain.has_value() || !sections.empty();
  if (!sections.empty()) {
    read_sections(sections, out);
    if (plain && plain->text != out.text) out.defect("parameter with two different values");
  } else if (plain) {
    out.text = std::move(plain->text);
    for (const auto& what : plain->defects) out.defect(what);
  }
  return out;
}

}  // namespace intake
