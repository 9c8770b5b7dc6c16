// Hands a draft to the clerk's mail program, which shows it and sends it when the clerk says so.
#pragma once

#include <string>

namespace intake {

/// Runs `program` (its own arguments after spaces) with the path as last argument, or the desktop's xdg-open when it is
/// empty, and waits for it. Throws failure(unavailable) when there is none or it fails.
void open_in_mail_program(const std::string& path, const std::string& program);

}  // namespace intake
