// What a file's name claims, held against what the file is. Names are hostile: nothing here opens one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "filetype.hpp"

namespace intake {

/// The part behind the last dot, ASCII letters in lower case, as the system that opens it would see it: trailing dots
/// and spaces do not count, full-width dots and letters do. Empty if there is none.
[[nodiscard]] std::string extension_of(std::string_view untrusted_name);

/// Why a file's name does not fit what it is, or nullopt: an extension of another kind, two extensions of which the
/// last one runs, characters that make a name read otherwise than it is.
[[nodiscard]] std::optional<std::string> name_contest(std::string_view untrusted_name, file_kind kind);

}  // namespace intake
