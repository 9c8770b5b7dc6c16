// Whether the files of a message are the regular ones, and whether each was scanned.
#pragma once

#include <string_view>
#include <vector>

#include "body.hpp"
#include "profile.hpp"
#include "record.hpp"

namespace intake {

/// attachment.missing and attachment.unexpected for an application: exactly so many archives as the profile says,
/// encrypted as it says, and nothing else. What decrypt has found about an archive is not told again.
[[nodiscard]] std::vector<observation> check_application_files(const record& rec, const profile& rule);

/// The same for a correction: at least one document, and nothing that is none.
[[nodiscard]] std::vector<observation> check_correction_files(const record& rec);

/// scan.missing, scan.failed and malware.found wherever the record's findings do not say what the verdicts say.
[[nodiscard]] std::vector<observation> check_verdicts(const record& rec);

/// Whether `files` of the record tell of a file that came with the mail itself, not in an archive.
[[nodiscard]] bool has_attachment(const record& rec);

}  // namespace intake
