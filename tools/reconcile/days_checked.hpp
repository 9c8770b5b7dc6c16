// The run of intake-reconcile: lists in, a record a day out, and in the ledger what came of it.
#pragma once

#include <string>
#include <vector>

#include "tools/days.hpp"
#include "tools/tool.hpp"

namespace intake {

struct reconcile_options {
  day_options days;
  std::vector<std::string> fail_on;
  unsigned tolerance = 30;  ///< minutes
  unsigned recent = 0;      ///< days; 0: those that are named
  bool lists_from_stdin = false, dry_run = false;
};

[[nodiscard]] exit_status reconcile_days(context& context, const reconcile_options& opt);

}  // namespace intake
