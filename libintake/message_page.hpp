// One message on a page for a person: everything about it that is not a byte of a file. Text is neutralised.
#pragma once

#include <string>

#include "record.hpp"
#include "terminal.hpp"

namespace intake::show {

/// Mail, application, files, findings with their clauses, actions, stages. The body's text is shown up to
/// limits::shown_lines lines.
[[nodiscard]] std::string page(const record& rec, const terminal::style& style);

}  // namespace intake::show
