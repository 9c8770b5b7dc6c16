// Whether the ledger is whole, a copy of it, and a new key.
#include <fmt/format.h>

#include <filesystem>
#include <memory>

#include "libintake/log.hpp"
#include "libintake/sandbox.hpp"
#include "tools/ledger/commands.hpp"

namespace intake::ledger_commands {
namespace {

struct upkeep {
  std::string destination, old_key, actor;
  std::vector<std::string> heads;
  bool redact = false;
};

exit_status check(context& ctx, const upkeep& asked) {
  std::vector<ledger_head> heads;
  for (const auto& text : asked.heads) {
    const auto head = ledger_head::parse(text);
    if (!head) throw failure(exit_status::usage, "--head: not SEQUENCE:CHAIN: {}", text);
    heads.push_back(*head);
  }
  const auto book = open_confined(ctx, asked.redact ? ledger::mode::inspect : ledger::mode::read);
  const auto faults = book.check(heads);
  for (const auto& fault : faults) {
    const auto told = fault.sequence == 0 ? fault.what : phrase("event {}: {}", fault.sequence, fault.what);
    log::say(log::level::error, told);
  }
  if (!faults.empty()) return exit_status::config;
  if (!ctx.filter().quiet) print_line(book.head().text());
  return exit_status::ok;
}

exit_status backup(context& ctx, const upkeep& asked) {
  const auto actor = actor_of(asked.actor);
  const auto folder = std::filesystem::absolute(asked.destination).parent_path().string();
  auto book = open_confined(ctx, ledger::mode::change, {folder});
  print_line(book.backup(asked.destination, actor).text());
  return exit_status::ok;
}

exit_status rekey(context& ctx, const upkeep& asked) {
  const auto actor = actor_of(asked.actor);
  const auto& desk = ctx.config();
  const auto key = read_secret(desk.ledger.key, "ledger.key");
  ledger book(desk.ledger.path, ledger::mode::change,
              asked.old_key.empty() ? secret() : read_secret(asked.old_key, "--old"));
  sandbox::enter(sandbox::role::keeper, {.read = {}, .write = {ledger_folder(desk)}});
  book.rekey(key, actor);
  return exit_status::ok;
}

}  // namespace

void add_upkeep(tool& to) {
  const auto asked = std::make_shared<upkeep>();
  to.command("check", "Check that nothing was changed, removed or inserted; print the head of the chain.")
      .option("--head", asked->heads, "SEQUENCE:CHAIN", "a head that was carried away earlier; may be given again")
      .flag("--redact", asked->redact, "without the key: payloads and derived tables are not checked")
      .body([asked](context& ctx) { return check(ctx, *asked); });

  auto& copying = to.command("backup", "Copy the ledger while it is in use; print the head that the copy ends with.");
  copying.positional("DEST", asked->destination, "file to make; never one that exists", true, "file")
      .body([asked](context& ctx) { return backup(ctx, *asked); });
  actor_option(copying, asked->actor);

  auto& keying = to.command("rekey", "Seal the ledger under the configured key instead of an older one or none.");
  keying.option("--old", asked->old_key, "REFERENCE", "the older key: file:PATH, credential:NAME or command:PROGRAM")
      .body([asked](context& ctx) { return rekey(ctx, *asked); });
  actor_option(keying, asked->actor);
}

}  // namespace intake::ledger_commands
