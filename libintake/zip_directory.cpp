#include "zip_directory.hpp"

#include <fmt/format.h>
#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "member_name.hpp"
#include "zip_fields.hpp"
#include "zip_layout.hpp"

namespace intake {
namespace {

constexpr std::uint64_t end_size = 22, end64_size = 56, locator64_size = 20, comment_max = 65535;
constexpr std::string_view end_magic{"PK\5\6", 4}, local_magic{"PK\3\4", 4}, central_magic{"PK\1\2", 4},
    locator64_magic{"PK\6\7", 4};

struct directory_place {
  std::uint64_t members = 0, size = 0, offset = 0;
  std::uint64_t end = 0;  ///< where the end records begin
};

// Whether an end record at `at` has a comment that ends exactly where the bytes end.
bool fits_end(std::string_view bytes, std::uint64_t at) {
  return bytes.size() - at >= end_size &&
         zip_fields(bytes, at + 20, "end record").u16() == bytes.size() - at - end_size;
}

// Calls `visit` for every place, from the last to the first, where an end record could stand.
template <typename Visit>
void each_end_record(std::string_view bytes, Visit visit) {
  const auto lowest = bytes.size() > end_size + comment_max ? bytes.size() - end_size - comment_max : 0;
  auto window = bytes.substr(lowest);
  // Its last octet is looked for, which is quicker than comparing all of it at each place.
  while (!window.empty()) {
    const void* const last = memrchr(window.data(), end_magic.back(), window.size());
    if (last == nullptr) return;
    window = window.substr(0, static_cast<std::size_t>(static_cast<const char*>(last) - window.data()) + 1);
    if (window.ends_with(end_magic)) visit(lowest + window.size() - end_magic.size());
    window.remove_suffix(1);
  }
}

// The end record, and proof that no reader could take another one for it. A signature inside a member is harmless
// unless its comment, too, would end where the file ends.
std::uint64_t find_end_record(std::string_view bytes) {
  std::optional<std::uint64_t> found;
  bool several = false, behind = false;
  each_end_record(bytes, [&](std::uint64_t at) {
    const bool fits = fits_end(bytes, at);
    several = several || (fits && found);
    behind = behind || (!fits && !found);
    if (fits && !found) found = at;
  });
  if (several || (found && behind)) throw archive_refused("archive.ambiguous", "several end records");
  if (behind) throw archive_refused("archive.ambiguous", "bytes behind the end record, or its comment is cut off");
  if (!found) throw archive_refused("archive.damaged", "no end record");
  return *found;
}

// A 64-bit value replaces its saturated 32-bit one; an unsaturated one must say the same.
void widen(std::uint64_t& value, std::uint64_t saturated, std::uint64_t wide) {
  if (value != saturated && value != wide) throw archive_refused("archive.ambiguous", "the two end records disagree");
  value = wide;
}

void read_end64(std::string_view bytes, std::uint64_t locator_at, directory_place& place) {
  zip_fields locator(bytes, locator_at + 4, "zip64 locator");
  const auto disk = locator.u32();
  const auto at = locator.u64();
  if (disk != 0 || locator.u32() > 1) throw archive_refused("archive.damaged", "one part of a split archive");
  zip_fields record(bytes, at, "zip64 end record");
  if (record.u32() != zip_end64_signature) throw archive_refused("archive.damaged", "no zip64 end record");
  const auto size = record.u64();
  if (record.at() > locator_at || size != locator_at - record.at() || size < end64_size - 12)
    throw archive_refused("archive.ambiguous", "the zip64 end record does not reach its locator");
  record.take(4);
  if (record.u32() != 0 || record.u32() != 0) throw archive_refused("archive.damaged", "one part of a split archive");
  const auto here = record.u64(), members = record.u64();
  if (here != members) throw archive_refused("archive.damaged", "one part of a split archive");
  widen(place.members, 0xffff, members);
  widen(place.size, zip_saturated, record.u64());
  widen(place.offset, zip_saturated, record.u64());
  place.end = at;
}

directory_place find_directory(std::string_view bytes) {
  directory_place place;
  place.end = find_end_record(bytes);
  zip_fields record(bytes, place.end + 4, "end record");
  const auto disk = record.u16(), directory_disk = record.u16();
  const auto here = record.u16();
  place.members = record.u16();
  place.size = record.u32();
  place.offset = record.u32();
  const bool single = (disk == 0 || disk == 0xffff) && (directory_disk == 0 || directory_disk == 0xffff);
  if (!single || here != place.members) throw archive_refused("archive.damaged", "one part of a split archive");
  if (place.end >= locator64_size) {
    const auto locator_at = place.end - locator64_size;
    if (zip_fields(bytes, locator_at, "zip64 locator").u32() == zip_locator64_signature)
      read_end64(bytes, locator_at, place);
  }
  if (place.offset > place.end || place.size > place.end - place.offset)
    throw archive_refused("archive.damaged", "the directory lies outside the file");
  if (place.offset + place.size != place.end)
    throw archive_refused("archive.ambiguous", "the directory does not end where the end record begins");
  return place;
}

void read_aes_field(zip_member& member, std::string_view extra) {
  if (member.method != zip_method_aes) {
    if (!extra.empty()) throw archive_refused("archive.ambiguous", "AES field on a member that is not AES");
    return;
  }
  zip_fields field(extra, 0, "AES field");
  member.aes_version = field.u16();
  const auto vendor = field.take(2);
  member.aes_strength = field.u8();
  member.method = field.u16();
  const bool known = vendor == "AE" && member.aes_version >= 1 && member.aes_version <= 2 && member.aes_strength >= 1 &&
                     member.aes_strength <= 3 && field.left() == 0 && member.method != zip_method_aes;
  if (!known || member.cipher == zip_cipher::none)
    throw archive_refused("archive.damaged", "unknown kind of AES encryption");
  member.cipher = zip_cipher::aes;
}

// Info-ZIP's UTF-8 name (0x7075) counts when it was made for this very name; otherwise a tool that does not know it
// has renamed the member.
std::optional<std::string> unicode_path(const zip_member& member, std::string_view extra) {
  if (extra.empty()) return std::nullopt;
  zip_fields field(extra, 0, "Unicode path field");
  if (field.u8() != 1 || field.u32() != libdeflate_crc32(0, member.raw_name.data(), member.raw_name.size()))
    return std::nullopt;
  return std::string(field.take(field.left()));
}

std::string read_name(const zip_member& member, std::string_view unicode_extra) {
  const auto unicode = unicode_path(member, unicode_extra);
  const bool flagged = (member.flags & zip_flag_utf8) != 0;
  if ((flagged && !is_utf8(member.raw_name)) || (unicode && !is_utf8(*unicode)))
    throw archive_refused("archive.ambiguous", "a name marked as UTF-8 is not");
  if (flagged && unicode && *unicode != member.raw_name)
    throw archive_refused("archive.ambiguous", "a member has two names");
  if (unicode) return *unicode;
  const auto decoded = decode_member_name(member.raw_name);
  if (!decoded) throw archive_refused("archive.ambiguous", "a name in an unknown character set");
  return *decoded;
}

// The upper half of the attributes is a Unix mode where the writer knew one. Whoever made the archive, a link or a
// device in it is refused: some readers honour the mode whatever the writer says it runs on.
void check_attributes(const zip_member& member) {
  constexpr std::uint32_t type_mask = 0170000, regular = 0100000, directory = 0040000;
  constexpr std::uint32_t dos_directory = 0x10, reparse_point = 0x400;
  const auto type = member.attributes >> 16 & type_mask;
  if ((type != 0 && type != regular && type != directory) || (member.attributes & reparse_point) != 0)
    throw archive_refused("archive.unsafe_path", member.name + ": a link or device");
  // Readers go by either mark, and then leave the content unread.
  if ((type == directory || (member.attributes & dos_directory) != 0) && !member.is_directory())
    throw archive_refused("archive.ambiguous", member.name + ": a file that is marked as a directory");
}

void check_member(const zip_member& member, const archive_budget& budget) {
  if (const auto why = unsafe_name(member.name); !why.empty())
    throw archive_refused("archive.unsafe_path", fmt::format("{}: {}", member.name, why));
  check_attributes(member);
  if (member.is_directory() && member.size != 0)
    throw archive_refused("archive.ambiguous", member.name + ": a directory with content");
  if (member.cipher == zip_cipher::none && member.method == 0 && member.packed_size != member.size)
    throw archive_refused("archive.ambiguous", member.name + ": a stored member with two sizes");
  budget.check_ratio(member.packed_size, member.size);
}

zip_member read_member(zip_fields& directory, const archive_budget& budget) {
  if (directory.u32() != zip_central_signature) throw archive_refused("archive.damaged", "not a directory entry");
  zip_member member;
  directory.take(4);
  member.flags = directory.u16();
  member.method = directory.u16();
  member.modified_time = directory.u16();
  directory.take(2);
  member.crc = directory.u32();
  member.packed_size = directory.u32();
  member.size = directory.u32();
  const auto name_size = directory.u16(), extra_size = directory.u16(), comment_size = directory.u16();
  const auto disk = directory.u16();
  directory.take(2);
  member.attributes = directory.u32();
  member.header_offset = directory.u32();
  budget.check_name(name_size);
  member.raw_name = directory.take(name_size);
  const auto extra = read_zip_extra(directory.take(extra_size));
  directory.take(comment_size);

  if (disk != 0 && disk != 0xffff) throw archive_refused("archive.damaged", "one part of a split archive");
  if ((member.flags & (zip_flag_strong | zip_flag_masked)) != 0)
    throw archive_refused("archive.password", "PKWARE strong encryption, not AES as the site makes it");
  if ((member.flags & zip_flag_patch) != 0) throw archive_refused("archive.damaged", "a patch, not a file");
  zip_fields zip64(extra.zip64, 0, "zip64 field");
  if (member.size == zip_saturated) member.size = zip64.u64();
  if (member.packed_size == zip_saturated) member.packed_size = zip64.u64();
  if (member.header_offset == zip_saturated) member.header_offset = zip64.u64();
  member.cipher = (member.flags & zip_flag_encrypted) != 0 ? zip_cipher::zipcrypto : zip_cipher::none;
  read_aes_field(member, extra.aes);
  member.name = read_name(member, extra.unicode_path);
  budget.check_name(member.name.size());
  check_member(member, budget);
  return member;
}

// Whether the directory (as far as it can be read) names [Content_Types].xml and nothing in it is encrypted.
bool directory_has_content_types(std::string_view bytes) {
  const auto place = find_directory(bytes);
  zip_fields directory(bytes.substr(0, place.end), place.offset, "directory");
  bool found = false;
  while (directory.left() > 0) {
    if (directory.u32() != zip_central_signature) return false;
    directory.take(4);
    if ((directory.u16() & zip_flag_encrypted) != 0) return false;
    directory.take(18);
    const auto name_size = directory.u16(), extra_size = directory.u16(), comment_size = directory.u16();
    directory.take(12);
    found = directory.take(name_size) == "[Content_Types].xml" || found;
    directory.take(extra_size);
    directory.take(comment_size);
  }
  return found;
}

// ODF and EPUB begin with a stored member that names their type; writers of OOXML mostly put theirs first.
bool begins_as_document(std::string_view bytes) {
  zip_fields header(bytes, 4, "local header");
  header.take(2);
  if ((header.u16() & zip_flag_encrypted) != 0) return false;
  const auto method = header.u16();
  header.take(16);
  const auto name_size = header.u16(), extra_size = header.u16();
  const auto name = header.take(name_size);
  header.take(extra_size);
  if (name == "[Content_Types].xml") return true;
  const auto content = bytes.substr(header.at());
  return name == "mimetype" && method == 0 &&
         (content.starts_with("application/vnd.") || content.starts_with("application/epub+zip"));
}

}  // namespace

zip_extra read_zip_extra(std::string_view untrusted) {
  zip_extra extra;
  zip_fields fields(untrusted, 0, "extra field");
  // Some writers pad with one to three zero bytes, which can hold no field.
  while (fields.left() >= 4) {
    const auto id = fields.u16();
    const auto size = fields.u16();
    const auto content = fields.take(size);
    auto* const wanted = id == 0x0001   ? &extra.zip64
                         : id == 0x9901 ? &extra.aes
                         : id == 0x7075 ? &extra.unicode_path
                                        : nullptr;
    if (!wanted) continue;
    if (wanted->data()) throw archive_refused("archive.ambiguous", "an extra field given twice");
    *wanted = content;
  }
  return extra;
}

bool is_zip(std::string_view untrusted) {
  if (untrusted.starts_with(local_magic) || untrusted.starts_with(end_magic)) return true;
  // "PK00" and the descriptor's signature stand in front of some (once) split archives.
  if (untrusted.starts_with(std::string_view("PK\7\b"
                                             "PK",
                                             6)) ||
      untrusted.starts_with("PK00PK"))
    return true;
  // Something else with a zip behind it: two readers could take it for two things.
  bool found = false;
  each_end_record(untrusted, [&](std::uint64_t at) {
    if (!fits_end(untrusted, at)) return;
    const auto size = zip_fields(untrusted, at + 12, "end record").u32();
    found = found || (size <= at && untrusted.substr(at - size).starts_with(central_magic)) ||
            (at >= locator64_size && untrusted.substr(at - locator64_size).starts_with(locator64_magic));
  });
  return found;
}

bool is_zip_document(std::string_view untrusted) {
  try {
    if (directory_has_content_types(untrusted)) return true;
  } catch (const archive_refused&) {  // NOLINT: a broken directory leaves the question to the first header
  }
  try {
    return untrusted.starts_with(local_magic) && begins_as_document(untrusted);
  } catch (const archive_refused&) {
    return false;
  }
}

std::optional<std::uint64_t> promised_members(std::string_view untrusted_tail) {
  try {
    const auto at = find_end_record(untrusted_tail);
    const auto members = zip_fields(untrusted_tail, at + 10, "end record").u16();
    constexpr auto before = locator64_size + end64_size;
    const bool wide = at >= before && zip_fields(untrusted_tail, at - before, "").u32() == zip_end64_signature &&
                      zip_fields(untrusted_tail, at - locator64_size, "").u32() == zip_locator64_signature;
    return wide ? zip_fields(untrusted_tail, at - before + 32, "").u64() : members;
  } catch (const archive_refused&) {
    return std::nullopt;
  }
}

std::vector<zip_member> read_zip_directory(std::string_view untrusted, archive_budget& budget) {
  const auto place = find_directory(untrusted);
  budget.spend_members(place.members);
  zip_fields directory(untrusted.substr(0, place.end), place.offset, "directory");
  std::vector<zip_member> members;
  std::vector<std::string> names;
  for (std::uint64_t i = 0; i < place.members; ++i) {
    members.push_back(read_member(directory, budget));
    names.push_back(members.back().name);
  }
  if (directory.left() != 0) throw archive_refused("archive.ambiguous", "more in the directory than it says");
  if (const auto twice = colliding_name(names))
    throw archive_refused("archive.ambiguous", names[*twice] + ": two members of one name");
  read_zip_layout(untrusted, place.offset, members);
  return members;
}

}  // namespace intake
