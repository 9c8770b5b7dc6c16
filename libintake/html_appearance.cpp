#include "html_appearance.hpp"

#include <algorithm>
#include <initializer_list>

namespace intake::html {
namespace {

bool one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Elements whose text no reader shows, and no reader misses.
bool is_machinery(std::string_view name) {
  return one_of(name, {"head", "title", "style", "script", "xml", "base", "meta", "link"});
}

/// Elements whose text a mail reader shows in place of something it does not do, or not at all.
bool is_fallback(std::string_view name) {
  return one_of(name, {"template", "noscript", "noembed", "noframes", "iframe", "object", "applet", "audio", "video",
                       "canvas", "datalist"});
}

}  // namespace

appearance derive(const appearance& parent, std::string_view name, const declarations& own, bool hidden_attribute) {
  appearance out = parent;
  if (own.foreground) out.foreground = *own.foreground;
  if (own.background) {
    out.background = *own.background;
    out.over = {};
  }
  if (own.over && own.over->painted()) out.over = *own.over;
  if (own.font_pixels) out.font_pixels = *own.font_pixels;
  if (own.font_scale) out.font_pixels = parent.font_pixels * *own.font_scale;
  if (own.invisible) out.invisible = *own.invisible;
  if (is_machinery(name)) out.machinery = true;
  if (one_of(name, {"pre", "textarea", "xmp", "plaintext"})) out.preformatted = true;
  const auto because = [&](bool reason, std::string_view words) {
    if (reason && out.hidden.empty()) out.hidden = words;
  };
  because(own.display_none.value_or(false), "display:none");
  because(hidden_attribute, "hidden attribute");
  because(own.transparent.value_or(false), "transparent");
  because(own.off_screen.value_or(false), "off the screen");
  because(own.clipped.value_or(false), "clipped away");
  because(own.empty_box.value_or(false) && own.overflow_hidden.value_or(false), "box without size");
  because(name == "bdo" || own.reordered.value_or(false), "shown in another order");
  because(is_fallback(name), "not shown by mail readers");
  return out;
}

std::string_view why_hidden(const appearance& how) {
  if (!how.hidden.empty()) return how.hidden;
  if (how.invisible) return "visibility:hidden";
  if (how.font_pixels < 2.5) return "font too small to read";
  const auto& stops = how.over.gradient;
  const auto same = [&](const colour& c) { return alike(how.foreground, c); };
  if (!stops.empty() && !how.over.picture && std::all_of(stops.begin(), stops.end(), same))
    return "text in the colour of its background";
  if (same(how.background)) return "text in the colour of its background";
  return {};
}

std::string_view why_doubtful(const appearance& how) {
  const auto& stops = how.over.gradient;
  if (how.over.picture) return "text on a picture, which may have its colour";
  if (std::any_of(stops.begin(), stops.end(), [&](const colour& c) { return alike(how.foreground, c); }))
    return "text on a gradient that runs through its colour";
  return {};
}

}  // namespace intake::html
