#include "zip_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "zip_fields.hpp"

namespace intake {
namespace {

[[noreturn]] void contradiction(const zip_member& member, const char* what) {
  throw archive_refused("archive.ambiguous",
                        fmt::format("{}: local header and directory disagree on {}", member.name, what));
}

// The local sizes and checksum may be left at zero only when a descriptor after the data gives them.
void agree(const zip_member& member, std::uint64_t local, std::uint64_t central, const char* what) {
  const bool later = (member.flags & zip_flag_descriptor) != 0 && local == 0;
  if (local != central && !later) contradiction(member, what);
}

void agree_aes(const zip_member& member, std::string_view local_field) {
  if (member.cipher != zip_cipher::aes) {
    if (!local_field.empty()) contradiction(member, "encryption");
    return;
  }
  zip_fields field(local_field, 0, "AES field");
  if (field.u16() != member.aes_version) contradiction(member, "the version of AES encryption");
  field.take(2);
  if (field.u8() != member.aes_strength) contradiction(member, "the strength of encryption");
  if (field.u16() != member.method) contradiction(member, "the method within AES");
}

// Returns where the member's data begin.
std::uint64_t check_local_header(std::string_view bytes, const zip_member& member) {
  zip_fields header(bytes, member.header_offset, "local header");
  if (header.u32() != zip_local_signature)
    throw archive_refused("archive.damaged", member.name + ": no local header where the directory says");
  header.take(2);
  if (header.u16() != member.flags) contradiction(member, "flags");
  if (header.u16() != (member.cipher == zip_cipher::aes ? zip_method_aes : member.method))
    contradiction(member, "the method");
  header.take(4);
  const auto crc = header.u32();
  std::uint64_t packed_size = header.u32(), size = header.u32();
  const auto name_size = header.u16(), extra_size = header.u16();
  if (header.take(name_size) != member.raw_name) contradiction(member, "the name");
  const auto extra = read_zip_extra(header.take(extra_size));
  agree_aes(member, extra.aes);
  zip_fields zip64(extra.zip64, 0, "zip64 field");
  if (size == zip_saturated) size = zip64.u64();
  if (packed_size == zip_saturated) packed_size = zip64.u64();
  agree(member, crc, member.crc, "the checksum");
  agree(member, packed_size, member.packed_size, "the packed size");
  agree(member, size, member.size, "the size");
  return header.at();
}

// APPNOTE 4.3.9: signature optional, sizes of 32 or 64 bits. Which of the forms it is follows from the room there is.
void check_descriptor(const zip_member& member, std::string_view descriptor) {
  const auto size = descriptor.size();
  if (size != 12 && size != 16 && size != 20 && size != 24) contradiction(member, "the end of the data");
  zip_fields fields(descriptor, 0, "data descriptor");
  if (size % 8 == 0 && fields.u32() != zip_descriptor_signature) contradiction(member, "the data descriptor");
  const bool wide = size >= 20;
  const bool same = fields.u32() == member.crc && (wide ? fields.u64() : fields.u32()) == member.packed_size &&
                    (wide ? fields.u64() : fields.u32()) == member.size;
  if (!same) contradiction(member, "the data descriptor");
}

}  // namespace

void read_zip_layout(std::string_view untrusted, std::uint64_t directory_offset, std::vector<zip_member>& members) {
  std::vector<zip_member*> in_order;
  in_order.reserve(members.size());
  for (auto& member : members) in_order.push_back(&member);
  std::sort(in_order.begin(), in_order.end(),
            [](const auto* a, const auto* b) { return a->header_offset < b->header_offset; });

  const auto first = in_order.empty() ? directory_offset : in_order.front()->header_offset;
  if (first != 0) throw archive_refused("archive.ambiguous", "bytes in front of the first member");
  for (std::size_t i = 0; i < in_order.size(); ++i) {
    auto& member = *in_order[i];
    const auto end = i + 1 < in_order.size() ? in_order[i + 1]->header_offset : directory_offset;
    const auto data = check_local_header(untrusted, member);
    if (data > end || member.packed_size > end - data)
      throw archive_refused("archive.ambiguous", member.name + ": overlaps what follows it");
    member.packed = untrusted.substr(data, member.packed_size);
    const auto rest = untrusted.substr(data + member.packed_size, end - data - member.packed_size);
    if ((member.flags & zip_flag_descriptor) != 0) {
      check_descriptor(member, rest);
    } else if (!rest.empty()) {
      throw archive_refused("archive.ambiguous", member.name + ": bytes behind that belong to no member");
    }
  }
}

}  // namespace intake
