// The traditional zip encryption (APPNOTE 6.1), read so that what it hides can be scanned; it protects nothing. Handles
// hostile bytes. It has no authentication code: the caller checks the member's CRC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace intake::zipcrypto {

inline constexpr std::uint64_t overhead = 12;

/// The plain content, or nullopt if the check byte does not fit, as it does for one wrong password in 256. `check` is
/// the last byte of the header in the clear: the high byte of the CRC, or of the time where a data descriptor follows.
[[nodiscard]] std::optional<std::string> open(std::string_view packed, std::uint8_t check, std::string_view password);

}  // namespace intake::zipcrypto
