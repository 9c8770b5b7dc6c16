// Excel before 2007 (MS-XLS, and BIFF 2 to 5): macro sheets, links, encryption.
#include "active_search.hpp"
#include "little.hpp"

namespace intake {
namespace {

enum : unsigned { bof = 0x0809, bof2 = 0x0009, bof3 = 0x0209, bof4 = 0x0409, boundsheet = 0x0085, filepass = 0x002F };
enum : unsigned { supbook = 0x01AE, macro_substream = 0x0040 };

std::string visibility(unsigned state) {
  if ((state & 3) == 1) return "hidden ";
  return (state & 3) == 2 ? "very hidden " : "";
}

// MS-XLS 2.4.271: a link to another workbook, or to another program by DDE or OLE, whose parts \3 separates.
void search_link(active_search& search, std::string_view body, std::string_view where) {
  if (body.size() < 5) return;
  const unsigned count = little16(body, 2);
  if (count == 0x0401 || count == 0x3A01) return;  // this workbook, an add-in's functions
  const bool wide = (static_cast<unsigned char>(body[4]) & 1) != 0;
  std::string target;
  for (std::size_t at = 5, i = 0; i < count && at < body.size(); at += wide ? 2 : 1, ++i)
    target += wide && at + 1 < body.size() && body[at + 1] != 0 ? '?' : body[at];
  if (target.find('\3') != std::string::npos)
    search.add("macro.dde", "dde", "link " + target, where);
  else if (!target.empty() && target != std::string(1, '\0') && target != " ")
    search.external(target, "linked workbook", where);
}

}  // namespace

void search_workbook(active_search& search, std::string_view records, std::string_view where) {
  for (std::size_t at = 0; records.size() - at >= 4;) {
    const unsigned type = little16(records, at);
    const std::size_t size = little16(records, at + 2);
    at += 4;
    // Streams are padded with zeros; anything else that does not fit is damage.
    if (type == 0 && size == 0) continue;
    if (size > records.size() - at) return search.cut("scan.failed", "the workbook's records are damaged", where);
    const std::string_view body = records.substr(at, size);
    at += size;
    if (type == filepass) return search.cut("scan.encrypted", "the workbook is encrypted", where);
    if ((type == bof || type == bof2 || type == bof3 || type == bof4) && little16(body, 2) == macro_substream)
      search.add("macro.xlm", "xlm", "a macro sheet", where);
    // MS-XLS 2.4.28: state at 4, type at 5: 1 is a macro sheet, 6 a VBA module of Excel 95.
    if (type == boundsheet && body.size() >= 6 && body[5] == 1)
      search.add("macro.xlm", "xlm", "a " + visibility(little(body, 4, 1)) + "macro sheet", where);
    if (type == boundsheet && body.size() >= 6 && body[5] == 6) search.add("macro.vba", "vba", "a VBA module", where);
    if (type == supbook) search_link(search, body, where);
  }
}

}  // namespace intake
