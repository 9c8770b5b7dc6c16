// Office documents as one XML text: Word's and Excel's XML of 2003, a package written as one text ("flat OPC", as Word
// and PowerPoint save it), and flat OpenDocument.
#include <utility>

#include "active_search.hpp"
#include "base64.hpp"
#include "texttype.hpp"
#include "xml_events.hpp"

namespace intake {
namespace {

class flat_reader final : public xml_events {
 public:
  flat_reader(active_search& search, const std::string& where) : search_(search), where_(where), part_(where) {}

  void start(std::string_view name, const attributes& all) override {
    if (name == "part") begin_part(all);
    if (name == "Relationship") search_relation(search_, opc_package::relation_of(part_, all), part_);
    if (name == "wordDocument") word_2003(all);
    if (name == "attachedTemplate" && is_remote(get(all, "val")))
      search_.add("macro.remote_template", "remote_template", std::string(get(all, "val")), part_);
    if (name == "OLEObject") object();
    if (name == "ocx") search_.add("macro.ole_object", "activex", "an ActiveX control", part_);
    if (name == "imagedata" && is_remote(get(all, "src")) && !get(all, "src").starts_with("wordml:"))
      search_.external(get(all, "src"), std::string(name), part_);
    if (name == "Path") in_path_ = true, path_.clear();
    search_formula(search_, get(all, "Formula"), part_);
    if (is_data(name)) begin_data(all);
  }
  void text(std::string_view text) override {
    if (in_data_) data_ += text;
    if (in_path_ && path_.size() < 64 * limits::kib) path_ += text;
  }
  void end(std::string_view name) override {
    if (name == "part") part_ = where_;
    if (name == "Path" && std::exchange(in_path_, false)) link(path_);
    if (in_data_ && is_data(name)) look_at_data();
  }

 private:
  // A part, a file of Word 2003, the PDF in a form of Adobe's (XDP).
  static bool is_data(std::string_view name) { return name == "binaryData" || name == "binData" || name == "chunk"; }
  void begin_part(const attributes& all) {
    part_ = inside(where_, without_slash(get(all, "name")));
    search_content_type(search_, lower_ascii(get(all, "contentType")), part_);
  }
  void word_2003(const attributes& all) {
    if (get(all, "macrosPresent") == "yes") search_.add("macro.vba", "vba", "a VBA project", part_);
    if (get(all, "embeddedObjPresent") == "yes") object();
    if (get(all, "ocxPresent") == "yes") search_.add("macro.ole_object", "activex", "an ActiveX control", part_);
  }
  void object() { search_.add("macro.ole_object", "ole", "an embedded object", part_); }
  // Of a workbook: to another one, or to another program by DDE ("program|topic").
  void link(const std::string& target) {
    if (target.find('|') != std::string::npos)
      search_.add("macro.dde", "dde", "link " + target, part_);
    else if (!target.empty())
      search_.external(target, "linked workbook", part_);
  }
  void begin_data(const attributes& all) {
    in_data_ = true;
    data_.clear();
    const std::string name = lower_ascii(get(all, "name"));
    if (!name.ends_with(".mso")) return;
    if (name.find("oledata") == std::string::npos)
      search_.add("macro.vba", "vba", "packed VBA data", part_);
    else
      object();
  }
  void look_at_data() {
    in_data_ = false;
    if (!search_.spend(data_.size(), part_)) return;
    const auto content = base64::decode_mime(data_);
    if (content.damaged) search_.cut("scan.failed", "a part cannot be unpacked", part_);
    if (content.bytes.starts_with("ActiveMime")) search_.add("macro.vba", "vba", "packed VBA data", part_);
    if (begins_as_document(content.bytes) && search_.nested(content.bytes, part_))
      search_.add("macro.ole_object", "ole", "an embedded program", part_);
  }

  active_search& search_;
  const std::string& where_;
  std::string part_, data_, path_;
  bool in_data_ = false, in_path_ = false;
};

}  // namespace

void search_flat(active_search& search, std::string_view xml, const std::string& where) {
  // A browser shows the text through it, and fetches it.
  if (narrowed(xml, 64 * limits::kib).find("<?xml-stylesheet") != std::string::npos)
    search.add("macro.external_link", "external", "a style sheet", where);
  // One reader for each family: which program opens it is not told by its first element alone.
  const bool good = search_odf_text(search, xml, where);
  (void)search_ooxml_text(search, xml, where);
  (void)flat_reader(search, where).read(xml);
  if (!good) search.cut("scan.failed", "not well-formed XML", where);
}

}  // namespace intake
