// How each clause of the rule stands, by what a report has gathered. For report*.cpp only. No I/O.
#pragma once

#include <vector>

#include "report.hpp"
#include "report_events.hpp"

namespace intake {

/// One entry for each of clause_keys. `facts` lie beside made.messages.
[[nodiscard]] std::vector<reported_clause> judge_clauses(const desk_report& made,
                                                         const std::vector<message_tally>& facts,
                                                         const report_events& events, const profile& rule);

}  // namespace intake
