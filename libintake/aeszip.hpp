// WinZip AES (AE-1 and AE-2, WinZip's specification 1.04) on OpenSSL. Handles hostile bytes. Nothing of a member is
// handed out before its authentication code has been checked over all of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace intake::aeszip {

/// Bytes that the encryption adds to a member: salt, password verifier, authentication code.
[[nodiscard]] std::uint64_t overhead(unsigned strength);

/// Whether a password may be right: its two verifier bytes fit, which one in 65,536 wrong ones do as well. Derives only
/// the block that holds them. `packed` is a whole member; strength 1, 2, 3 is AES-128, -192, -256.
[[nodiscard]] bool may_fit(std::string_view packed, unsigned strength, std::string_view password);

/// The plain content, or nullopt if the code does not fit: a wrong password or damaged data.
[[nodiscard]] std::optional<std::string> open(std::string_view packed, unsigned strength, std::string_view password);

}  // namespace intake::aeszip
