// Office Open XML packages: what their content types, relations and fields say.
#include <array>

#include "active_search.hpp"
#include "opc.hpp"
#include "xml_events.hpp"

namespace intake {
namespace {

using namespace std::string_view_literals;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Word's fields: simple ones in an attribute, complex ones in runs between begin, separate and end, each of which may
// hold a part of a word of the instruction, and other fields (ISO 29500-1, 17.16.18).
class field_reader final : public xml_events {
 public:
  field_reader(active_search& search, const std::string& where) : search_(search), where_(where) {}

  void start(std::string_view name, const attributes& all) override {
    if (name == "fldSimple") search_.field(get(all, "instr"), where_);
    if (name == "instrText" || name == "delInstrText") in_text_ = true;
    if (name == "fldChar") mark(get(all, "fldCharType"));
    if (name == "ddeLink")
      search_.add("macro.dde", "dde", std::string(get(all, "ddeService")) + ' ' + std::string(get(all, "ddeTopic")),
                  where_);
  }
  void end(std::string_view name) override {
    if (name == "instrText" || name == "delInstrText") in_text_ = false;
  }
  void text(std::string_view text) override {
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
  std::string loose_;
  bool in_text_ = false;
};

struct type_rule {
  std::string_view part;  ///< of a content type or a relation's type
  finding_code code;
  std::string_view tag, what;
};

constexpr std::array type_rules = {
    type_rule{"ms-office.vbaproject", "macro.vba", "vba", "a VBA project"},
    type_rule{"ms-word.vbadata", "macro.vba", "vba", "VBA data"},
    type_rule{"ms-excel.macrosheet", "macro.xlm", "xlm", "a macro sheet"},
    type_rule{"ms-excel.intlmacrosheet", "macro.xlm", "xlm", "a macro sheet"},
    type_rule{"ms-office.activex", "macro.ole_object", "activex", "an ActiveX control"},
    type_rule{"officedocument.oleobject", "macro.ole_object", "ole", "an embedded object"},
    type_rule{"ms-office.webextension", "macro.external_link", "external", "a web add-in"},
};

constexpr std::array relation_rules = {
    type_rule{"vbaproject", "macro.vba", "vba", "a VBA project"},
    type_rule{"wordvbadata", "macro.vba", "vba", "VBA data"},
    type_rule{"xlmacrosheet", "macro.xlm", "xlm", "a macro sheet"},
    type_rule{"xlintlmacrosheet", "macro.xlm", "xlm", "a macro sheet"},
    type_rule{"control", "macro.ole_object", "activex", "an ActiveX control"},
    type_rule{"activexcontrolbinary", "macro.ole_object", "activex", "an ActiveX control"},
    type_rule{"oleobject", "macro.ole_object", "ole", "an embedded object"},
    type_rule{"afchunk", "macro.ole_object", "ole", "an embedded document"},
    type_rule{"webextension", "macro.external_link", "external", "a web add-in"},
};

void search_relation(active_search& search, const opc_package::relation& relation, const std::string& where) {
  if (relation.external) {
    // A link waits for a click, and then it is the browser's. A template on this computer is not the sender's.
    if (relation.type == "hyperlink") return search.count("uri");
    if (relation.type != "attachedtemplate") return search.external(relation.target, relation.type, where);
    if (is_remote(relation.target)) search.add("macro.remote_template", "remote_template", relation.target, where);
    return;
  }
  for (const auto& rule : relation_rules)
    if (relation.type == rule.part) search.add(rule.code, rule.tag, std::string(rule.what), where);
  // The data of a chart is a workbook too; what is embedded elsewhere is opened by a click.
  if (relation.type == "package" && !contains(relation.part, "charts/"))
    search.add("macro.ole_object", "ole", "an embedded document", where);
}

bool may_hold_fields(std::string_view path, std::string_view type) {
  const bool sheet = contains(type, "spreadsheetml.worksheet") || contains(type, "spreadsheetml.sharedstrings") ||
                     contains(type, "spreadsheetml.styles") || contains(type, "presentationml.");
  const bool words = path.starts_with("word/") || contains(type, "wordprocessingml") || contains(type, "ms-word");
  return !sheet && (words || contains(path, "externallink") || contains(type, "externallink"));
}

// True if the part is a document or a program by its first bytes, whatever it is called.
bool hides_document(std::string_view head) {
  return head.starts_with("\xD0\xCF\x11\xE0") || head.starts_with("PK\3\4") || head.starts_with("{\\rt") ||
         head.starts_with("%PDF") || head.starts_with("MZ");
}

void search_part(active_search& search, const container& zip, const container::entry& one, const std::string& type,
                 const std::string& where) {
  for (const auto& rule : type_rules)
    if (contains(type, rule.part)) search.add(rule.code, rule.tag, std::string(rule.what), where);
  if (one.name.ends_with(".xml") || type.ends_with("+xml") || type.ends_with("/xml")) {
    if (!may_hold_fields(lower_ascii(one.path), type)) return;
    const auto bytes = search.read(zip, one, where);
    if (!bytes) return;
    field_reader reader(search, where);
    const bool good = reader.read(*bytes);
    reader.finish();
    if (!good) search.cut("scan.failed", "a part is not well-formed XML", where);
    return;
  }
  const auto head = zip.read(one, 8);
  if (!head) return search.cut("scan.failed", "a part cannot be unpacked", where);
  const bool chunk = contains(type, "html") || contains(type, "rfc822") || contains(type, "rtf");
  if (!hides_document(*head) && !chunk) return;
  const auto bytes = search.read(zip, one, where);
  if (bytes && search.nested(*bytes, where)) search.add("macro.ole_object", "ole", "an embedded program", where);
}

}  // namespace

void search_ooxml(active_search& search, const container& zip, const std::string& where) {
  const opc_package package = read_opc(zip);
  if (!package.unread.empty()) search.cut("scan.failed", "a part cannot be read", where + package.unread);
  for (const auto& relation : package.relations)
    search_relation(search, relation, where.empty() ? relation.part : where + '/' + relation.part);
  for (const auto& one : zip.entries()) {
    if (one.storage || one.name.ends_with(".rels")) continue;
    search_part(search, zip, one, package.type_of(one.path), where.empty() ? one.path : where + '/' + one.path);
  }
}

}  // namespace intake
