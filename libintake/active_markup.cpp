// HTML and SVG that arrive as files: what runs in them, or is loaded by them.
#include <algorithm>
#include <array>

#include "active_search.hpp"
#include "html_tokens.hpp"
#include "texttype.hpp"
#include "xml_events.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

// Elements that run or load something by themselves, without their prefix; a form asks for what is typed into it.
constexpr std::array elements = {"script"sv, "iframe"sv,        "frame"sv,   "object"sv, "embed"sv,
                                 "applet"sv, "foreignobject"sv, "handler"sv, "form"sv,   "base"sv};

constexpr std::array running = {"javascript:"sv, "vbscript:"sv, "data:text/html"sv, "data:application/xhtml"sv};

class markup_reader final : public xml_events {
 public:
  markup_reader(active_search& search, const std::string& where) : search_(search), where_(where) {}

  /// As browsers read HTML.
  void tags(std::string_view text) {
    html::tokenizer tokens(text);
    for (auto tag = tokens.next(); tag.kind != html::token::kind::end_of_file; tag = tokens.next()) {
      if (tag.kind != html::token::kind::start_tag) continue;
      if (tag.more_attributes) search_.cut("scan.limit", "a tag with too many attributes", where_);
      element(tag.name);
      for (const auto& [name, value] : tag.attributes) attribute(tag.name, name, value);
      if (const auto* const what = tag.attribute("http-equiv")) refresh(*what);
    }
  }
  /// As they read XML, in which a style or a title may hold elements too. Names come without their prefix.
  void start(std::string_view name, const attributes& all) override {
    element(lower_ascii(name));
    for (const auto& one : all) attribute(name, lower_ascii(one.name), one.value);
    refresh(get(all, "http-equiv"));
  }

 private:
  void tell(const std::string& what) { search_.add("attachment.unexpected", "script", "mark-up with " + what, where_); }

  void element(std::string_view name) {
    if (name.starts_with("hta:")) tell("<hta:");
    const auto known = std::find(elements.begin(), elements.end(), name.substr(name.rfind(':') + 1));
    if (known != elements.end()) tell('<' + std::string(*known));
  }
  void attribute(std::string_view of, std::string_view name, std::string_view value) {
    if (begins_with_any(value, running)) tell("javascript:");
    // SVG's animations may set a handler or a link.
    const std::string set = name == "attributename" ? lower_ascii(value) : std::string();
    if (set.starts_with("on") || set.ends_with("href")) tell('<' + std::string(of));
    if (name.size() > 2 && name.starts_with("on") &&
        std::all_of(name.begin() + 2, name.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
      tell("event handlers");
  }
  void refresh(std::string_view what) {
    if (lower_ascii(what) == "refresh") tell("<meta");
  }

  active_search& search_;
  const std::string& where_;
};

}  // namespace

void search_markup(active_search& search, std::string_view bytes, const std::string& where) {
  const std::string text = text_of(search, bytes, where);
  const std::string lower = lower_ascii(text);
  const std::string root = root_element(lower);
  // An office document as one XML text: read as such, in any encoding that expat takes.
  if (root != "html" && root != "svg" && lower.substr(0, 16).find("<?xml") != std::string::npos)
    return search_flat(search, bytes, where);
  markup_reader reader(search, where);
  reader.tags(text);
  (void)reader.read(bytes);
  // In comments that only some browsers read, in tags that do not end, in the address of a style.
  for (const std::string_view mark : {"<script"sv, "javascript:"sv, "vbscript:"sv})
    if (lower.find(mark) != std::string::npos)
      search.add("attachment.unexpected", "script", "mark-up with " + std::string(mark), where);
}

}  // namespace intake
