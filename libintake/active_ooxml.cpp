// Office Open XML packages: what their content types, relations and fields say.
#include <array>
#include <utility>

#include "active_search.hpp"
#include "opc.hpp"
#include "xml_events.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// What the XML of a part says by itself, whatever kind of part it is. Word's fields: simple ones in an attribute,
// complex ones in runs between begin, separate and end, each of which may hold a part of a word of the instruction, and
// other fields (ISO 29500-1, 17.16.18).
class part_reader final : public xml_events {
 public:
  part_reader(active_search& search, const std::string& where) : search_(search), where_(where) {}

  void start(std::string_view name, const attributes& all) override {
    if (name == "fldSimple") search_.field(get(all, "instr"), where_);
    if (name == "instrText" || name == "delInstrText") in_text_ = true;
    if (name == "fldChar") mark(get(all, "fldCharType"));
    if (is_formula(name)) in_formula_ = true, formula_.clear();
    if (name == "mailMerge") search_.external({}, "mail merge with a data source", where_);
    if (name == "sourceFileName" && is_remote(get(all, "val"))) search_.external(get(all, "val"), "frame", where_);
    if (lower_ascii(get(all, "action")).starts_with("ppaction://program"))
      search_.add("macro.dde", "dde", "an action that starts a program", where_);
    if (name == "ddeLink")
      search_.add("macro.dde", "dde", std::string(get(all, "ddeService")) + ' ' + std::string(get(all, "ddeTopic")),
                  where_);
  }
  void end(std::string_view name) override {
    if (name == "instrText" || name == "delInstrText") in_text_ = false;
    if (is_formula(name) && std::exchange(in_formula_, false)) search_formula(search_, formula_, where_);
  }
  void text(std::string_view text) override {
    if (in_formula_ && formula_.size() < 64 * limits::kib) formula_ += text;
    if (!in_text_) return;
    std::string& to = open_.empty() || !open_.back().instructing ? loose_ : open_.back().instruction;
    if (to.size() < 64 * limits::kib) to += text;
  }
  void finish() {
    for (const auto& one : open_) judge(one);
    search_.field(loose_, where_);
  }

 private:
  struct field {
    std::string instruction;
    bool instructing = true;
  };

  static bool is_formula(std::string_view name) {
    return name == "f" || name == "definedName" || name == "formula" || name == "formula1" || name == "formula2";
  }
  void judge(const field& one) {
    if (one.instructing) search_.field(one.instruction, where_);
  }
  void mark(std::string_view type) {
    if (type == "begin") {
      // An instruction that begins with another field computes its own keyword.
      if (!open_.empty() && open_.back().instructing &&
          open_.back().instruction.find_first_not_of(" \t\r\n") == std::string::npos)
        search_.add("macro.dde", "dde", "a field whose keyword is computed", where_);
      if (open_.size() >= 64) return search_.cut("scan.limit", "fields inside fields, too deep", where_);
      open_.emplace_back();
    } else if (!open_.empty() && (type == "separate" || type == "end")) {
      judge(open_.back());
      open_.back().instructing = false;
      if (type == "end") open_.pop_back();
    }
  }

  active_search& search_;
  const std::string& where_;
  std::vector<field> open_;
  std::string loose_, formula_;
  bool in_text_ = false, in_formula_ = false;
};

// Parts of a content type, and whole types of a relation.
constexpr std::array type_rules = {
    active_rule{"ms-office.vbaproject", "macro.vba", "vba", "a VBA project"},
    active_rule{"ms-word.vbadata", "macro.vba", "vba", "VBA data"},
    active_rule{"ms-excel.macrosheet", "macro.xlm", "xlm", "a macro sheet"},
    active_rule{"ms-excel.intlmacrosheet", "macro.xlm", "xlm", "a macro sheet"},
    active_rule{"ms-office.activex", "macro.ole_object", "activex", "an ActiveX control"},
    active_rule{"officedocument.oleobject", "macro.ole_object", "ole", "an embedded object"},
    active_rule{"ms-office.webextension", "macro.external_link", "external", "a web add-in"},
};

constexpr std::array relation_rules = {
    active_rule{"vbaproject", "macro.vba", "vba", "a VBA project"},
    active_rule{"wordvbadata", "macro.vba", "vba", "VBA data"},
    active_rule{"xlmacrosheet", "macro.xlm", "xlm", "a macro sheet"},
    active_rule{"xlintlmacrosheet", "macro.xlm", "xlm", "a macro sheet"},
    active_rule{"control", "macro.ole_object", "activex", "an ActiveX control"},
    active_rule{"activexcontrolbinary", "macro.ole_object", "activex", "an ActiveX control"},
    active_rule{"oleobject", "macro.ole_object", "ole", "an embedded object"},
    active_rule{"afchunk", "macro.ole_object", "ole", "an embedded document"},
    active_rule{"webextension", "macro.external_link", "external", "a web add-in"},
    active_rule{"connections", "macro.external_link", "external", "data connections"},
};

}  // namespace

void search_relation(active_search& search, const opc_package::relation& relation, const std::string& where) {
  if (relation.external) {
    // A link waits for a click, and then it is the browser's. A template on this computer is not the sender's.
    if (relation.type == "hyperlink") return search.count("uri");
    if (relation.type != "attachedtemplate") return search.external(relation.target, relation.type, where);
    if (is_remote(relation.target)) search.add("macro.remote_template", "remote_template", relation.target, where);
    return;
  }
  for (const auto& rule : relation_rules)
    if (relation.type == rule.name) search.add(rule, where);
  // The data of a chart is a workbook too; what is embedded elsewhere is opened by a click.
  if (relation.type == "package" && !contains(relation.part, "charts/"))
    search.add("macro.ole_object", "ole", "an embedded document", where);
}

void search_content_type(active_search& search, std::string_view type, const std::string& where) {
  for (const auto& rule : type_rules)
    if (contains(type, rule.name)) search.add(rule, where);
}

bool search_ooxml_text(active_search& search, std::string_view xml, const std::string& where) {
  part_reader reader(search, where);
  const bool good = reader.read(xml);
  reader.finish();
  return good;
}

namespace {

void search_part(active_search& search, const container& zip, const container::entry& one, const std::string& type,
                 const std::string& where) {
  search_content_type(search, type, where);
  const auto bytes = search.read(zip, one, where);
  if (!bytes) return;
  if (one.name.ends_with(".xml") || type.ends_with("+xml") || type.ends_with("/xml")) {
    if (!search_ooxml_text(search, *bytes, where)) search.cut("scan.failed", "a part is not well-formed XML", where);
    return;
  }
  if (contains(type, "ms-excel.")) search_binary_part(search, *bytes, where);
  const bool chunk = contains(type, "html") || contains(type, "rfc822") || contains(type, "rtf");
  if ((begins_as_document(*bytes) || chunk) && search.nested(*bytes, where))
    search.add("macro.ole_object", "ole", "an embedded program", where);
}

}  // namespace

void search_ooxml(active_search& search, const container& zip, const std::string& where) {
  const opc_package package = read_opc(zip);
  if (!package.unread.empty()) search.cut("scan.failed", "a part cannot be read", where + package.unread);
  for (const auto& relation : package.relations) search_relation(search, relation, inside(where, relation.part));
  for (const auto& one : zip.entries()) {
    if (one.storage || one.name.ends_with(".rels")) continue;
    search_part(search, zip, one, package.type_of(one.path), inside(where, one.path));
  }
}

}  // namespace intake
