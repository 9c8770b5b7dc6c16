#include "json.hpp"

#include <fmt/format.h>

#include "base64.hpp"

namespace intake::json {
namespace {

/// Length of the well-formed UTF-8 sequence (RFC 3629) at the front of `text`, 0 if there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto tail = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xbf) {
    return i < text.size() && at(i) >= low && at(i) <= high;
  };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead <= 0xdf) return tail(1) ? 2 : 0;
  if (lead >= 0xe0 && lead <= 0xef) {
    const unsigned low = lead == 0xe0 ? 0xa0 : 0x80, high = lead == 0xed ? 0x9f : 0xbf;  // no overlong, no surrogate
    return tail(1, low, high) && tail(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const unsigned low = lead == 0xf0 ? 0x90 : 0x80, high = lead == 0xf4 ? 0x8f : 0xbf;
    return tail(1, low, high) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void quote(std::string& out, std::string_view text) {
  out += '"';
  std::size_t plain = 0;  // start of the bytes that can be copied as they are
  for (std::size_t i = 0; i < text.size();) {
    const auto c = static_cast<unsigned char>(text[i]);
    std::size_t length = 1;
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != 0x7f) {
      ++i;
      continue;
    }
    if (c >= 0x80 && (length = sequence_length(text.substr(i, 4))) != 0) {
      i += length;
      continue;
    }
    out.append(text, plain, i - plain);
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c < 0x80)
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        else
          out += "\xef\xbf\xbd";  // U+FFFD
    }
    plain = ++i;
  }
  out.append(text, plain);
  out += '"';
}

std::string quoted(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  quote(out, text);
  return out;
}

void writer::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

writer& writer::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

writer& writer::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

writer& writer::key(std::string_view name) {
  separate();
  quote(out_, name);
  out_ += ':';
  first_ = true;  // the value that follows takes no comma
  return *this;
}

writer& writer::string(std::string_view text) {
  separate();
  quote(out_, text);
  return *this;
}

writer& writer::number(std::int64_t value) {
  return raw(std::to_string(value));
}

writer& writer::real(double value) {
  return raw(fmt::format("{}", value));
}

writer& writer::boolean(bool value) {
  return raw(value ? "true" : "false");
}

writer& writer::raw(std::string_view text) {
  separate();
  out_ += text;
  return *this;
}

writer& writer::base64(std::string_view bytes) {
  separate();
  out_ += '"';
  intake::base64::encode(out_, bytes);
  out_ += '"';
  return *this;
}

writer& writer::base64_later(std::string bytes) {
  constexpr std::size_t large = 64 * 1024;
  if (bytes.size() < large) return base64(bytes);
  separate();
  out_ += '"';
  large_.push_back({out_.size(), std::move(bytes)});
  out_ += '"';
  return *this;
}

json::text writer::take_text() {
  json::text taken(std::move(out_));
  taken.large = std::move(large_);
  return taken;
}

}  // namespace intake::json
