// Workbooks whose parts are records instead of XML (MS-XLSB): links to other programs. Links to other files are
// relations of the package, and macro sheets have a content type of their own.
#include <algorithm>

#include "active_search.hpp"
#include "little.hpp"

namespace intake {
namespace {

enum : unsigned { begin_supbook = 360, dde_link = 1 };

// A number in groups of seven bits, the lowest first, of two bytes at most for a record's type and four for its size;
// false at the end of the bytes.
bool take_number(std::string_view& bytes, unsigned most, std::size_t& number) {
  number = 0;
  for (unsigned i = 0; i < most; ++i) {
    if (bytes.empty()) return false;
    const auto group = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::size_t>(group & 0x7FU) << (7 * i);
    if ((group & 0x80U) == 0) break;
  }
  return true;
}

// XLWideString: a count of UTF-16 units, then these.
std::string take_text(std::string_view& bytes) {
  const std::size_t count = little32(bytes, 0);
  bytes.remove_prefix(std::min<std::size_t>(4, bytes.size()));
  std::string text;
  for (std::size_t i = 0; i < count && bytes.size() >= 2; ++i, bytes.remove_prefix(2))
    text += bytes[1] == 0 && static_cast<unsigned char>(bytes[0]) < 0x80 ? bytes[0] : '?';
  return text;
}

}  // namespace

void search_binary_part(active_search& search, std::string_view records, const std::string& where) {
  while (!records.empty()) {
    std::size_t type = 0, size = 0;
    if (!take_number(records, 2, type) || !take_number(records, 4, size) || size > records.size() ||
        (type == begin_supbook && size < 2))
      return search.cut("scan.failed", "the workbook's records are damaged", where);
    auto body = records.substr(0, size);
    records.remove_prefix(size);
    // BrtBeginSupBook: the kind of link, then for DDE the program and its topic.
    if (type != begin_supbook || little16(body, 0) != dde_link) continue;
    body.remove_prefix(2);
    const std::string program = take_text(body);
    search.add("macro.dde", "dde", program + ' ' + take_text(body), where);
  }
}

}  // namespace intake
