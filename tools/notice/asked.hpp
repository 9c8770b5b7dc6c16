// Letters that a person asks for by name, beside those that passing records ask for.
#pragma once

#include <string>
#include <vector>

#include "libintake/drafting.hpp"
#include "tools/tool.hpp"

namespace intake::notice_commands {

/// Throws failure(usage) for what is none of them; before anything is opened.
void check_wish(const std::vector<std::string>& wish);
/// Drafts them and prints where each new one lies.
[[nodiscard]] exit_status draft_asked(context& ctx, const std::vector<std::string>& wish, ledger& book,
                                      drafting& drafts);

}  // namespace intake::notice_commands
