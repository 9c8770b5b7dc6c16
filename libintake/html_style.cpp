#include "html_style.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "limits.hpp"
#include "mime_field.hpp"

namespace intake::html {
namespace {

constexpr auto npos = std::string_view::npos;

struct length {
  double number = 0;
  std::string_view unit;
};

std::optional<length> parse_length(std::string_view text) {
  text = trim_blanks(text);
  if (text.starts_with('+')) text.remove_prefix(1);
  length out;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out.number);
  if (error != std::errc() || !std::isfinite(out.number)) return std::nullopt;
  out.unit = trim_blanks(text.substr(static_cast<std::size_t>(end - text.data())));
  return out;
}

/// Rough size in pixels; percentages and em of a 16 px font.
double pixels(const length& l) {
  if (l.unit == "pt") return l.number * 4 / 3;
  if (l.unit == "em" || l.unit == "rem" || l.unit == "ex") return l.number * 16;
  if (l.unit == "in") return l.number * 96;
  if (l.unit == "cm") return l.number * 38;
  if (l.unit == "mm") return l.number * 3.8;
  if (l.unit == "%" || l.unit == "vw" || l.unit == "vh") return l.number * 10;
  return l.number;
}

bool far_off(std::string_view value) {
  const auto l = parse_length(value);
  return l && std::abs(pixels(*l)) >= 500;
}

bool tiny(std::string_view value) {
  const auto l = parse_length(value);
  return l && pixels(*l) <= 1;
}

void set_font_size(std::string_view value, declarations& out) {
  const auto l = parse_length(value);
  if (!l) return;
  if (l->unit == "em" || l->unit == "%") {
    out.font_scale = l->unit == "%" ? l->number / 100 : l->number;
  } else {
    out.font_pixels = pixels(*l);
  }
}

/// "font: italic 0/0 serif": the first word that is a length.
void set_font(std::string_view value, declarations& out) {
  for (std::size_t at = 0; at < value.size();) {
    const auto end = std::min(value.find(' ', at), value.size());
    auto word = value.substr(at, end - at);
    word = word.substr(0, word.find('/'));
    const auto l = parse_length(word);
    if (l && (l->number == 0 || !l->unit.empty())) return set_font_size(word, out);
    at = end + 1;
  }
}

void declare(std::string_view name, std::string_view value, declarations& out) {
  if (name == "display") {
    out.display_none = value == "none";
  } else if (name == "visibility") {
    out.invisible = value == "hidden" || value == "collapse";
  } else if (name == "mso-hide") {
    if (value == "all") out.display_none = true;
  } else if (name == "opacity") {
    const auto l = parse_length(value);
    if (l) out.transparent = l->number <= (l->unit == "%" ? 5 : 0.05);
  } else if (name == "font-size") {
    set_font_size(value, out);
  } else if (name == "font") {
    set_font(value, out);
  } else if (name == "color" || name == "-webkit-text-fill-color") {
    if (may_be_invisible(value)) {
      out.transparent = true;
    } else if (const auto c = parse_colour(value)) {
      out.foreground = c;
    }
  } else if (name == "background-color" || name == "background" || name == "background-image") {
    auto behind = parse_backdrop(value);
    if (behind.plain) out.background = behind.plain;
    if (name != "background-color" || behind.painted()) out.over = std::move(behind);
  } else if (name == "left" || name == "top" || name == "right" || name == "bottom" || name == "text-indent" ||
             name == "margin-left" || name == "margin-top" || name == "margin") {
    if (far_off(value) &&
        (value.starts_with('-') || name == "right" || name == "bottom" || name == "left" || name == "top"))
      out.off_screen = true;
  } else if (name == "width" || name == "height" || name == "max-width" || name == "max-height" ||
             name == "line-height") {
    if (tiny(value)) out.empty_box = true;
  } else if (name == "overflow" || name == "overflow-x" || name == "overflow-y") {
    out.overflow_hidden = value == "hidden" || value == "clip";
  } else if (name == "clip" || name == "clip-path") {
    if (value.starts_with("rect(0") || value.starts_with("rect(1px") || value.starts_with("inset(50") ||
        value.starts_with("inset(100") || value.starts_with("circle(0") || value.starts_with("polygon(0 0"))
      out.clipped = true;
  } else if (name == "unicode-bidi") {
    out.reordered = value.ends_with("-override");
  } else if (name == "transform") {
    if (value.find("scale(0") != npos || value.find("translate(-") != npos || value.find("translatex(-") != npos)
      out.clipped = true;
  }
}

/// "\6e" is n, "\n" too. What would change the structure, were it not escaped, becomes "_".
void append_escaped(std::string_view text, std::size_t& at, std::string& out) {
  unsigned value = 0;
  const auto digits = text.substr(at + 1, 6);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (error == std::errc()) {
    at += 1 + static_cast<std::size_t>(end - digits.data());
    if (at < text.size() && (text[at] == ' ' || text[at] == '\n' || text[at] == '\t')) ++at;
  } else {
    value = at + 1 < text.size() ? static_cast<unsigned char>(text[at + 1]) : 0;
    at += 2;
  }
  const bool plain =
      value > 0x20 && value < 0x7F && std::string_view("{};:/*\"'()@\\").find(static_cast<char>(value)) == npos;
  out.push_back(plain ? static_cast<char>(value) : '_');
}

/// Without comments and escapes: both are known ways to break up words.
std::string without_disguise(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    if (text.substr(at).starts_with("/*")) {
      const auto close = text.find("*/", at + 2);
      at = close == npos ? text.size() : close + 2;
    } else if (text[at] == '\\') {
      append_escaped(text, at, out);
    } else {
      out.push_back(text[at++]);
    }
  }
  return out;
}

