// The parts of a message told apart: text of the body, files. Handles hostile bytes. Called by mail only.
#pragma once

#include "mail.hpp"
#include "mime_scan.hpp"

namespace intake {

/// Fills text, html_text, links and files of `out` and adds what is found on the way.
void read_parts(const mime_structure& structure, mail& out);

/// Fields that may stand once in a header (RFC 5322 section 3.6, RFC 2045): a second one is a finding, for readers
/// differ on which one counts.
void find_repeated_fields(const mime_part& part, std::string_view where, mail& out);

}  // namespace intake
