// HTML, SVG and other XML that arrive as files: script in them.
#include <array>

#include "active_search.hpp"
#include "texttype.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

// "<svg onload=", "<img onerror =": an attribute whose name begins with "on" inside a tag. Each byte is met once.
bool has_event(std::string_view lower) {
  bool inside = false;
  for (std::size_t at = 0; at < lower.size(); ++at) {
    if (lower[at] == '<') inside = true;
    if (lower[at] == '>') inside = false;
    if (!inside || !lower.substr(at).starts_with(" on")) continue;
    std::size_t end = at + 3;
    while (end < lower.size() && lower[end] >= 'a' && lower[end] <= 'z') ++end;
    const bool named = end > at + 3;
    while (end < lower.size() && (lower[end] == ' ' || lower[end] == '\t')) ++end;
    if (named && end < lower.size() && lower[end] == '=') return true;
    at = end - 2;  // the blank before the next name counts for it
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
    return search_flat(search, bytes, where);
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
