#include "active.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "active_search.hpp"
#include "little.hpp"
#include "texttype.hpp"

namespace intake {
namespace {

// What a stream holds behind the end of a package is the stream's, as padding or as a preview of the object.
std::string_view without_trailer(std::string_view bytes) {
  const auto end = bytes.starts_with("PK\3\4") ? bytes.rfind("PK\5\6") : std::string_view::npos;
  if (end == std::string_view::npos || bytes.size() - end < 22) return bytes;
  return bytes.substr(0, end + 22 + little16(bytes, end + 20));
}

// What may hold programs and is not read to its end here. Of winmail.dat: the one library that Debian has for it has a
// long record of memory errors, and no regular file comes so. Of an Outlook message: attachments that are text, as
// scripts are, lie in streams that nothing tells from others.
constexpr std::array<std::pair<file_kind, std::string_view>, 6> unread_kinds = {{
    {file_kind::tnef, "Outlook's winmail.dat: the files inside it are not looked into"},
    {file_kind::msg, "an Outlook message: not all inside it is looked into"},
    {file_kind::onenote, "a OneNote notebook: not all inside it is looked into"},
    {file_kind::access, "an Access database: not all inside it is looked into"},
    {file_kind::other_archive, "an archive of a kind that is not opened"},
    {file_kind::disk_image, "a disk image is not opened"},
}};
// MS-ONESTORE, FileDataStoreObject: a file in a notebook, which a double click opens.
constexpr std::string_view onenote_file = "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC";

// A text may be opened as a table, whose cells are formulas.
void search_table(active_search& search, std::string_view text, std::string_view where) {
  if (has_dde_cell(text)) search.add("macro.dde", "dde", "a table cell that calls a program", where);
  if (lower_ascii(text).find("webservice(") != std::string::npos) search.external("WEBSERVICE", "formula", where);
}

// Why a zip is not looked into, in the words of a scan.
void tell_refused(active_search& search, const archive_refused& refused, std::string_view where) {
  const auto code = refused.code().kind().code;
  if (code == "archive.limit") return search.cut("scan.limit", refused.what(), where);
  if (code == "archive.password") return search.cut("scan.encrypted", refused.what(), where);
  if (code != "archive.damaged") return search.cut(refused.code(), refused.what(), where);
  search.cut("scan.failed", std::string("the zip container cannot be read: ") + refused.what(), where);
}

}  // namespace

bool active_report::has(std::string_view code) const {
  return std::any_of(items.begin(), items.end(), [&](const item& one) { return one.code.kind().code == code; });
}

active_report find_active(std::string_view untrusted_bytes, file_kind kind) {
  active_search search;
  search.document(untrusted_bytes, kind, "");
  return search.finish();
}

void active_search::add(finding_code code, std::string_view tag, const std::string& detail, std::string_view where) {
  if (!tag.empty() && std::find(report_.tags.begin(), report_.tags.end(), tag) == report_.tags.end())
    report_.tags.emplace_back(tag);
  std::string text = detail.substr(0, 300);
  if (!where.empty()) text += " (" + std::string(where.substr(0, 300)) + ')';
  const auto same = [&](const active_report::item& one) {
    return &one.code.kind() == &code.kind() && one.detail == text;
  };
  // The first of each code is always kept, however many of another code came before it.
  if (report_.items.size() >= limits::active_reports && report_.has(code.kind().code)) return;
  if (std::none_of(report_.items.begin(), report_.items.end(), same)) report_.items.push_back({code, std::move(text)});
}

void active_search::cut(finding_code code, const std::string& detail, std::string_view where) {
  report_.complete = false;
  add(code, {}, detail, where);
}

bool active_search::spend(std::size_t bytes, std::string_view where) {
  if (bytes <= budget_) {
    budget_ -= bytes;
    return true;
  }
  cut("scan.limit", "unpacks to more than is looked into", where);
  return false;
}

std::optional<std::string> active_search::read(const container& from, const container::entry& entry,
                                               std::string_view where) {
  if (entry.size > limits::active_part_bytes) {
    cut("scan.limit", "a part is too large", where);
    return std::nullopt;
  }
  if (!spend(entry.size, where)) return std::nullopt;
  auto bytes = from.read(entry, limits::active_part_bytes);
  if (!bytes) cut("scan.failed", "a part cannot be unpacked", where);
  return bytes;
}

void active_search::document(std::string_view untrusted_bytes, file_kind kind, const std::string& where) {
  if (depth_ >= limits::active_depth || documents_ >= limits::active_nested)
    return cut("scan.limit", "too many documents inside documents", where);
  ++documents_;
  ++depth_;
  // Before it was an OLE2 file, a workbook was its records alone.
  if (kind == file_kind::xls && !untrusted_bytes.starts_with("\xD0\xCF"))
    search_workbook(*this, untrusted_bytes, where);
  else if (is_ole(kind))
    search_ole(*this, untrusted_bytes, where);
  else if (is_zip(kind))
    search_zip(*this, untrusted_bytes, where);
  else if (kind == file_kind::pdf)
    search_pdf(*this, untrusted_bytes, where);
  else if (kind == file_kind::rtf)
    search_rtf(*this, untrusted_bytes, where);
  else if (kind == file_kind::xml)
    search_flat(*this, untrusted_bytes, where);
  else if (kind == file_kind::html || kind == file_kind::svg)
    search_markup(*this, untrusted_bytes, where);
  else if (kind == file_kind::eml)
    search_message(*this, untrusted_bytes, where);
  else if (kind == file_kind::csv || kind == file_kind::txt)
    search_table(*this, text_of(*this, untrusted_bytes, where), where);
  else if (kind == file_kind::onenote && untrusted_bytes.find(onenote_file) != std::string_view::npos)
    add("macro.ole_object", "ole", "an embedded file", where);
  for (const auto& [unread, why] : unread_kinds)
    if (kind == unread) cut("scan.failed", std::string(why), where);
  --depth_;
}

bool active_search::nested(std::string_view untrusted_bytes, const std::string& where) {
  untrusted_bytes = without_trailer(untrusted_bytes);
  const file_kind kind = recognise(untrusted_bytes);
  const bool text = kind == file_kind::txt || kind == file_kind::csv || kind == file_kind::xml;
  if (!text) document(untrusted_bytes, kind, where);
  return is_program(kind);
}

void active_search::field(std::string_view instruction, std::string_view where) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto from = std::find_if(instruction.begin(), instruction.end(), letter);
  const std::string word = lower_ascii({from, std::find_if_not(from, instruction.end(), letter)});
  if (word == "dde" || word == "ddeauto") add("macro.dde", "dde", std::string(instruction), where);
  const bool fetches = word == "includepicture" || word == "includetext" || word == "include" || word == "import" ||
                       word == "link" || word == "rd" || word == "database";
  if (fetches &&
      (word == "link" || is_remote(instruction.substr(static_cast<std::size_t>(from - instruction.begin())))))
    add("macro.external_link", "external", "field " + std::string(instruction), where);
}

