// Little-endian fields of zip and RAR files, read with a bound check in one place. Used by the archive area only.
#pragma once

#include <cstdint>
#include <string_view>

#include "archive_budget.hpp"

namespace intake {

/// Walks forward over bytes; reading past their end throws archive_refused("archive.damaged").
class zip_fields {
 public:
  zip_fields(std::string_view bytes, std::uint64_t at, const char* what) : bytes_(bytes), at_(at), what_(what) {
    if (at > bytes.size()) throw archive_refused("archive.damaged", std::string(what_) + " lies outside the file");
  }

  std::string_view take(std::uint64_t size) {
    if (size > left()) throw archive_refused("archive.damaged", std::string(what_) + " is cut off");
    const auto taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }

  [[nodiscard]] std::uint64_t at() const { return at_; }
  [[nodiscard]] std::uint64_t left() const { return bytes_.size() - at_; }

 private:
  std::uint64_t number(unsigned size) {
    std::uint64_t value = 0;
    const auto bytes = take(size);
    for (unsigned i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
  }

  std::string_view bytes_;
  std::uint64_t at_;
  const char* what_;
};

/// The extra fields (APPNOTE 4.5) that change what a member is. Each at most once: a second one could be read instead.
struct zip_extra {
  std::string_view zip64, aes, unicode_path;
};
[[nodiscard]] zip_extra read_zip_extra(std::string_view untrusted);

inline constexpr std::uint32_t zip_local_signature = 0x04034b50;
inline constexpr std::uint32_t zip_central_signature = 0x02014b50;
inline constexpr std::uint32_t zip_end_signature = 0x06054b50;
inline constexpr std::uint32_t zip_end64_signature = 0x06064b50;
inline constexpr std::uint32_t zip_locator64_signature = 0x07064b50;
inline constexpr std::uint32_t zip_descriptor_signature = 0x08074b50;

inline constexpr std::uint16_t zip_flag_encrypted = 1 << 0;
inline constexpr std::uint16_t zip_flag_descriptor = 1 << 3;
inline constexpr std::uint16_t zip_flag_patch = 1 << 5;
inline constexpr std::uint16_t zip_flag_strong = 1 << 6;
inline constexpr std::uint16_t zip_flag_utf8 = 1 << 11;
inline constexpr std::uint16_t zip_flag_masked = 1 << 13;

inline constexpr std::uint16_t zip_method_aes = 99;
inline constexpr std::uint32_t zip_saturated = 0xffffffff;  ///< "see the zip64 field"

}  // namespace intake
