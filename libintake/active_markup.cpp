// HTML, SVG and other XML that arrive as files: script in them.
#include <array>

#include "active_search.hpp"
#include "texttype.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

// "<svg onload=", "<img onerror =": an attribute whose name begins with "on" inside a tag.
bool has_event(std::string_view lower) {
  for (auto at = lower.find(" on"); at != std::string_view::npos; at = lower.find(" on", at + 1)) {
    std::size_t end = at + 3;
    while (end < lower.size() && lower[end] >= 'a' && lower[end] <= 'z') ++end;
    if (end == at + 3) continue;
    while (end < lower.size() && (lower[end] == ' ' || lower[end] == '\t')) ++end;
    const auto tag = lower.rfind('<', at), closed = lower.rfind('>', at);
    const bool inside = tag != std::string_view::npos && (closed == std::string_view::npos || closed < tag);
    if (end < lower.size() && lower[end] == '=' && inside) return true;
  }
  return false;
}

}  // namespace

void search_markup(active_search& search, std::string_view bytes, const std::string& where) {
  const std::string text = narrowed(bytes, limits::active_part_bytes);
  std::string lower = lower_ascii(text);
  const std::string root = root_element(lower);
  // An office document as one XML text: read as such, in any encoding that expat takes.
  if (root != "html" && root != "svg" && lower.substr(0, 16).find("<?xml") != std::string::npos)
    return search_odf_text(search, bytes, where);
  for (char& c : lower)
    if (c == '\t' || c == '\r' || c == '\n' || c == '/' || c == '"' || c == '\'') c = ' ';
  constexpr std::array marks = {"<script"sv, "javascript:"sv, "vbscript:"sv, "<iframe"sv,       "<object"sv,
                                "<embed"sv,  "<applet"sv,     "<hta:"sv,     "<foreignobject"sv};
  for (const std::string_view mark : marks)
    if (lower.find(mark) != std::string::npos)
      return search.add("attachment.unexpected", "script", "mark-up with " + std::string(mark), where);
  if (has_event(lower)) search.add("attachment.unexpected", "script", "mark-up with event handlers", where);
}

}  // namespace intake
