// intake-ledger - the desk's memory: records what passes, answers what became of it, takes down what clerks did.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <optional>

#include "libintake/acts.hpp"
#include "libintake/ledger.hpp"
#include "libintake/ledger_lines.hpp"
#include "libintake/lines.hpp"
#include "libintake/sandbox.hpp"
#include "tool.hpp"

namespace {

using intake::exit_status;
using intake::failure;
using intake::ledger;

struct options {
  std::string day, from, to, at;
  std::string receipt, applicant, sender, message_id, id, state, disposition, kind, subject;
  std::string act, settles, note, actor, destination, old_key;
  std::vector<std::string> heads, fail_on;
  bool actions = false, redact = false;
};

std::string directory_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

/// Opens the configured ledger, then gives up everything but its directory.
ledger open(intake::context& ctx, ledger::mode how, std::vector<std::string> also_written = {}) {
  const auto& place = ctx.config().ledger;
  const auto key = place.key.empty() || how == ledger::mode::inspect ? intake::secret()
                                                                     : intake::read_secret(place.key, "ledger.key");
  ledger opened(place.path, how, key);
  also_written.push_back(directory_of(place.path));
  intake::sandbox::enter(intake::sandbox::role::keeper, {.read = {}, .write = std::move(also_written)});
  return opened;
}

/// Who acts: asked for before the sandbox, which hides the user database.
std::string actor_of(const options& opt) {
  if (!opt.actor.empty()) return opt.actor;
  char name[256];
  if (::getlogin_r(name, sizeof name) == 0) return name;
  const auto* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : "uid " + std::to_string(::getuid());
}

std::optional<intake::date> day_option(const std::string& text, const char* name) {
  if (text.empty()) return std::nullopt;
  const auto day = intake::parse_iso_date(text);
  if (!day) throw failure(exit_status::usage, fmt::format("{}: not a day (YYYY-MM-DD): {}", name, text));
  return day;
}

std::int64_t start_of(intake::date day) {
  // Days are the desk's, and the desk is where this runs: the offset of the clock.
  return std::chrono::sys_days(day).time_since_epoch().count() * 86400 - intake::now().offset_minutes * 60;
}

intake::date today_of(const options& opt) {
  return day_option(opt.at, "--at").value_or(intake::civil_day(intake::now()));
}

ledger::mode reading(const options& opt) {
  return opt.redact ? ledger::mode::inspect : ledger::mode::read;
}

/// A line that is no record, so that no table can hold it.
void print_line(const std::string& line) {
  if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size() || std::fputc('\n', stdout) == EOF)
    throw intake::system_failure(exit_status::io, "stdout");
}

exit_status record_all(intake::context& ctx, const options& opt) {
  (void)ctx.profile();
  auto filter = ctx.filter();
  filter.fail_on = opt.fail_on;
  auto book = open(ctx, ledger::mode::write);
  std::optional<ledger::batch> batch;
  return intake::run_keeper(
      filter, "ledger",
      [&](intake::record& rec) {
        if (!batch) batch.emplace(book);
        book.record(rec, filter.tool);
      },
      [&] {
        if (batch) batch->commit();
        batch.reset();
      });
}

exit_status query(intake::context& ctx, const options& opt) {
  intake::message_filter filter;
  filter.from = day_option(opt.day.empty() ? opt.from : opt.day, "--day");
  filter.to = day_option(opt.day.empty() ? opt.to : opt.day, "--to");
  filter.receipt_no = opt.receipt;
  filter.applicant = opt.applicant;
  filter.sender = opt.sender;
  filter.message_id = opt.message_id;
  filter.state = opt.state;
  filter.disposition = opt.disposition;
  filter.open_actions = opt.actions;
  const auto today = today_of(opt);
  intake::record_writer out;  // before the sandbox, in which no terminal is recognised
  const auto book = open(ctx, reading(opt));
  if (!opt.id.empty()) filter.id = book.resolve(opt.id);
  book.each_message(filter, [&](const intake::message_entry& entry) {
    out.write_line(line_of(entry, today));
    return true;
  });
  out.finish();
  return exit_status::ok;
}

