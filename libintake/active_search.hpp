// One search for active content: what was found, what it may still cost. Inside of active*.cpp only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "active.hpp"
#include "container.hpp"
#include "limits.hpp"
#include "opc.hpp"

namespace intake {

/// A name that means something active wherever it stands.
struct active_rule {
  std::string_view name;
  finding_code code;
  std::string_view tag, what;
};

class active_search {
 public:
  /// `where` in all of these: the part it was found in; put into the detail.
  void add(finding_code code, std::string_view tag, const std::string& detail, std::string_view where = {});
  void add(const active_rule& rule, std::string_view where) { add(rule.code, rule.tag, std::string(rule.what), where); }
  /// The same, for what keeps the search from its end.
  void cut(finding_code code, const std::string& detail, std::string_view where = {});
  /// Counted, told as a tag ("uri:12") without a finding.
  void count(const std::string& tag) { ++counts_[tag]; }

  /// The whole of a part; nullopt after telling why not.
  [[nodiscard]] std::optional<std::string> read(const container& from, const container::entry& entry,
                                                std::string_view where);
  /// Takes `bytes` from what this search may unpack; false after telling.
  [[nodiscard]] bool spend(std::size_t bytes, std::string_view where);

  /// Looks into a document of a known kind.
  void document(std::string_view untrusted_bytes, file_kind kind, const std::string& where);
  /// Looks into something inside a document, if it is a document itself. True if it runs when it is opened.
  bool nested(std::string_view untrusted_bytes, const std::string& where);
  /// Judges the instruction of a Word field: DDE, or content that is fetched.
  void field(std::string_view instruction, std::string_view where);
  /// Judges what a document loads. `what` says by which means.
  void external(std::string_view target, const std::string& what, std::string_view where);

  [[nodiscard]] active_report finish();

 private:
  active_report report_;
  std::map<std::string, std::size_t> counts_;
  std::size_t budget_ = limits::active_total_bytes, documents_ = 0;
  unsigned depth_ = 0;
};

/// Whether a target leads off this computer: a URL with a host, a UNC path.
[[nodiscard]] bool is_remote(std::string_view target);
/// Whether a target begins with one of these (lower case), as readers compare them: without white space, control
/// characters and case.
[[nodiscard]] bool begins_with_any(std::string_view target, std::span<const std::string_view> schemes);

/// A part of what lies at `where`, for details.
[[nodiscard]] std::string inside(std::string_view where, std::string_view part);

/// Whether a stream or part, whatever it is called, begins as a document or a program (eight bytes tell).
[[nodiscard]] bool begins_as_document(std::string_view head);

/// Judges the formula of a cell: a call of another program, or content that is fetched.
void search_formula(active_search& search, std::string_view formula, std::string_view where);

/// A text as `narrowed` makes it, as much of it as is looked into; tells when that is not all.
[[nodiscard]] std::string text_of(active_search& search, std::string_view untrusted_bytes, std::string_view where);

void search_ole(active_search& search, std::string_view bytes, const std::string& where);
void search_workbook(active_search& search, std::string_view records, std::string_view where);
void search_slides(active_search& search, const container& ole, std::string_view stream, const std::string& where);
void search_word(active_search& search, const container& ole, std::string_view stream, std::string_view where);
void search_zip(active_search& search, std::string_view bytes, const std::string& where);
void search_ooxml(active_search& search, const container& zip, const std::string& where);
/// A relation of a part, and the content type of one (lower case).
void search_relation(active_search& search, const opc_package::relation& relation, const std::string& where);
void search_content_type(active_search& search, std::string_view type, const std::string& where);
/// What the XML of a part says by itself. False: not well-formed, and not read beyond that.
[[nodiscard]] bool search_ooxml_text(active_search& search, std::string_view xml, const std::string& where);
/// A part of a binary workbook (MS-XLSB).
void search_binary_part(active_search& search, std::string_view records, const std::string& where);
/// An office document, or any other, as one XML text.
void search_flat(active_search& search, std::string_view xml, const std::string& where);
void search_odf(active_search& search, const container& zip, const std::string& where);
/// One XML text of an OpenDocument file, or a flat one. False as above.
[[nodiscard]] bool search_odf_text(active_search& search, std::string_view xml, std::string_view where);
void search_rtf(active_search& search, std::string_view bytes, const std::string& where);
void search_pdf(active_search& search, std::string_view bytes, const std::string& where);
/// A message attached to the message, and what is attached to it.
void search_message(active_search& search, std::string_view bytes, const std::string& where);
void search_markup(active_search& search, std::string_view bytes, const std::string& where);

}  // namespace intake
