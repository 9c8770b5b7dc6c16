// Letters that a person asks for by name, beside those that passing records ask for.
#pragma once

#include <string>
#include <vector>

#include "libintake/drafting.hpp"
#include "tools/tool.hpp"

namespace intake::notice_commands {

/// Throws failure(usage) for what is no wish, before anything is opened.
void check_wish(const std::vector<std::string>& wish);
/// "desk": what is open and no single message's; "change [TEXT]", "fault TEXT", "correction ID TEXT". Drafts and prints
/// where each new one lies.
[[nodiscard]] exit_status draft_asked(context& ctx, const std::vector<std::string>& wish, ledger& book,
                                      drafting& drafts);

}  // namespace intake::notice_commands
