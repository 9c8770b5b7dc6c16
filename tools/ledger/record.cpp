// `intake-ledger record`: a filter that passes a record on when its event is durable, and not before.
#include "tools/ledger/commands.hpp"

namespace intake::ledger_commands {
namespace {

exit_status record_all(context& ctx) {
  (void)ctx.profile();  // its labels of clauses, for the findings of unusable lines
  const auto& filter = ctx.filter();
  auto book = open_confined(ctx, ledger::mode::write);
  std::optional<ledger::batch> batch;
  return run_keeper(
      filter, "ledger",
      [&](record& rec) {
        if (!batch) batch.emplace(book);
        book.record(rec, filter.tool);
      },
      [&] {
        if (batch) batch->commit();
        batch.reset();
      });
}

}  // namespace

void add_record(tool& to) {
  to.command("record", "Write the event of each passing record, then pass the record on.").is_keeper().body(record_all);
}

}  // namespace intake::ledger_commands
