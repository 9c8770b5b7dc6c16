// What a clerk did, and the erasure of a person.
#include <memory>

#include "libintake/acts.hpp"
#include "tools/ledger/commands.hpp"

namespace intake::ledger_commands {
namespace {

struct deed {
  std::string id, act, settles, note, actor;
};

exit_status act(context& ctx, const deed& done) {
  const auto actor = actor_of(done.actor);
  auto book = open_confined(ctx, ledger::mode::change);
  book.act(book.resolve(done.id), done.act, done.settles, done.note, actor);
  return exit_status::ok;
}

exit_status erase(context& ctx, const deed& done) {
  const auto actor = actor_of(done.actor);
  auto book = open_confined(ctx, ledger::mode::change);
  const auto subject = book.resolve(done.id);
  if (!book.erase(subject, actor, done.note))
    throw failure(exit_status::usage, "{}: is erased already", withheld(subject));
  return exit_status::ok;
}

std::string act_names() {
  std::string names;
  for (const auto& kind : act_kinds) names += (names.empty() ? "" : " ") + std::string(kind.name);
  return names;
}

}  // namespace

void add_acts(tool& to) {
  const auto done = std::make_shared<deed>();
  auto& acting = to.command("act", "Take down what a clerk did.");
  acting.positional("ID", done->id, "message, the beginning of its id, or a receipt number; or day:DAY, account:NAME")
      .positional("ACT", done->act, "what was done", true, act_names())
      .option("--for", done->settles, "ACTION", "the action that this settles (for sent and done)")
      .option("--note", done->note, "TEXT", "remark, sealed like all that is personal")
      .example("intake-ledger act m-1f0c cleared --note '電話及び一覧で確認'", "doubts are settled: it may be exported")
      .body([done](context& ctx) { return act(ctx, *done); });
  actor_option(acting, done->actor);

  auto& erasing = to.command("erase", "Delete the key of a message: what is personal of it cannot be read again.");
  erasing.positional("ID", done->id, "message, the beginning of its id, or a receipt number")
      .option("--note", done->note, "TEXT", "reason; kept in the clear, so nothing personal")
      .body([done](context& ctx) { return erase(ctx, *done); });
  actor_option(erasing, done->actor);
}

}  // namespace intake::ledger_commands