void active_search::external(std::string_view target, const std::string& what, std::string_view where) {
  add("macro.external_link", "external", what + ' ' + std::string(target), where);
}

active_report active_search::finish() {
  for (const auto& [tag, number] : counts_) report_.tags.push_back(tag + ':' + std::to_string(number));
  return std::move(report_);
}

std::string text_of(active_search& search, std::string_view untrusted_bytes, std::string_view where) {
  if (untrusted_bytes.size() > limits::active_part_bytes) search.cut("scan.limit", "a part is too large", where);
  return narrowed(untrusted_bytes, limits::active_part_bytes);
}

bool is_remote(std::string_view target) {
  const std::string lower = lower_ascii(target.substr(0, 4096));
  if (lower.find("\\\\") != std::string::npos) return true;
  const auto at = lower.find("://");
  if (at == std::string::npos) return lower.starts_with("//") || lower.find("mhtml:") != std::string::npos;
  // file:///C:/… is this computer; file://host/… and file:////host/… are not.
  const std::string_view rest = std::string_view(lower).substr(at + 3);
  const bool is_file = at >= 4 && lower.compare(at - 4, 4, "file") == 0;
  return !is_file || !rest.starts_with('/') || rest.starts_with("//") || rest.starts_with("/\\");
}

bool begins_with_any(std::string_view target, std::span<const std::string_view> schemes) {
  constexpr std::size_t longest = 64;
  std::string plain;
  for (std::size_t at = 0; at < target.size() && plain.size() < longest; ++at)
    if (static_cast<unsigned char>(target[at]) > ' ') plain += target[at];
  plain = lower_ascii(plain);
  return std::any_of(schemes.begin(), schemes.end(), [&](auto scheme) { return plain.starts_with(scheme); });
}

std::string inside(std::string_view where, std::string_view part) {
  return where.empty() ? std::string(part) : std::string(where) + '/' + std::string(part);
}

bool begins_as_document(std::string_view head) {
  return head.starts_with("\xD0\xCF\x11\xE0") || head.starts_with("PK\3\4") || head.starts_with("{\\rt") ||
         head.starts_with("%PDF") || head.starts_with("MZ");
}

namespace {

// "cmd|'/c calc'!A0": a program, its topic and item. Neither sign stands in another formula, but for its texts.
bool is_dde_reference(std::string_view formula) {
  bool in_text = false, bar = false;
  for (const char c : formula) {
    if (c == '"') in_text = !in_text;
    if (in_text) continue;
    if (c == '!' && bar) return true;
    bar = bar || c == '|';
  }
  return false;
}

}  // namespace

void search_formula(active_search& search, std::string_view formula, std::string_view where) {
  std::string call = lower_ascii(formula.substr(0, 64 * limits::kib));
  call.erase(std::remove_if(call.begin(), call.end(), [](char c) { return c == ' ' || c == '\n' || c == '\t'; }),
             call.end());
  const auto calls = [&](std::string_view name) {
    // The end of a longer name is another function: "ADDE(" is none of these.
    for (auto at = call.find(name); at != std::string::npos; at = call.find(name, at + 1))
      if (at == 0 || !((call[at - 1] >= 'a' && call[at - 1] <= 'z') || call[at - 1] == '_')) return true;
    return false;
  };
  if (calls("dde(") || calls("rtd(") || is_dde_reference(call))
    search.add("macro.dde", "dde", "formula " + std::string(formula), where);
  if (calls("webservice(") || calls("image(")) search.external(formula, "formula", where);
}

void search_zip(active_search& search, std::string_view bytes, const std::string& where) {
  std::optional<archive_refused> why;
  const auto zip = container::open(bytes, container::format::zip, &why);
  if (!zip) return tell_refused(search, *why, where);
  // The engine leaves out a member that is larger than its limit, and calls the rest clean.
  for (const auto& one : zip->entries())
    if (one.size > limits::scan_file_bytes) search.cut("scan.limit", "a part is too large to be scanned", one.path);
  // A package may be both: programs differ in which of the two they take it for.
  if (zip->find("[Content_Types].xml")) search_ooxml(search, *zip, where);
  if (zip->find("mimetype") || zip->find("META-INF/manifest.xml")) search_odf(search, *zip, where);
}

}  // namespace intake
