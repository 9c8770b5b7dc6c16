// Second half of reading a zip's structure: local headers and data descriptors against the directory, and the records
// tiled without gap or overlap. Handles hostile bytes; called by read_zip_directory().
#pragma once

#include <string_view>
#include <vector>

#include "zip_directory.hpp"

namespace intake {

/// Sets `packed` of every member. `directory_offset`: where the members must end. Throws archive_refused.
void read_zip_layout(std::string_view untrusted, std::uint64_t directory_offset, std::vector<zip_member>& members);

}  // namespace intake