/// Unfinished messages and open actions; `overdue` keeps what should have been done before today.
exit_status pending(intake::context& ctx, const options& opt, bool overdue) {
  const auto today = today_of(opt);
  intake::record_writer out;
  const auto book = open(ctx, reading(opt));
  // The last day there is takes in everything that is open, whenever it is due.
  intake::message_filter filter;
  filter.overdue = overdue ? today : intake::date(std::chrono::year(9999), std::chrono::December, std::chrono::day(31));
  book.each_message(filter, [&](const intake::message_entry& entry) {
    out.write_line(line_of(entry, today));
    return true;
  });
  out.finish();
  for (const auto& item : book.open_items())
    if (!book.known(item.subject) && (!overdue || item.what.due < today)) print_line(line_of(item, today));
  return exit_status::ok;
}

exit_status act(intake::context& ctx, const options& opt) {
  const auto actor = actor_of(opt);
  auto book = open(ctx, ledger::mode::change);
  const auto subject = book.resolve(opt.id);
  book.act(subject, opt.act, opt.settles, opt.note, actor);
  return exit_status::ok;
}

exit_status check(intake::context& ctx, const options& opt) {
  std::vector<intake::ledger_head> heads;
  for (const auto& text : opt.heads) {
    const auto head = intake::ledger_head::parse(text);
    if (!head) throw failure(exit_status::usage, "--head: not SEQUENCE:CHAIN: " + text);
    heads.push_back(*head);
  }
  const auto book = open(ctx, reading(opt));
  const auto faults = book.check(heads);
  for (const auto& fault : faults) {
    const auto place = fault.sequence == 0 ? std::string() : fmt::format("event {}: ", fault.sequence);
    fmt::print(stderr, "intake-ledger: {}{}\n", place, fault.what);
  }
  if (!faults.empty()) return exit_status::config;
  if (!ctx.filter().quiet) fmt::print("{}\n", book.head().text());
  return exit_status::ok;
}

exit_status export_events(intake::context& ctx, const options& opt) {
  intake::event_filter filter;
  if (const auto day = day_option(opt.from, "--from")) filter.from = start_of(*day);
  if (const auto day = day_option(opt.to, "--to")) filter.before = start_of(intake::add_days(*day, 1));
  filter.kind = opt.kind;
  filter.subject = opt.subject;
  const auto book = open(ctx, reading(opt));
  book.each_event(filter, [&](const intake::event& what) {
    print_line(line_of(what));
    return true;
  });
  return exit_status::ok;
}

exit_status backup(intake::context& ctx, const options& opt) {
  const auto actor = actor_of(opt);
  auto book = open(ctx, ledger::mode::change, {directory_of(opt.destination)});
  fmt::print("{}\n", book.backup(opt.destination, actor).text());
  return exit_status::ok;
}

exit_status erase(intake::context& ctx, const options& opt) {
  const auto actor = actor_of(opt);
  auto book = open(ctx, ledger::mode::change);
  const auto subject = book.resolve(opt.id);
  if (!book.erase(subject, actor, opt.note)) throw failure(exit_status::usage, subject + ": is erased already");
  return exit_status::ok;
}

exit_status rekey(intake::context& ctx, const options& opt) {
  const auto actor = actor_of(opt);
  const auto& place = ctx.config().ledger;
  const auto key = intake::read_secret(place.key, "ledger.key");
  const auto old = opt.old_key.empty() ? intake::secret() : intake::read_secret(opt.old_key, "--old");
  ledger(place.path, ledger::mode::change, old).rekey(key, actor);
  return exit_status::ok;
}

std::string act_names() {
  std::string names;
  for (const auto& kind : intake::act_kinds) names += (names.empty() ? "" : " ") + std::string(kind.name);
  return names;
}

void day_options(intake::tool& command, options& opt) {
  command.option("--from", opt.from, "DAY", "from this day on")
      .option("--to", opt.to, "DAY", "up to this day, included")
      .flag("--redact", opt.redact, "nothing personal: sealed payloads are not opened");
}

}  // namespace

