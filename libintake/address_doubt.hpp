// When nobody may be written to: the address or the name that a message shows may be somebody else's. The applicant is
// telephoned then (第4-2(5)). The judge and the letters hold to the same answer.
#pragma once

#include <string_view>

namespace intake {

class record;

/// Whether a finding of this code says so.
[[nodiscard]] bool doubts_address(std::string_view code);

/// Whether a record says so: by a finding, or, where the sender is who would be written to, because the mail server
/// disowns the sender.
[[nodiscard]] bool is_address_doubted(const record& rec);

}  // namespace intake
