// WinZip AES (AE-1 and AE-2, WinZip's specification 1.04) on OpenSSL. Handles hostile bytes. Nothing of a member is
// handed out before its authentication code has been checked over all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace intake::aeszip {

/// Bytes that the encryption adds to a member: salt, password verifier, authentication code.
[[nodiscard]] std::uint64_t overhead(unsigned strength);

/// Whether a password may be right: its two verifier bytes fit, which one in 65,536 wrong ones do as well. Derives only
/// the block that holds them. `packed` is a whole member; strength 1, 2, 3 is AES-128, -192, -256.
[[nodiscard]] bool may_fit(std::string_view packed, unsigned strength, std::string_view password);

/// Sees the plain content block by block while it is made, for checksums. Whether it is genuine is not known then.
using unverified_content = std::function<void(std::string_view block)>;

/// The plain content, or nullopt if the code does not fit: a wrong password or damaged data. A large member's code is
/// computed by a second thread while this one decrypts; `also` may have seen what turns out to be nothing.
[[nodiscard]] std::optional<std::string> open(std::string_view packed, unsigned strength, std::string_view password,
                                              const unverified_content& also = {});

}  // namespace intake::aeszip
