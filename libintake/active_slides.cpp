// PowerPoint before 2007 (MS-PPT): its VBA project, its embedded objects and controls.
#include <zlib.h>

#include <set>

#include "active_search.hpp"
#include "little.hpp"

namespace intake {
namespace {

constexpr std::size_t header_size = 8;
enum : unsigned { storage_record = 0x1011, user_edit = 0x0FF5, persist_directory = 0x1772 };

std::optional<std::string> inflated(active_search& search, std::string_view packed, std::size_t size,
                                    std::string_view where) {
  if (size > limits::active_part_bytes) {
    search.cut("scan.limit", "a part is too large", where);
    return std::nullopt;
  }
  if (!search.spend(size, where)) return std::nullopt;
  std::string bytes(size, '\0');
  auto got = static_cast<uLongf>(size);
  const int result = uncompress(reinterpret_cast<Bytef*>(bytes.data()), &got,
                                reinterpret_cast<const Bytef*>(packed.data()), static_cast<uLong>(packed.size()));
  // PowerPoint leaves the check sum off at times; all of the bytes are there then.
  if (result == Z_OK || got == size) return bytes;
  search.cut("scan.failed", "a part cannot be unpacked", where);
  return std::nullopt;
}

class slide_reader {
 public:
  slide_reader(active_search& search, std::string_view stream, const std::string& where)
      : search_(search), stream_(stream), where_(where) {}

  // Every record, one after the other, containers entered. Ends where the stream makes no sense any more: what a saved
  // edit has left behind need not. True if it came to the end.
  bool walk() {
    std::size_t at = 0;
    while (at <= stream_.size() && stream_.size() - at >= header_size) {
      const bool contains = (little16(stream_, at) & 0xF) == 0xF;
      // A package stored as it is, though its record calls itself a container.
      const bool package = stream_.substr(at + header_size).starts_with("PK\3\4");
      if (!contains || package) {
        const std::size_t size = little32(stream_, at + 4);
        if (size > stream_.size() - at - header_size) return false;
        if (little16(stream_, at + 2) == storage_record) storage(at);
        at += size;
      }
      at += header_size;
    }
    return true;
  }

  // MS-PPT 2.1.2: from the current user's edit back to the first, each with a directory of the objects that count.
  bool follow(std::size_t edit) {
    std::set<std::size_t> seen;
    while (seen.insert(edit).second) {
      if (!is(edit, user_edit, 16) || !directory(little32(stream_, edit + header_size + 12))) return false;
      edit = little32(stream_, edit + header_size + 8);
      if (edit == 0) return true;
    }
    return false;
  }

 private:
  bool is(std::size_t at, unsigned type, std::size_t least) const {
    return at <= stream_.size() && stream_.size() - at >= header_size + least && little16(stream_, at + 2) == type;
  }

  bool directory(std::size_t at) {
    if (!is(at, persist_directory, 0)) return false;
    std::string_view body = stream_.substr(at + header_size);
    body = body.substr(0, little32(stream_, at + 4));
    for (std::size_t i = 0; i + 4 <= body.size();) {
      const std::size_t count = little32(body, i) >> 20;
      i += 4;
      for (std::size_t n = 0; n < count && i + 4 <= body.size(); ++n, i += 4)
        if (is(little32(body, i), storage_record, 0)) storage(little32(body, i));
    }
    return true;
  }

  // MS-PPT 2.10.34: the compound file of a project, an object or a control, packed when the instance is 1.
  void storage(std::size_t at) {
    if (!seen_.insert(at).second) return;
    std::string_view body = stream_.substr(at + header_size);
    body = body.substr(0, little32(stream_, at + 4));
    std::optional<std::string> unpacked;
    if (little16(stream_, at) >> 4 == 1 && body.size() > 4) {
      unpacked = inflated(search_, body.substr(4), little32(body, 0), where_);
      if (!unpacked) return;
      body = *unpacked;
    }
    // Storages may overlap: what they hold together counts.
    if (!search_.spend(body.size(), where_)) return;
    search_.nested(body, where_);
    const auto inner = container::open(body, container::format::ole);
    if (!inner || !inner->find("VBA")) search_.add("macro.ole_object", "ole", "an embedded object", where_);
  }

  active_search& search_;
  std::string_view stream_;
  const std::string& where_;
  std::set<std::size_t> seen_;
};

}  // namespace

void search_slides(active_search& search, const container& ole, std::string_view stream, const std::string& where) {
  slide_reader reader(search, stream, where);
  bool good = reader.walk();
  for (const auto& one : ole.entries()) {
    if (one.storage || one.name != "current user") continue;
    const auto user = ole.read(one, 64);
    if (user && user->size() >= 20) good = reader.follow(little32(*user, 16)) || good;
  }
  if (!good) search.cut("scan.failed", "the records of the slides are damaged", where);
}

}  // namespace intake
