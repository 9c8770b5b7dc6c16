// The letters that passing records ask for.
#pragma once

#include "libintake/drafting.hpp"
#include "tools/tool.hpp"

namespace intake::notice_commands {

/// Adds to each record which letters were drafted of it, and where they lie.
[[nodiscard]] exit_status draft_passing(context& ctx, const ledger& book, drafting& drafts);

}  // namespace intake::notice_commands
