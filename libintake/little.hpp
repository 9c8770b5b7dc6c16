// Little-endian integers out of received bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace intake {

/// Bytes beyond the end count as 0: callers check sizes where that matters.
[[nodiscard]] constexpr std::uint32_t little(std::string_view bytes, std::size_t at, unsigned count) {
  std::uint32_t value = 0;
  for (unsigned i = count; i-- > 0;)
    value = value << 8 | (at < bytes.size() && i < bytes.size() - at ? static_cast<unsigned char>(bytes[at + i]) : 0U);
  return value;
}
[[nodiscard]] constexpr std::uint32_t little16(std::string_view bytes, std::size_t at) {
  return little(bytes, at, 2);
}
[[nodiscard]] constexpr std::uint32_t little32(std::string_view bytes, std::size_t at) {
  return little(bytes, at, 4);
}

}  // namespace intake
