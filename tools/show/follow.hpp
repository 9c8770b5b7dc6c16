// intake-show --follow: what comes into the ledger, as it comes.
#pragma once

#include "tools/tool.hpp"

namespace intake {

/// The table of today and then its further rows, or records as JSON without bytes, until SIGINT or SIGTERM, or until
/// nobody reads the output.
[[nodiscard]] exit_status follow_ledger(context& ctx, bool json);

}  // namespace intake
