// The content of a .gz, by zlib: libarchive leaves the checksum and the length behind the data unread. Handles hostile
// bytes: call inside the sandbox.
#pragma once

#include <string>
#include <string_view>

#include "archive_budget.hpp"

namespace intake {

/// All members of the file, one behind the other (RFC 1952 section 2.2), each with the checksum that it carries.
/// Members and bytes are charged to the budget while they come. Throws archive_refused: archive.damaged (also bytes
/// behind that begin no member), archive.limit.
[[nodiscard]] std::string unpack_gzip(std::string_view untrusted, archive_budget& budget);

}  // namespace intake
