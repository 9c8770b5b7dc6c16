#include "html_tokens.hpp"

#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "mime_field.hpp"

namespace intake::html {
namespace {

constexpr auto npos = std::string_view::npos;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

/// Elements whose content is text up to their end tag, whatever it looks like.
bool holds_raw_text(std::string_view name) {
  for (const auto* raw : {"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
    if (name == raw) return true;
  return false;
}

struct entity {
  std::string_view name, text;
};

// The entities of HTML 4 that occur in mail; what is not here stays as written, which hides nothing.
constexpr std::array entities = {
    entity{"amp", "&"},        entity{"lt", "<"},
    entity{"gt", ">"},         entity{"quot", "\""},
    entity{"apos", "'"},       entity{"nbsp", "\u00A0"},
    entity{"copy", "\u00A9"},  entity{"reg", "\u00AE"},
    entity{"trade", "\u2122"}, entity{"hellip", "\u2026"},
    entity{"ndash", "\u2013"}, entity{"mdash", "\u2014"},
    entity{"lsquo", "\u2018"}, entity{"rsquo", "\u2019"},
    entity{"ldquo", "\u201C"}, entity{"rdquo", "\u201D"},
    entity{"laquo", "\u00AB"}, entity{"raquo", "\u00BB"},
    entity{"bull", "\u2022"},  entity{"middot", "\u00B7"},
    entity{"sect", "\u00A7"},  entity{"para", "\u00B6"},
    entity{"yen", "\u00A5"},   entity{"euro", "\u20AC"},
    entity{"times", "\u00D7"}, entity{"divide", "\u00F7"},
    entity{"deg", "\u00B0"},   entity{"plusmn", "\u00B1"},
    entity{"larr", "\u2190"},  entity{"uarr", "\u2191"},
    entity{"rarr", "\u2192"},  entity{"darr", "\u2193"},
    entity{"shy", "\u00AD"},   entity{"zwnj", "\u200C"},
    entity{"zwj", "\u200D"},   entity{"lrm", "\u200E"},
    entity{"rlm", "\u200F"},   entity{"ensp", "\u2002"},
    entity{"emsp", "\u2003"},  entity{"thinsp", "\u2009"},
    entity{"colon", ":"},      entity{"period", "."},
    entity{"sol", "/"},        entity{"commat", "@"},
    entity{"num", "#"},        entity{"lpar", "("},
    entity{"rpar", ")"},       entity{"Tab", "\t"},
    entity{"NewLine", "\n"},   entity{"ZeroWidthSpace", "\u200B"},
    entity{"lowbar", "_"},     entity{"hyphen", "\u2010"},
};

void append_point(std::uint32_t point, std::string& out) {
  // Browsers read 80–9F as Windows-1252 (section 13.2.5.80).
  constexpr std::array<char16_t, 32> windows = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
  if (point >= 0x80 && point < 0xA0) point = windows[point - 0x80];
  if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) point = 0xFFFD;
  std::array<char, 4> bytes{};
  std::int32_t size = 0;
  U8_APPEND_UNSAFE(bytes.data(), size, point);
  out.append(bytes.data(), static_cast<std::size_t>(size));
}

/// "&#…" at `at`; moves behind it. False when it is none.
bool numeric_entity(std::string_view text, std::size_t& at, std::string& out) {
  auto i = at + 2;
  const bool hex = i < text.size() && (text[i] | 0x20) == 'x';
  if (hex) ++i;
  const auto start = i;
  std::uint32_t point = 0;
  for (; i < text.size(); ++i) {
    const char c = text[i];
    const char low = static_cast<char>(c | 0x20);
    std::uint32_t digit = 0;
    if (c >= '0' && c <= '9') {
      digit = static_cast<std::uint32_t>(c - '0');
    } else if (hex && low >= 'a' && low <= 'f') {
      digit = static_cast<std::uint32_t>(low - 'a' + 10);
    } else {
      break;
    }
    point = std::min<std::uint32_t>(point * (hex ? 16 : 10) + digit, 0x110000);
  }
  if (i == start) return false;
  append_point(point, out);
  at = i < text.size() && text[i] == ';' ? i + 1 : i;
  return true;
}

bool named_entity(std::string_view text, std::size_t& at, std::string& out) {
  const auto rest = text.substr(at + 1, 16);
  const auto size = static_cast<std::size_t>(
      std::find_if_not(rest.begin(), rest.end(), [](char c) { return is_letter(c); }) - rest.begin());
  const auto name = rest.substr(0, size);
  for (const auto& known : entities) {
    if (known.name != name) continue;
    out += known.text;
    at += 1 + size;
    if (at < text.size() && text[at] == ';') ++at;
    return true;
  }
  return false;
}

}  // namespace

std::string resolve_entities(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto next = std::min(text.find('&', at), text.size());
    out.append(text.substr(at, next - at));
    at = next;
    if (at == text.size()) break;
    const bool numeric = text.substr(at).starts_with("&#");
    if (numeric ? numeric_entity(text, at, out) : named_entity(text, at, out)) continue;
    out.push_back('&');
    ++at;
  }
  return out;
}

const std::string* token::attribute(std::string_view key) const {
  for (const auto& [name_of, value] : attributes)
    if (name_of == key) return &value;
  return nullptr;
}

token tokenizer::next() {
  if (!raw_until_.empty()) {
    const auto start = at_;
    const auto wanted = std::exchange(raw_until_, {});
    for (at_ = html_.find("</", at_); at_ != npos; at_ = html_.find("</", at_ + 2)) {
      const auto name = html_.substr(at_ + 2, wanted.size());
      const auto behind = at_ + 2 + wanted.size();
      const bool ends =
          behind >= html_.size() || is_space(html_[behind]) || html_[behind] == '>' || html_[behind] == '/';
      if (ends && ascii_lower(name) == wanted) break;
    }
    at_ = std::min(at_, html_.size());
    if (at_ != start) return {.kind = token::kind::text, .text = html_.substr(start, at_ - start), .raw_text = true};
  }
  if (at_ >= html_.size()) return {};
  if (html_[at_] == '<' && at_ + 1 < html_.size()) {
    const char c = html_[at_ + 1];
    if (is_letter(c)) return tag(false);
    if (c == '/' && at_ + 2 < html_.size() && is_letter(html_[at_ + 2])) return tag(true);
    if (c == '!' || c == '?' || c == '/') return comment();
  }
  const auto start = at_;
  at_ = std::min(html_.find('<', at_ + 1), html_.size());
  return {.kind = token::kind::text, .text = html_.substr(start, at_ - start)};
}

token tokenizer::comment() {
  token out{.kind = token::kind::comment};
  const auto rest = html_.substr(at_);
  if (!rest.starts_with("<!--")) {  // <!doctype>, <![if]>, <?xml>, </>: up to the next ">"
    const auto end = rest.find('>');
    at_ = end == npos ? html_.size() : at_ + end + 1;
    if (end == npos) return {.kind = token::kind::unfinished, .text = rest};
    return out;
  }
  if (rest.starts_with("<!-->") || rest.starts_with("<!--->")) {
    at_ += rest[4] == '>' ? 5 : 6;
    return out;
  }
  for (auto end = rest.find("--", 4); end != npos; end = rest.find("--", end + 1)) {
    const bool short_end = rest.substr(end + 2).starts_with(">");
    if (!short_end && !rest.substr(end + 2).starts_with("!>")) continue;
    out.text = rest.substr(4, end - 4);
    at_ += end + (short_end ? 3 : 4);
    return out;
  }
  at_ = html_.size();
  return {.kind = token::kind::unfinished, .text = rest};
}

token tokenizer::tag(bool end) {
  const auto start = at_;
  const auto unfinished = [&] {
    at_ = html_.size();
    return token{.kind = token::kind::unfinished, .text = html_.substr(start)};
  };
  token out{.kind = end ? token::kind::end_tag : token::kind::start_tag};
  at_ += end ? 2 : 1;
  const auto name_start = at_;
  while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>' && html_[at_] != '/') ++at_;
  out.name = ascii_lower(html_.substr(name_start, at_ - name_start));
  for (;;) {
    while (at_ < html_.size() && (is_space(html_[at_]) || html_[at_] == '/')) ++at_;
    if (at_ >= html_.size()) return unfinished();
    if (html_[at_] == '>') break;
    const auto key_start = at_++;
    while (at_ < html_.size() && !is_space(html_[at_]) && std::string_view("=>/").find(html_[at_]) == npos) ++at_;
    auto key = ascii_lower(html_.substr(key_start, at_ - key_start));
    while (at_ < html_.size() && is_space(html_[at_])) ++at_;
    std::string_view value;
    if (at_ < html_.size() && html_[at_] == '=') {
      ++at_;
      while (at_ < html_.size() && is_space(html_[at_])) ++at_;
      if (at_ >= html_.size()) return unfinished();
      const char quote = html_[at_];
      if (quote == '"' || quote == '\'') {
        const auto close = html_.find(quote, at_ + 1);
        if (close == npos) return unfinished();
        value = html_.substr(at_ + 1, close - at_ - 1);
        at_ = close + 1;
      } else {
        const auto value_start = at_;
        while (at_ < html_.size() && !is_space(html_[at_]) && html_[at_] != '>') ++at_;
        value = html_.substr(value_start, at_ - value_start);
      }
    }
    constexpr std::size_t most_attributes = 64;
    if (out.attributes.size() < most_attributes)
      out.attributes.emplace_back(std::move(key), resolve_entities(value));
    else
      out.more_attributes = true;
  }
  ++at_;
  if (!end && holds_raw_text(out.name)) raw_until_ = out.name;
  return out;
}

}  // namespace intake::html
