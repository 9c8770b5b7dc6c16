// OpenDocument: scripts, events, links, objects and DDE in its XML, and what lies beside it in the package.
#include <array>

#include "active_search.hpp"
#include "texttype.hpp"
#include "xml_events.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

class odf_reader final : public xml_events {
 public:
  odf_reader(active_search& search, std::string_view where) : search_(search), where_(where) {}

  void start(std::string_view name, const attributes& all) override {
    // presentation:event-listener names an action of the show, script:event-listener code to run.
    if (name == "event-listener" &&
        (!get(all, "language").empty() || !get(all, "macro-name").empty() || is_script(all)))
      search_.add("macro.odf_script", "odf_script", "an event runs a script", where_);
    if (name == "script") search_.add("macro.odf_script", "odf_script", "a script", where_);
    if (name == "library" || name == "library-embedded" || name == "module")
      search_.add("macro.odf_script", "odf_script", "a Basic library", where_);
    if (name == "dde-connection-decl" || name == "dde-source" || name == "dde-link")
      search_.add("macro.dde", "dde", std::string(get(all, "dde-application")), where_);
    if (name == "object-ole") search_.add("macro.ole_object", "ole", "an embedded object", where_);
    if (name == "applet" || name == "plugin")
      search_.add("macro.ole_object", "activex", "a " + std::string(name), where_);
    if (name == "encryption-data") search_.cut("scan.encrypted", "the document is encrypted", where_);
    if (name == "template" && is_remote(get(all, "href")))
      search_.add("macro.remote_template", "remote_template", std::string(get(all, "href")), where_);
    search_formula(search_, get(all, "formula"), where_);
    link(name, all);
  }

 private:
  static bool is_script(const attributes& all) {
    // Commands of the office itself are run by a link as macros are.
    constexpr std::array schemes = {"vnd.sun.star.script:"sv, "macro:"sv, ".uno:"sv, "slot:"sv};
    return begins_with_any(get(all, "href"), schemes) || lower_ascii(get(all, "action")) == "execute";
  }
  void link(std::string_view name, const attributes& all) {
    const std::string_view target = get(all, "href");
    if (target.empty()) return;
    if (is_script(all)) return search_.add("macro.odf_script", "odf_script", "a link runs a script", where_);
    // A link waits for a click; everything else that refers to another place is loaded.
    if (name == "a" || name == "template" || name == "event-listener") return search_.count("uri");
    const bool remote = is_remote(target) || target.starts_with("file:");
    if (remote) search_.external(target, std::string(name), where_);
  }

  active_search& search_;
  std::string_view where_;
};

}  // namespace

bool search_odf_text(active_search& search, std::string_view xml, std::string_view where) {
  return odf_reader(search, where).read(xml);
}

void search_odf(active_search& search, const container& zip, const std::string& where) {
  for (const auto& one : zip.entries()) {
    if (one.storage) continue;
    const std::string path = lower_ascii(one.path), part = inside(where, one.path);
    if (path.starts_with("basic/") || path.starts_with("scripts/"))
      search.add("macro.odf_script", "odf_script", "a script", part);
    const auto bytes = search.read(zip, one, part);
    if (!bytes) continue;
    if (one.name.ends_with(".xml")) {
      // Empty parts are common ("Configurations2/accelerator/current.xml") and say nothing.
      if (!bytes->empty() && !search_odf_text(search, *bytes, part))
        search.cut("scan.failed", "not well-formed XML", part);
    } else if (begins_as_document(*bytes)) {
      search.add("macro.ole_object", "ole", "an embedded document", part);
      search.nested(*bytes, part);
    }
  }
}

}  // namespace intake
