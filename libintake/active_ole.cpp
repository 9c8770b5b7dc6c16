// Compound files: the storages and streams of Word, Excel and PowerPoint before 2007, and of whatever is embedded.
#include <set>

#include "active_search.hpp"
#include "little.hpp"

namespace intake {
namespace {

using entry = container::entry;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// MS-OVBA 2.2.1: a project is a storage "VBA" with a stream "_VBA_PROJECT" and a stream "dir", wherever it hangs.
bool is_vba(const entry& one) {
  if (one.storage) return one.name == "vba" || one.name == "_vba_project_cur" || one.name == "macros";
  return one.name == "_vba_project" || (one.name == "dir" && contains(lower_ascii(one.path), "vba/dir"));
}

// Streams that tell of an embedded object (MS-OLEDS 2.3), and the storages that hold them. The pool counts as a stream,
// too: damage makes it one, and who repairs the document may find its objects again.
bool is_object(const entry& one) {
  if (one.name == "objectpool") return true;
  if (one.storage) return one.name.starts_with("mbd") && one.name.size() == 11;
  return one.name == "\1ole10native" || one.name == "\1ole" || one.name == "\3ocxname" || one.name == "\3objinfo" ||
         one.name == "package";
}

bool is_document_stream(const entry& one) {
  return one.name == "worddocument" || one.name == "workbook" || one.name == "book" ||
         one.name == "powerpoint document" || one.name == "current user";
}

// MS-DOC 2.5.1: bit 8 of the flags at 10. MS-PPT 2.3.2: the token of an encrypted document.
bool is_encrypted(const entry& one, std::string_view bytes) {
  if (one.name == "worddocument") return bytes.size() >= 12 && (little16(bytes, 10) & 0x0100) != 0;
  if (one.name == "current user") return bytes.size() >= 16 && little32(bytes, 12) == 0xF3D1C4DF;
  return false;
}

void search_stream(active_search& search, const container& ole, const entry& one, const std::string& where) {
  const auto bytes = search.read(ole, one, where);
  if (!bytes) return;
  if (is_encrypted(one, *bytes)) return search.cut("scan.encrypted", "the document is encrypted", where);
  if (one.name == "worddocument")
    search_word(search, ole, *bytes, where);
  else if (one.name == "workbook" || one.name == "book")
    search_workbook(search, *bytes, where);
  else if (one.name == "powerpoint document")
    search_slides(search, ole, *bytes, where);
}

// A stream may hold a whole document: an embedded package, or a project hidden in a stream of any name.
void search_inside(active_search& search, const container& ole, const entry& one, const std::string& where) {
  const auto head = ole.read(one, 8);
  if (!head) return search.cut("scan.failed", "a stream cannot be read", where);
  if (!begins_as_document(*head)) return;
  const auto bytes = search.read(ole, one, where);
  if (bytes && search.nested(*bytes, where)) search.add("macro.ole_object", "ole", "an embedded program", where);
}

// The name in a directory entry (MS-CFB 2.6.1) at `at`, lower case; empty where there is none that matters here.
std::string entry_name(std::string_view bytes, std::size_t at) {
  const auto size = little16(bytes, at + 64);
  if (size < 4 || size > 64 || size % 2 != 0) return {};
  std::string name;
  for (std::size_t i = 0; i + 2 < size; i += 2) {
    if (bytes[at + i + 1] != 0) return {};
    name += bytes[at + i];
  }
  return lower_ascii(name);
}

// libgsf leaves out entries that it cannot make sense of, as one that is said to be longer than the file, without a
// word. Entries of a directory stand at multiples of their size, so that those left out are found by looking at every
// place.
void search_unlisted(active_search& search, const container& ole, std::string_view bytes, const std::string& where) {
  constexpr std::size_t entry_size = 128, header_size = 512;
  std::set<std::string, std::less<>> listed;
  for (const entry& one : ole.entries()) listed.insert(one.name);
  for (std::size_t at = header_size; at + entry_size <= bytes.size(); at += entry_size) {
    const char type = bytes[at + 66];
    if (type != 1 && type != 2) continue;
    const auto name = entry_name(bytes, at);
    if (name.empty() || listed.contains(name)) continue;
    const entry one{name, name, 0, type == 1, {}};
    if (is_vba(one)) search.add("macro.vba", "vba", "a VBA project in a damaged directory", where);
    if (is_object(one)) search.add("macro.ole_object", "ole", "an embedded object in a damaged directory", where);
  }
}

}  // namespace

void search_ole(active_search& search, std::string_view bytes, const std::string& where) {
  const auto ole = container::open(bytes, container::format::ole);
  if (!ole) return search.cut("scan.failed", "the OLE2 container cannot be read", where);
  if (ole->truncated()) search.cut("scan.limit", "too many streams in the container", where);
  if (ole->find("EncryptedPackage") || ole->find("EncryptedSummary") ||
      ole->find("\x06"
                "DataSpaces"))
    search.cut("scan.encrypted", "the document is encrypted", where);
  // A stream \1Ole at the root belongs to the document itself, not to something inside it.
  for (const entry& one : ole->entries()) {
    const std::string part = inside(where, one.path);
    if (is_vba(one))
      search.add("macro.vba", "vba", "a VBA project", part);
    else if (is_object(one) && one.path != "\1Ole")
      search.add("macro.ole_object", "ole", "an embedded object", part);
    if (one.storage) continue;
    if (is_document_stream(one))
      search_stream(search, *ole, one, part);
    else
      search_inside(search, *ole, one, part);
  }
  search_unlisted(search, *ole, bytes, where);
}

}  // namespace intake
