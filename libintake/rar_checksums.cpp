#include "rar_checksums.hpp"

#include <string>

#include "zip_fields.hpp"

namespace intake {
namespace {

using checksums = std::vector<std::optional<std::uint32_t>>;

constexpr std::string_view magic4{"Rar!\x1a\7\0", 7}, magic5{"Rar!\x1a\7\1\0", 8};

[[noreturn]] void split_archive() {
  throw archive_refused("archive.damaged", "one part of a split archive");
}

void check_end(std::string_view bytes, std::uint64_t end) {
  if (end != bytes.size()) throw archive_refused("archive.ambiguous", "bytes behind the end of the archive");
}

// Moves `at` behind the data that follow a header.
void skip(std::uint64_t& at, std::uint64_t size, std::string_view bytes) {
  if (size > bytes.size() - at) throw archive_refused("archive.damaged", "cut off");
  at += size;
}

checksums read_version4(std::string_view bytes) {
  constexpr std::uint8_t main_header = 0x73, file_header = 0x74, service_header = 0x7a, end_header = 0x7b;
  constexpr std::uint16_t has_data = 0x8000, is_volume = 0x1, locked_headers = 0x80, split = 0x3, large = 0x100;
  checksums found;
  for (std::uint64_t at = magic4.size(); at < bytes.size();) {
    zip_fields header(bytes, at + 2, "header");
    const auto kind = header.u8();
    const auto flags = header.u16(), size = header.u16();
    if (size < 7) throw archive_refused("archive.damaged", "a header without a size");
    if (kind == main_header && (flags & is_volume) != 0) split_archive();
    if (kind == main_header && (flags & locked_headers) != 0)
      throw archive_refused("archive.password", "its headers are encrypted");
    const bool file = kind == file_header || kind == service_header;
    std::uint64_t data = file || (flags & has_data) != 0 ? header.u32() : 0;
    if (file) {
      header.take(5);
      const auto crc = header.u32();
      if (kind == file_header && (flags & split) != 0) split_archive();
      if (kind == file_header) found.push_back(crc);
      header.take(12);
      if ((flags & large) != 0) data |= static_cast<std::uint64_t>(header.u32()) << 32;
    }
    skip(at, size, bytes);
    skip(at, data, bytes);
    if (kind == end_header) {
      check_end(bytes, at);
      break;
    }
  }
  return found;
}

// Seven bits a byte, the lowest first.
std::uint64_t number(zip_fields& fields) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const auto byte = fields.u8();
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw archive_refused("archive.damaged", "a number without an end");
}

std::optional<std::uint32_t> file_checksum5(zip_fields& header) {
  constexpr std::uint64_t has_time = 2, has_crc = 4;
  const auto flags = number(header);
  number(header);  // size
  number(header);  // attributes
  if ((flags & has_time) != 0) header.u32();
  return (flags & has_crc) != 0 ? std::optional(header.u32()) : std::nullopt;
}

checksums read_version5(std::string_view bytes) {
  constexpr std::uint64_t main_header = 1, file_header = 2, encryption_header = 4, end_header = 5;
  constexpr std::uint64_t has_extra = 1, has_data = 2, split = 8 | 16, is_volume = 1;
  checksums found;
  for (std::uint64_t at = magic5.size(); at < bytes.size();) {
    zip_fields header(bytes, at + 4, "header");
    const auto size = number(header);
    at = header.at();
    skip(at, size, bytes);
    const auto kind = number(header), flags = number(header);
    if ((flags & has_extra) != 0) number(header);
    const auto data = (flags & has_data) != 0 ? number(header) : 0;
    if (kind == encryption_header) throw archive_refused("archive.password", "its headers are encrypted");
    if (kind == main_header && (number(header) & is_volume) != 0) split_archive();
    if (kind == file_header && (flags & split) != 0) split_archive();
    if (kind == file_header) found.push_back(file_checksum5(header));
    skip(at, data, bytes);
    if (kind == end_header) {
      check_end(bytes, at);
      break;
    }
  }
  return found;
}

}  // namespace

checksums rar_checksums(std::string_view untrusted) {
  if (untrusted.starts_with(magic5)) return read_version5(untrusted);
  if (untrusted.starts_with(magic4)) return read_version4(untrusted);
  throw archive_refused("archive.damaged", "an unknown version of RAR");
}

}  // namespace intake
