// intake-fetch - messages of mailboxes as records, without changing the mailbox.

#include <algorithm>

#include "libintake/fetch.hpp"
#include "libintake/log.hpp"
#include "tool.hpp"

namespace {

struct options {
  bool only_new = false, all = false, watch = false;
  std::vector<std::string> accounts, message_ids, uids, paths;
  std::string since;

  [[nodiscard]] bool picks() const { return !message_ids.empty() || !uids.empty() || !since.empty(); }
};

intake::failure usage(const char* what) {
  return {intake::exit_status::usage, what};
}

intake::fetch_order order_of(const options& opt, intake::context& ctx) {
  if (opt.only_new && opt.all) throw usage("--new and --all exclude each other");
  if (!opt.accounts.empty() && !opt.paths.empty()) throw usage("--account and a path exclude each other");
  intake::fetch_order order;
  order.wish.uids = opt.uids;
  order.wish.message_ids = opt.message_ids;
  order.wish.since = intake::parse_iso_date(opt.since);
  if (!opt.since.empty() && !order.wish.since) throw usage("--since takes a day, as 2026-11-24");
  order.only_new = opt.only_new;
  order.watch = opt.watch;
  if (opt.watch && (opt.picks() || std::count(opt.paths.begin(), opt.paths.end(), "-") > 0))
    throw usage("--watch takes whole mailboxes: no --message-id, --uid, --since, and not stdin");
  order.is_check = opt.paths.empty() && !opt.picks();
  order.calendar = &ctx.profile().calendar;
  order.tool = ctx.filter().tool;
  order.tell = [quiet = ctx.filter().quiet](const intake::fetch_source& source) {
    if (source.problem)
      intake::log::say(intake::log::level::error, intake::phrase("{}: {}", source.name, source.problem->said()));
    else if (!quiet)
      intake::log::say(intake::log::level::info,
                       intake::phrase("{}: {}", source.name, intake::phrase("goes on again")));
  };
  return order;
}

intake::exit_status fetch_all(const options& opt, intake::context& ctx) {
  auto order = order_of(opt, ctx);
  auto sources = opt.paths.empty() ? open_accounts(ctx.config(), opt.accounts) : intake::open_paths(opt.paths);
  auto book = ledger_for(ctx.config(), order);
  order.book = book ? &*book : nullptr;
  const auto how = intake::progress::shape_of(opt.watch ? "none" : ctx.filter().progress, ctx.filter().quiet);
  intake::progress shown(how, order.tool);
  order.shown = &shown;
  intake::record_writer out;
  order.out = &out;

  // Passwords are read and the ledger is open; nothing below needs a program or another file of the host.
  const auto [role, access] = confinement_for(sources, book ? ctx.config().ledger.path : std::string());
  intake::sandbox::enter(role, access);
  fetch(sources, order);

  return status_of(sources);
}

}  // namespace

int main(int argc, char** argv) {
  options opt;
  intake::tool tool("intake-fetch", "Write a record for each message of the mailboxes, which are not changed.");
  tool.flag("--new", opt.only_new, "only what the ledger does not hold as finished")
      .flag("--all", opt.all, "every message (the default)")
      .flag("--watch", opt.watch, "stay on, and write what comes as it comes, until SIGTERM or Ctrl-C")
      .option("--message-id", opt.message_ids, "ID", "the message with this Message-ID, or this id of a record")
      .option("--uid", opt.uids, "UID", "the message with this UID in its mailbox")
      .option("--since", opt.since, "DATE", "messages that arrived on that day or later")
      .option("--account", opt.accounts, "NAME", "this account only (else all of the configuration)")
      .shows_progress()
      .positional("PATH", opt.paths,
                  "Maildir, mbox, file or folder of .eml, or - for a message on stdin, instead of the "
                  "accounts",
                  false, "file")
      .example("intake-fetch --new | intake-ledger record | intake-parse", "the beginning of the day's run")
      .example("intake-fetch --new --watch | intake-ledger record | …", "the same all day long, as the mail comes")
      .example("intake-fetch --message-id '<1@example.jp>' | intake-parse", "one message again")
      .example("intake-fetch mail.eml | intake-parse | intake-decrypt | intake-scan", "a message that lies in a file")
      .body([&](intake::context& ctx) { return fetch_all(opt, ctx); });
  return tool.run(argc, argv);
}
