// Documents with a password to open them: what intake-decrypt makes of those that one of the desk's passwords opens, so
// that the scan looks at what will be rendered. Handles hostile bytes: call inside the sandbox.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "limits.hpp"
#include "record_archives.hpp"
#include "secret.hpp"

namespace intake {

/// An OOXML package or a PDF without its lock. nullopt: not locked, locked in another way (the binary formats and
/// OpenDocument are), or no password fits by `until`. What is nullopt goes on as it came, and no scan calls it clean.
[[nodiscard]] std::optional<unlocked_document> unlock_document(std::string_view untrusted_bytes,
                                                               std::span<const labelled_secret> passwords,
                                                               std::chrono::steady_clock::time_point until);

}  // namespace intake
