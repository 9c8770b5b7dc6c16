// What intake-parse does to a record: raw.data becomes `mail` and `files`. Handles hostile bytes: call inside the
// sandbox.
#pragma once

#include <string_view>

#include "record.hpp"

namespace intake {

/// Parses raw.data, sets mail and files, adds the findings, and takes raw.data out of the record; raw.sha256 and
/// raw.size stay. A record without usable raw.data gets input.unusable.
void parse_record(record& rec, std::string_view authentication_server);

}  // namespace intake
