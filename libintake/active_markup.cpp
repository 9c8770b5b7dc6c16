// HTML and SVG that arrive as files: what runs in them, or is loaded by them.
#include <algorithm>
#include <array>

#include "active_search.hpp"
#include "html_tokens.hpp"
#include "texttype.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

// Elements that run or load something by themselves, without their prefix; a form asks for what is typed into it.
constexpr std::array elements = {"script"sv, "iframe"sv,        "frame"sv,   "object"sv, "embed"sv,
                                 "applet"sv, "foreignobject"sv, "handler"sv, "form"sv,   "base"sv};

// A browser leaves white space and control characters out of a scheme.
bool runs(std::string_view value) {
  std::string target = lower_ascii(value.substr(0, 64 * limits::kib));
  std::erase_if(target, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  constexpr std::array schemes = {"javascript:"sv, "vbscript:"sv, "data:text/html"sv, "data:application/xhtml"sv};
  return std::any_of(schemes.begin(), schemes.end(), [&](auto scheme) { return target.starts_with(scheme); });
}

// What a tag does, in the words of a detail; empty: nothing. `name` has no prefix.
std::string act_of(std::string_view name, const html::token& tag) {
  if (name.starts_with("hta:")) return "<hta:";
  const auto known = std::find(elements.begin(), elements.end(), name.substr(name.rfind(':') + 1));
  if (known != elements.end()) return '<' + std::string(*known);
  if (name == "meta" && tag.attribute("http-equiv") && lower_ascii(*tag.attribute("http-equiv")) == "refresh")
    return "<meta";
  for (const auto& [key, value] : tag.attributes) {
    if (runs(value)) return "javascript:";
    // SVG's animations may set a handler or a link.
    if (key == "attributename" && (lower_ascii(value).starts_with("on") || lower_ascii(value).ends_with("href")))
      return '<' + std::string(name);
  }
  return {};
}

bool has_event(const html::token& tag) {
  return std::any_of(tag.attributes.begin(), tag.attributes.end(), [](const auto& one) {
    const auto& key = one.first;
    return key.size() > 2 && key.starts_with("on") &&
           std::all_of(key.begin() + 2, key.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  });
}

}  // namespace

void search_markup(active_search& search, std::string_view bytes, const std::string& where) {
  const std::string text = text_of(search, bytes, where);
  const std::string lower = lower_ascii(text);
  const std::string root = root_element(lower);
  // An office document as one XML text: read as such, in any encoding that expat takes.
  if (root != "html" && root != "svg" && lower.substr(0, 16).find("<?xml") != std::string::npos)
    return search_flat(search, bytes, where);
  html::tokenizer tokens(text);
  for (auto tag = tokens.next(); tag.kind != html::token::kind::end_of_file; tag = tokens.next()) {
    if (tag.kind != html::token::kind::start_tag) continue;
    if (const auto act = act_of(tag.name, tag); !act.empty())
      search.add("attachment.unexpected", "script", "mark-up with " + act, where);
    if (tag.more_attributes) search.cut("scan.limit", "a tag with too many attributes", where);
    if (has_event(tag)) search.add("attachment.unexpected", "script", "mark-up with event handlers", where);
  }
  // In comments that only some browsers read, in tags that do not end, in the address of a style.
  for (const std::string_view mark : {"<script"sv, "javascript:"sv, "vbscript:"sv})
    if (lower.find(mark) != std::string::npos)
      search.add("attachment.unexpected", "script", "mark-up with " + std::string(mark), where);
}

}  // namespace intake
