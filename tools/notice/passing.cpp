#include "passing.hpp"

namespace intake::notice_commands {

exit_status draft_passing(context& ctx, const ledger& book, drafting& drafts) {
  const auto& rule = ctx.profile();
  const auto& desk = ctx.config();
  const auto today = civil_day(now());
  return run_keeper(ctx.filter(), "notice", [&](record& rec) {
    const auto known = rec["disposition"].str() == "confirm" ? book.find(rec.id()) : std::nullopt;
    for (const auto& letter : drafts_for(rec, desk, rule, today, known && known->cleared))
      rec.append("notices", drafts.told(letter, drafts.store(letter)));
  });
}

}  // namespace intake::notice_commands
