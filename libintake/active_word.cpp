// Word before 2007 (MS-DOC): the fields of its text, the template it loads.
#include "active_search.hpp"
#include "little.hpp"

namespace intake {
namespace {

// Positions in the FIB of Word 97 and later (MS-DOC 2.5.6): pairs of offset and size in the table stream.
constexpr std::size_t fib_pairs = 0x009A, pair_assoc = 32, pair_clx = 33;

std::string_view table_part(std::string_view fib, std::string_view table, std::size_t pair) {
  const std::size_t at = fib_pairs + pair * 8;
  if (fib.size() < at + 8) return {};
  const std::size_t from = little32(fib, at), size = little32(fib, at + 4);
  if (from > table.size() || size > table.size() - from) return {};
  return table.substr(from, size);
}

// Narrow text of a run of UTF-16: what is not ASCII is of no interest to a field's instruction.
void append_wide(std::string& text, std::string_view wide) {
  for (std::size_t at = 0; at + 1 < wide.size(); at += 2)
    text += wide[at + 1] == 0 && static_cast<unsigned char>(wide[at]) < 0x80 ? wide[at] : '?';
}

// MS-DOC 2.9.38 and 2.8.35: the document's text as pieces of the stream, each of one byte or two a character.
std::optional<std::string> text_of(std::string_view stream, std::string_view clx) {
  std::size_t at = 0;
  while (at < clx.size() && clx[at] == 1) at += 3 + little16(clx, at + 1);
  if (at + 5 > clx.size() || clx[at] != 2) return std::nullopt;
  const std::size_t size = little32(clx, at + 1);
  const std::string_view plc = clx.substr(at + 5);
  if (size > plc.size() || size < 4) return std::nullopt;
  const std::size_t pieces = (size - 4) / 12;
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i) {
    const std::size_t first = little32(plc, i * 4), last = little32(plc, i * 4 + 4);
    const std::size_t place = little32(plc, (pieces + 1) * 4 + i * 8 + 2);
    const bool narrow = (place & 0x40000000) != 0;
    const std::size_t from = narrow ? (place & 0x3FFFFFFF) / 2 : place & 0x3FFFFFFF;
    if (last < first || from > stream.size()) return std::nullopt;
    const std::size_t bytes = (last - first) * (narrow ? 1 : 2);
    // The pieces of a genuine document lie side by side; together they cannot be longer than the stream.
    if (bytes > stream.size() - from || text.size() + (last - first) > stream.size()) return std::nullopt;
    if (narrow)
      text.append(stream.substr(from, bytes));
    else
      append_wide(text, stream.substr(from, bytes));
  }
  return text;
}

// MS-DOC 2.8.25: 0x13 begins a field, 0x14 ends its instruction, 0x15 ends it.
void search_fields(active_search& search, std::string_view text, std::string_view where) {
  std::vector<std::string> open;
  std::vector<bool> in_instruction;
  for (const char c : text) {
    if (c == 0x13) {
      if (open.size() >= 64) return search.cut("scan.limit", "fields inside fields, too deep", where);
      open.emplace_back();
      in_instruction.push_back(true);
    } else if ((c == 0x14 || c == 0x15) && !open.empty()) {
      if (in_instruction.back()) search.field(open.back(), where);
      in_instruction.back() = false;
      if (c == 0x15) {
        open.pop_back();
        in_instruction.pop_back();
      }
    } else if (!open.empty() && in_instruction.back() && open.back().size() < 4096) {
      open.back() += c;
    }
  }
  for (std::size_t i = 0; i < open.size(); ++i)
    if (in_instruction[i]) search.field(open[i], where);
}

// MS-DOC 2.9.285: the second string of SttbfAssoc is the template.
void search_template(active_search& search, std::string_view assoc, std::string_view where) {
  if (little16(assoc, 0) != 0xFFFF) return;
  std::size_t at = 6;
  for (unsigned i = 0; i < 2 && at + 2 <= assoc.size(); ++i) {
    const std::size_t size = little16(assoc, at) * std::size_t{2};
    at += 2;
    if (i == 1 && at + size <= assoc.size()) {
      std::string name;
      append_wide(name, assoc.substr(at, size));
      if (is_remote(name)) search.add("macro.remote_template", "remote_template", name, where);
    }
    at += size;
  }
}

}  // namespace

void search_word(active_search& search, const container& ole, std::string_view stream, std::string_view where) {
  // nFib up to 105 is Word 6 or 95: its text lies in one piece, one byte a character.
  if (stream.size() < fib_pairs) return search.cut("scan.failed", "the document's head is damaged", where);
  if (little16(stream, 2) <= 105) {
    const std::size_t from = little32(stream, 0x18), to = little32(stream, 0x1C);
    if (from <= to && to <= stream.size()) return search_fields(search, stream.substr(from, to - from), where);
    return search.cut("scan.failed", "the document's text cannot be found", where);
  }
  const std::string folder(where.substr(0, where.rfind('/') == std::string_view::npos ? 0 : where.rfind('/') + 1));
  const std::string name = (little16(stream, 10) & 0x0200) != 0 ? "1table" : "0table";
  for (const auto& one : ole.entries()) {
    if (one.storage || one.name != name) continue;
    const auto table = search.read(ole, one, where);
    if (!table) return;
    const auto text = text_of(stream, table_part(stream, *table, pair_clx));
    if (!text) continue;
    search_fields(search, *text, where);
    return search_template(search, table_part(stream, *table, pair_assoc), where);
  }
  search.cut("scan.failed", "the document's text cannot be found", where);
}

}  // namespace intake
