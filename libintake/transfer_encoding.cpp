#include "transfer_encoding.hpp"

#include <algorithm>
#include <optional>

#include "base64.hpp"
#include "limits.hpp"

namespace intake::transfer {
namespace {

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return std::nullopt;
}

/// "=XX" at `at`, or nullopt.
std::optional<char> hex_escape(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  const auto high = hex_digit(text[at + 1]);
  const auto low = hex_digit(text[at + 2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

/// Line at `at` with its end; moves `at` behind it.
std::string_view take_line(std::string_view text, std::size_t& at) {
  const auto end = text.find('\n', at);
  const auto next = end == std::string_view::npos ? text.size() : end + 1;
  const auto line = text.substr(at, next - at);
  at = next;
  return line;
}

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view trimmed(std::string_view line) {
  const auto end = line.find_last_not_of(" \t");
  return end == std::string_view::npos ? std::string_view() : line.substr(0, end + 1);
}

/// One line of uuencoded data; false when it is none.
bool append_uu_line(std::string_view line, std::string& out) {
  if (line.empty()) return false;
  const auto value = [](char c) { return (static_cast<unsigned char>(c) - 0x20) & 0x3F; };
  const auto in_range = [](char c) { return c >= 0x20 && c <= 0x60; };
  if (!in_range(line[0])) return false;
  const auto length = static_cast<std::size_t>(value(line[0]));
  const auto digits = (length + 2) / 3 * 4;
  line.remove_prefix(1);
  if (line.size() > digits + 2) return false;  // some encoders add a check character
  if (!std::all_of(line.begin(), line.end(), in_range)) return false;
  const auto at = [&](std::size_t i) { return i < line.size() ? value(line[i]) : 0; };  // trailing blanks may be cut
  const auto before = out.size();
  for (std::size_t i = 0; i < digits; i += 4) {
    const int group = at(i) << 18 | at(i + 1) << 12 | at(i + 2) << 6 | at(i + 3);
    out.push_back(static_cast<char>(group >> 16 & 0xFF));
    out.push_back(static_cast<char>(group >> 8 & 0xFF));
    out.push_back(static_cast<char>(group & 0xFF));
  }
  out.resize(before + length);
  return true;
}

/// Name of a "begin MODE NAME" line, or nullopt.
std::optional<std::string_view> uu_begin(std::string_view line) {
  line = trimmed(without_line_end(line));
  if (!line.starts_with("begin ")) return std::nullopt;
  line.remove_prefix(6);
  const auto mode = line.find_first_not_of("01234567");
  if (mode == std::string_view::npos || mode < 3 || mode > 4 || line[mode] != ' ') return std::nullopt;
  const auto name = line.find_first_not_of(' ', mode);
  if (name == std::string_view::npos) return std::nullopt;
  return line.substr(name);
}

/// Data lines after "begin" up to "end"; moves `at` behind what was read.
decoded uu_data(std::string_view text, std::size_t& at) {
  decoded out;
  while (at < text.size()) {
    auto next = at;
    const auto line = without_line_end(take_line(text, next));
    if (trimmed(line) == "end") {
      at = next;
      return out;
    }
    if (line.empty()) {  // an empty line stands for the last, zero-length one
      at = next;
      continue;
    }
    if (!append_uu_line(line, out.bytes)) break;
    at = next;
  }
  out.damage = "uuencoded data does not end";
  return out;
}

}  // namespace

decoded quoted_printable(std::string_view text) {
  decoded out;
  out.bytes.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto line = take_line(text, at);
    const auto content = without_line_end(line);
    const auto body = trimmed(content);  // blanks at the end of a line were added on the way (rule 3)
    bool soft_break = false;
    for (std::size_t i = 0; i < body.size();) {
      const auto equals = std::min(body.find('=', i), body.size());
      out.bytes.append(body.substr(i, equals - i));
      i = equals;
      if (i == body.size()) break;
      if (i + 1 == body.size()) {
        soft_break = true;
        break;
      }
      if (const auto c = hex_escape(body, i)) {
        out.bytes.push_back(*c);
        i += 3;
      } else {
        out.damage = "quoted-printable with a stray \"=\"";
        out.bytes.push_back('=');
        ++i;
      }
    }
    if (!soft_break) out.bytes.append(line.substr(content.size()));
  }
  return out;
}

decoded q_word(std::string_view text) {
  decoded out;
  out.bytes.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out.bytes.push_back(' ');
    } else if (text[i] != '=') {
      out.bytes.push_back(text[i]);
    } else if (const auto c = hex_escape(text, i)) {
      out.bytes.push_back(*c);
      i += 2;
    } else {
      out.damage = "encoded word with a stray \"=\"";
      out.bytes.push_back('=');
    }
  }
  return out;
}

uu_text split_uuencoded(std::string_view body) {
  uu_text out;
  for (std::size_t at = 0; at < body.size();) {
    const auto line = take_line(body, at);
    const auto name = uu_begin(line);
    if (!name) {
      out.text.append(line);
      continue;
    }
    // Prose may begin a line so; data must follow at once.
    std::string probe;
    auto after = at;
    const auto first = without_line_end(take_line(body, after));
    if (trimmed(first) != "end" && !append_uu_line(first, probe)) {
      out.text.append(line);
      continue;
    }
    if (out.files.size() == limits::mime_parts) {
      out.too_many = true;
      out.text.append(line);
      continue;
    }
    uu_file file{.name = std::string(*name), .content = uu_data(body, at)};
    out.files.push_back(std::move(file));
  }
  return out;
}

decoded decode(std::string_view body, std::string_view encoding) {
  if (encoding == "base64") {
    auto result = base64::decode_mime(body);
    return {.bytes = std::move(result.bytes), .damage = result.damaged ? "damaged base64" : ""};
  }
  if (encoding == "quoted-printable") return quoted_printable(body);
  if (encoding == "x-uuencode" || encoding == "uuencode" || encoding == "x-uue") {
    auto split = split_uuencoded(body);
    if (split.files.size() == 1 && trimmed(without_line_end(split.text)).empty())
      return std::move(split.files[0].content);
    return {.bytes = std::string(body), .damage = "no single uuencoded file"};
  }
  decoded out{.bytes = std::string(body)};
  if (!encoding.empty() && encoding != "7bit" && encoding != "8bit" && encoding != "binary")
    out.damage = "unknown transfer encoding";
  return out;
}

}  // namespace intake::transfer
