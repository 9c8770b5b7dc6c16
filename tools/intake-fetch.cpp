// intake-fetch - messages of mailboxes as records, without changing the mailbox.
#include <fmt/format.h>

#include <optional>

#include "libintake/fetch.hpp"
#include "libintake/ledger.hpp"
#include "tool.hpp"

namespace {

struct options {
  bool only_new = false, all = false;
  std::vector<std::string> accounts, message_ids, uids, paths;
  std::string since;

  [[nodiscard]] bool picks() const { return !message_ids.empty() || !uids.empty() || !since.empty(); }
};

intake::failure usage(const std::string& what) {
  return {intake::exit_status::usage, what};
}

intake::fetch_order order_of(const options& opt, intake::context& ctx) {
  if (opt.only_new && opt.all) throw usage(intake::tr("--new and --all exclude each other"));
  if (!opt.accounts.empty() && !opt.paths.empty()) throw usage(intake::tr("--account and a path exclude each other"));
  intake::fetch_order order;
  order.wish.uids = opt.uids;
  order.wish.message_ids = opt.message_ids;
  order.wish.since = intake::parse_iso_date(opt.since);
  if (!opt.since.empty() && !order.wish.since) throw usage(intake::tr("--since takes a day, as 2026-11-24"));
  order.only_new = opt.only_new;
  order.is_check = opt.paths.empty() && !opt.picks();
  order.calendar = &ctx.profile().calendar;
  order.tool = ctx.filter().tool;
  return order;
}

/// Open when it is asked for finished messages or told of a check, else empty.
std::optional<intake::ledger> ledger_for(const intake::config& desk, const intake::fetch_order& order) {
  if (desk.ledger.path.empty()) {
    if (order.only_new)
      throw intake::failure(intake::exit_status::config, desk.file + ": --new needs [ledger], which knows what is new");
    return std::nullopt;
  }
  if (!order.only_new && !order.is_check) return std::nullopt;
  return open_ledger(desk, intake::ledger::mode::write);
}

intake::exit_status fetch_all(const options& opt, intake::context& ctx) {
  auto order = order_of(opt, ctx);
  auto sources = opt.paths.empty() ? open_accounts(ctx.config(), opt.accounts) : intake::open_paths(opt.paths);
  auto book = ledger_for(ctx.config(), order);
  order.book = book ? &*book : nullptr;

  // Passwords are read and the ledger is open; nothing below needs a program or another file of the host.
  const auto [role, access] = confinement_for(sources, book ? ctx.config().ledger.path : std::string());
  intake::sandbox::enter(role, access);
  fetch(sources, order);

  auto status = intake::exit_status::ok;
  std::size_t messages = 0;
  for (const auto& source : sources) {
    messages += source.messages;
    if (!source.problem) continue;
    fmt::print(stderr, "{}: {}: {}\n", order.tool, source.name, source.problem->what());
    if (status == intake::exit_status::ok) status = source.problem->status();
  }
  if (messages == 0 && status == intake::exit_status::ok && !(opt.message_ids.empty() && opt.uids.empty()))
    throw intake::failure(intake::exit_status::no_input, intake::tr("no message is the one that was asked for"));
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  options opt;
  intake::tool tool("intake-fetch", "Write a record for each message of the mailboxes, which are not changed.");
  tool.flag("--new", opt.only_new, "only what the ledger does not hold as finished")
      .flag("--all", opt.all, "every message (the default)")
      .option("--message-id", opt.message_ids, "ID", "the message with this Message-ID, or this id of a record")
      .option("--uid", opt.uids, "UID", "the message with this UID in its mailbox")
      .option("--since", opt.since, "DATE", "messages that arrived on that day or later")
      .option("--account", opt.accounts, "NAME", "this account only (else all of the configuration)")
      .positional("PATH", opt.paths,
                  "Maildir, mbox, file or folder of .eml, or - for a message on stdin, instead of the "
                  "accounts",
                  false, "file")
      .example("intake-fetch --new | intake-ledger record | intake-parse", "the beginning of the day's run")
      .example("intake-fetch --message-id '<1@example.jp>' | intake-parse", "one message again")
      .example("intake-fetch mail.eml | intake-parse | intake-decrypt | intake-scan", "a message that lies in a file")
      .body([&](intake::context& ctx) { return fetch_all(opt, ctx); });
  return tool.run(argc, argv);
}