std::string plain_css(std::string_view text) {
  return ascii_lower(without_disguise(text));
}

/// Calls `visit(name, value)` for each declaration of plain CSS.
template <typename Visit>
void each_declaration(std::string_view css, Visit visit) {
  for (std::size_t at = 0; at < css.size();) {
    const auto end = std::min(css.find(';', at), css.size());
    const auto declaration = css.substr(at, end - at);
    const auto colon = declaration.find(':');
    if (colon != npos) {
      auto value = declaration.substr(colon + 1);
      value = trim_blanks(value.substr(0, value.find('!')));  // "!important" changes no value
      visit(trim_blanks(declaration.substr(0, colon)), value);
    }
    at = end + 1;
  }
}

/// Key of the last simple selector: its id, else its first class, else its tag.
std::string selector_key(std::string_view selector) {
  selector = trim_blanks(selector);
  const auto blank = selector.find_last_of(" \t\n\r>+~");
  if (blank != npos) selector.remove_prefix(blank + 1);
  selector = selector.substr(0, selector.find('['));
  selector = selector.substr(0, selector.find(':'));
  const auto mark = std::min(selector.find('#'), selector.find('.'));
  if (mark == npos) return std::string(selector.empty() ? "*" : selector);
  const auto id = selector.find('#');
  const auto start = id != npos ? id : mark;
  return std::string(selector.substr(start, selector.find_first_of("#.", start + 1) - start));
}

}  // namespace

void declarations::override_with(const declarations& later) {
  const auto take = [](auto& mine, const auto& theirs) {
    if (theirs) mine = theirs;
  };
  take(display_none, later.display_none);
  take(invisible, later.invisible);
  take(transparent, later.transparent);
  take(off_screen, later.off_screen);
  take(clipped, later.clipped);
  take(reordered, later.reordered);
  take(empty_box, later.empty_box);
  take(overflow_hidden, later.overflow_hidden);
  take(font_pixels, later.font_pixels);
  take(font_scale, later.font_scale);
  take(foreground, later.foreground);
  take(background, later.background);
  take(over, later.over);
}

std::vector<std::string> css_links(std::string_view css) {
  // Backslashes do not belong into a link, so that escapes in one need not be right, only found.
  const auto text = without_disguise(css);
  const auto lower = ascii_lower(text);
  std::vector<std::string> found;
  const auto take = [&](std::size_t at, std::string_view ends) {
    at = std::min(text.find_first_not_of(" \t\r\n\"'", at), text.size());
    const auto end = std::min(text.find_first_of(ends, at), text.size());
    if (end != at && found.size() <= limits::mail_links) found.push_back(text.substr(at, end - at));
    return end;
  };
  for (auto at = lower.find("url("); at != npos; at = lower.find("url(", at)) at = take(at + 4, "\"') \t\r\n");
  for (auto at = lower.find("@import"); at != npos; at = lower.find("@import", at)) {
    at += 7;
    const auto word = lower.find_first_not_of(" \t\r\n", at);
    if (word != npos && (lower[word] == '"' || lower[word] == '\'')) at = take(word, "\"';\r\n");
  }
  return found;
}

declarations parse_declarations(std::string_view text) {
  declarations out;
  const auto css = plain_css(text);
  each_declaration(css, [&](std::string_view name, std::string_view value) { declare(name, value, out); });
  return out;
}

void style_sheet::add(std::string_view text) {
  const auto css = plain_css(text);
  // Braces of media queries are passed over: the rules inside them count as any other.
  std::size_t start = 0;
  for (std::size_t at = css.find_first_of("{};"); at != npos; at = css.find_first_of("{};", at)) {
    if (css[at] != '{' || trim_blanks(std::string_view(css).substr(start, at - start)).starts_with("@media")) {
      start = ++at;
      continue;
    }
    const auto end = std::min(css.find('}', at), css.size());
    add_rule(std::string_view(css).substr(start, at - start), std::string_view(css).substr(at + 1, end - at - 1));
    start = at = std::min(end + 1, css.size());
  }
}

void style_sheet::add_rule(std::string_view selectors, std::string_view body) {
  const auto declared = parse_declarations(body);
  each_declaration(body, [&](std::string_view name, std::string_view value) {
    if (name == "content" && value.size() > 4 && value.find("counter") == npos && generated_.size() < 1000)
      generated_ += std::string(value.substr(0, 200)) + " ";
  });
  constexpr std::size_t most_rules = 10000;
  for (std::size_t at = 0; at <= selectors.size() && rules_.size() < most_rules;) {
    const auto end = std::min(selectors.find(',', at), selectors.size());
    const auto selector = selectors.substr(at, end - at);
    // Pseudo-elements are not the element.
    if (selector.find("::") == npos && selector.find(":before") == npos && selector.find(":after") == npos)
      rules_[selector_key(selector)].override_with(declared);
    at = end + 1;
  }
}

declarations style_sheet::match(const std::string& tag, std::string_view id, std::string_view classes) const {
  declarations out;
  if (rules_.empty()) return out;
  const auto apply = [&](const std::string& key) {
    if (const auto found = rules_.find(key); found != rules_.end()) out.override_with(found->second);
  };
  apply("*");
  apply(tag);
  const auto lower = ascii_lower(classes);
  for (std::size_t at = 0; at < lower.size();) {
    const auto end = std::min(lower.find_first_of(" \t\r\n", at), lower.size());
    if (end != at) apply("." + lower.substr(at, end - at));
    at = end + 1;
  }
  if (!id.empty()) apply("#" + ascii_lower(id));
  return out;
}

}  // namespace intake::html
