// What the labels of charsets in Japanese mail mean. Handles hostile bytes. Called by charset only.
#pragma once

#include <string>
#include <string_view>

namespace intake::charset {

/// "UTF-8", "ISO-2022-JP", "Shift_JIS", … or the label in lower case where ICU knows it by that; empty if it is not
/// known, or is of a set that no honest mail has.
[[nodiscard]] std::string canonical_name(std::string_view label);

}  // namespace intake::charset