int main(int argc, char** argv) {
  using intake::context;
  options opt;
  intake::tool tool("intake-ledger", "Keep and ask the desk's ledger.");
  tool.example("intake-fetch --new | intake-ledger record | intake-parse", "note every message as it comes in")
      .example("intake-ledger pending", "what is not finished, and what is to be done")
      .example("intake-ledger act 2026-000123 telephoned --note '本人確認済み'", "a clerk's telephone call");

  tool.command("record", "Write the event of each passing record, then pass the record on.")
      .option("--fail-on", opt.fail_on, "DISPOSITION", "end with status 1 when a message is judged so",
              "confirm return accept list")
      .body([&](context& ctx) { return record_all(ctx, opt); });

  auto& asked = tool.command("query", "Print messages as records without bytes, with what the ledger knows of them.");
  asked.option("--day", opt.day, "DAY", "to be handled on this day")
      .option("--receipt", opt.receipt, "NUMBER", "that name this receipt number: applications, corrections, lists")
      .option("--applicant", opt.applicant, "NAME", "of this applicant")
      .option("--sender", opt.sender, "ADDRESS", "from this address")
      .option("--message-id", opt.message_id, "ID", "with this Message-ID")
      .option("--id", opt.id, "ID", "this message; the beginning of its id is enough")
      .option("--state", opt.state, "STATE", "in this state",
              "received judged exported finished unfinished cleared erased")
      .option("--disposition", opt.disposition, "DISPOSITION", "judged so", "accept confirm return list")
      .flag("--actions", opt.actions, "with an action that is still open")
      .option("--at", opt.at, "DAY", "as if today were this day, for what is overdue")
      .example("intake-ledger query --day 2026-11-24 | intake-show", "a day's messages as a table")
      .body([&](context& ctx) { return query(ctx, opt); });
  day_options(asked, opt);

  for (const bool overdue : {false, true})
    tool.command(overdue ? "overdue" : "pending", overdue ? "Print what should have been finished or done before today."
                                                          : "Print what is not finished, and what is to be done.")
        .option("--at", opt.at, "DAY", "as if today were this day")
        .flag("--redact", opt.redact, "nothing personal: sealed payloads are not opened")
        .body([&opt, overdue](context& ctx) { return pending(ctx, opt, overdue); });

  tool.command("act", "Take down what a clerk did.")
      .positional("ID", opt.id, "message, the beginning of its id, or a receipt number; or day:DAY, account:NAME")
      .positional("ACT", opt.act, "what was done", true, act_names())
      .option("--for", opt.settles, "ACTION", "the action that this settles (for sent and done)")
      .option("--note", opt.note, "TEXT", "remark, sealed like all that is personal")
      .option("--actor", opt.actor, "NAME", "who did it (else the login name)")
      .example("intake-ledger act m-1f0c cleared --note '電話及び一覧で確認'", "doubts are settled: it may be exported")
      .body([&](context& ctx) { return act(ctx, opt); });

  tool.command("check", "Check that nothing was changed, removed or inserted; print the head of the chain.")
      .option("--head", opt.heads, "SEQUENCE:CHAIN", "a head that was carried away earlier; may be given again")
      .flag("--redact", opt.redact, "without the key: payloads and derived tables are not checked")
      .body([&](context& ctx) { return check(ctx, opt); });

  auto& told = tool.command("export", "Print all events.");
  told.option("--kind", opt.kind, "KIND", "only these",
              "checked received seen judged exported reconciled noticed acted erased")
      .option("--subject", opt.subject, "ID", "only of this message, day:DAY or account:NAME")
      .body([&](context& ctx) { return export_events(ctx, opt); });
  day_options(told, opt);

  tool.command("backup", "Copy the ledger while it is in use; print the head that the copy ends with.")
      .positional("DEST", opt.destination, "file to make; never one that exists", true, "file")
      .option("--actor", opt.actor, "NAME", "who did it (else the login name)")
      .body([&](context& ctx) { return backup(ctx, opt); });

  tool.command("erase", "Delete the key of a message: what is personal of it cannot be read again.")
      .positional("ID", opt.id, "message, the beginning of its id, or a receipt number")
      .option("--note", opt.note, "TEXT", "reason; kept in the clear, so nothing personal")
      .option("--actor", opt.actor, "NAME", "who did it (else the login name)")
      .body([&](context& ctx) { return erase(ctx, opt); });

  tool.command("rekey", "Seal the ledger under the configured key instead of an older one or none.")
      .option("--old", opt.old_key, "REFERENCE", "the older key: file:PATH, credential:NAME or command:PROGRAM")
      .option("--actor", opt.actor, "NAME", "who did it (else the login name)")
      .body([&](context& ctx) { return rekey(ctx, opt); });

  return tool.run(argc, argv);
}
