// Zips built by hand, so that every field can lie. Used by the archive tests only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace zip_builder {

struct entry {
  std::string name = "a.txt", content = "content";
  std::uint16_t flags = 0, method = 0;
  std::uint32_t attributes = 0;
  std::string extra = {}, local_extra = {};  ///< of the directory, of the local header
  std::string gap = {};                      ///< bytes in front of the local header
  std::string descriptor = {};               ///< bytes behind the content
  std::optional<std::string> local_name = {};
  std::optional<std::uint16_t> local_method = {}, local_flags = {};
  std::optional<std::uint32_t> crc = {}, local_crc = {}, size = {}, local_size = {}, packed_size = {}, offset = {};
};

inline std::string number(std::uint64_t value, int size) {
  std::string bytes;
  for (int i = 0; i < size; ++i) bytes += static_cast<char>(value >> 8 * i);
  return bytes;
}

inline std::uint32_t crc_of(const std::string& bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return ~crc;
}

inline std::string end_record(std::uint64_t members, std::uint64_t size, std::uint64_t offset,
                              const std::string& comment = {}) {
  return "PK\5\6" + number(0, 4) + number(members, 2) + number(members, 2) + number(size, 4) + number(offset, 4) +
         number(comment.size(), 2) + comment;
}

struct shape {
  std::string prefix = {}, before_directory = {}, before_end = {}, comment = {}, suffix = {};
  std::optional<std::uint16_t> count = {};
  bool shift_offsets = false;  ///< whether the offsets know of the prefix
};

inline std::string build(const std::vector<entry>& entries, const shape& form = {}) {
  const auto base = form.shift_offsets ? 0 : form.prefix.size();
  std::string zip = form.prefix, directory;
  for (const auto& e : entries) {
    zip += e.gap;
    const auto offset = e.offset.value_or(static_cast<std::uint32_t>(zip.size() - base));
    const auto crc = e.crc.value_or(crc_of(e.content));
    const auto size = e.size.value_or(static_cast<std::uint32_t>(e.content.size()));
    const auto packed = e.packed_size.value_or(static_cast<std::uint32_t>(e.content.size()));
    const auto local_name = e.local_name.value_or(e.name);
    zip += "PK\3\4" + number(20, 2) + number(e.local_flags.value_or(e.flags), 2) +
           number(e.local_method.value_or(e.method), 2) + number(0, 4) + number(e.local_crc.value_or(crc), 4) +
           number(packed, 4) + number(e.local_size.value_or(size), 4) + number(local_name.size(), 2) +
           number(e.local_extra.size(), 2) + local_name + e.local_extra + e.content + e.descriptor;
    directory += "PK\1\2" + number(0x0314, 2) + number(20, 2) + number(e.flags, 2) + number(e.method, 2) +
                 number(0, 4) + number(crc, 4) + number(packed, 4) + number(size, 4) + number(e.name.size(), 2) +
                 number(e.extra.size(), 2) + number(0, 6) + number(e.attributes, 4) + number(offset, 4) +
                 e.name + e.extra;
  }
  zip += form.before_directory;
  const auto at = zip.size() - base;
  return zip + directory + form.before_end +
         end_record(form.count.value_or(static_cast<std::uint16_t>(entries.size())), directory.size(), at,
                    form.comment) +
         form.suffix;
}

inline std::string extra_field(std::uint16_t id, const std::string& content) {
  return number(id, 2) + number(content.size(), 2) + content;
}

}  // namespace zip_builder
