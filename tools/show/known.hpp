// What intake-show shows without records on stdin: one application as the ledger knows it.
#pragma once

#include <string>

#include "tools/tool.hpp"

namespace intake {

/// Its page, and the table of what belongs to it; or all of that as JSON. Throws failure(no_input).
[[nodiscard]] exit_status show_known(context& ctx, const std::string& wanted, bool json);

/// Throws failure(io).
void print(const std::string& text);
void flush();

}  // namespace intake
