// Names of archive members: which characters the bytes mean, and whether the name is fit to be shown, exported or used
// as a path on any system. Handles hostile bytes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace intake {

/// Strict UTF-8, else CP932 as Windows reads it (①, 髙 and ～ included); nullopt if it is neither.
[[nodiscard]] std::optional<std::string> decode_member_name(std::string_view untrusted);

[[nodiscard]] bool is_utf8(std::string_view untrusted);

/// Why a UTF-8 name is dangerous, or empty: absolute, "..", a drive or stream (':'), backslash, control or invisible
/// formatting characters, a name that Windows reserves or trims, a part longer than a file system takes.
/// Directory names end in one '/'.
[[nodiscard]] std::string_view unsafe_name(std::string_view utf8);

/// The first of some safe names that would land on another one's path, or below another one's file, on a system that
/// ignores case and width.
[[nodiscard]] std::optional<std::size_t> colliding_name(std::span<const std::string> utf8_names);

}  // namespace intake
