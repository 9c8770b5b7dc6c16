#include "html_style.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

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
    if (value == "transparent") {
      out.transparent = true;
    } else if (const auto c = parse_colour(value)) {
      out.foreground = c;
    }
  } else if (name == "background-color" || name == "background") {
    if (const auto c = parse_colour(value.substr(0, name == "background" ? value.find(' ') : npos))) out.background = c;
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
  } else if (name == "transform") {
    if (value.find("scale(0") != npos || value.find("translate(-") != npos || value.find("translatex(-") != npos)
      out.clipped = true;
  }
}

/// Without comments, lower case: "/**/" is a known way to break up words.
std::string plain_css(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const auto open = std::min(text.find("/*", at), text.size());
    out.append(text.substr(at, open - at));
    if (open == text.size()) break;
    const auto close = text.find("*/", open + 2);
    at = close == npos ? text.size() : close + 2;
  }
  return ascii_lower(out);
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

bool alike(const colour& a, const colour& b) {
  return std::abs(a.red - b.red) + std::abs(a.green - b.green) + std::abs(a.blue - b.blue) < 48;
}

std::optional<colour> parse_colour(std::string_view raw) {
  const auto text = ascii_lower(trim_blanks(raw));
  using named = std::pair<std::string_view, colour>;
  constexpr std::array<named, 19> names = {named{"white", {255, 255, 255}},
                                           named{"black", {0, 0, 0}},
                                           named{"red", {255, 0, 0}},
                                           named{"blue", {0, 0, 255}},
                                           named{"green", {0, 128, 0}},
                                           named{"yellow", {255, 255, 0}},
                                           named{"gray", {128, 128, 128}},
                                           named{"grey", {128, 128, 128}},
                                           named{"silver", {192, 192, 192}},
                                           named{"navy", {0, 0, 128}},
                                           named{"snow", {255, 250, 250}},
                                           named{"ivory", {255, 255, 240}},
                                           named{"whitesmoke", {245, 245, 245}},
                                           named{"ghostwhite", {248, 248, 255}},
                                           named{"floralwhite", {255, 250, 240}},
                                           named{"azure", {240, 255, 255}},
                                           named{"mintcream", {245, 255, 250}},
                                           named{"window", {255, 255, 255}},
                                           named{"windowtext", {0, 0, 0}}};
  for (const auto& [name, value] : names)
    if (text == name) return value;
  const auto hex = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    const auto* end = text.data() + at + digits;
    return std::from_chars(text.data() + at, end, value, 16).ptr == end ? (digits == 1 ? value * 17 : value) : -1;
  };
  if (text.starts_with('#') || (text.size() == 6 && text.find_first_not_of("0123456789abcdef") == npos)) {
    const std::size_t skip = text[0] == '#' ? 1 : 0;
    const auto digits = text.size() - skip;
    if (digits != 3 && digits != 4 && digits != 6 && digits != 8) return std::nullopt;
    const std::size_t each = digits <= 4 ? 1 : 2;
    const colour out{hex(skip, each), hex(skip + each, each), hex(skip + 2 * each, each)};
    return out.red < 0 || out.green < 0 || out.blue < 0 ? std::nullopt : std::optional(out);
  }
  if (text.starts_with("rgba") && (text.ends_with(",0)") || text.ends_with(", 0)"))) return std::nullopt;
  if (text.starts_with("rgb")) {
    std::array<int, 3> parts{};
    auto at = text.find('(');
    for (auto& part : parts) {
      if (at == npos) return std::nullopt;
      at = text.find_first_of("0123456789", at);
      if (at == npos) return std::nullopt;
      const auto l = parse_length(std::string_view(text).substr(at, 3));
      part = std::clamp(l ? static_cast<int>(l->number) : 0, 0, 255);
      at = text.find_first_of(", /)", at);
    }
    return colour{parts[0], parts[1], parts[2]};
  }
  return std::nullopt;
}

void declarations::override_with(const declarations& over) {
  const auto take = [](auto& mine, const auto& theirs) {
    if (theirs) mine = theirs;
  };
  take(display_none, over.display_none);
  take(invisible, over.invisible);
  take(transparent, over.transparent);
  take(off_screen, over.off_screen);
  take(clipped, over.clipped);
  take(empty_box, over.empty_box);
  take(overflow_hidden, over.overflow_hidden);
  take(font_pixels, over.font_pixels);
  take(font_scale, over.font_scale);
  take(foreground, over.foreground);
  take(background, over.background);
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
