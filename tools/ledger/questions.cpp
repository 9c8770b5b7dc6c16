// What the ledger is asked: messages, what is open, what is late, all events.
#include <memory>
#include <set>

#include "libintake/dossier.hpp"
#include "libintake/ledger_lines.hpp"
#include "libintake/lines.hpp"
#include "tools/ledger/commands.hpp"

namespace intake::ledger_commands {
namespace {

struct questions {
  message_filter filter;
  std::string day, from, to, at, id, kind, subject;
  bool redact = false, together = false;

  [[nodiscard]] ledger::mode mode() const { return redact ? ledger::mode::inspect : ledger::mode::read; }
  [[nodiscard]] date today() const { return day_option(at, "--at").value_or(civil_day(now())); }
};

void print_messages(const ledger& book, const message_filter& filter, date today, record_writer& out) {
  book.each_message(filter, [&](const message_entry& entry) {
    out.write_line(line_of(entry, today));
    return true;
  });
  out.finish();
}

exit_status query(context& ctx, const questions& asked) {
  auto filter = asked.filter;
  filter.from = day_option(asked.day.empty() ? asked.from : asked.day, "--day");
  filter.to = day_option(asked.day.empty() ? asked.to : asked.day, "--to");
  const auto today = asked.today();
  record_writer out;  // before the sandbox, in which no terminal is recognised
  const auto book = open_confined(ctx, asked.mode());
  if (!asked.id.empty()) filter.id = book.resolve(asked.id);
  if (!asked.together) {
    print_messages(book, filter, today, out);
    return exit_status::ok;
  }
  std::set<std::string> shown;
  book.each_message(filter, [&](const message_entry& entry) {
    for (const auto& line : dossier_lines(entry, book, today))
      if (shown.insert(std::string(record(line).id())).second) out.write_line(line);
    return true;
  });
  out.finish();
  return exit_status::ok;
}

/// Unfinished messages and open actions; `overdue` keeps what should have been done before today.
exit_status pending(context& ctx, const questions& asked, bool overdue) {
  const auto today = asked.today();
  record_writer out;
  const auto book = open_confined(ctx, asked.mode());
  // The last day there is takes in everything that is open, whenever it is due.
  const date end = std::chrono::year(9999) / 12 / 31;
  print_messages(book, {.overdue = overdue ? today : end}, today, out);
  for (const auto& item : book.open_items())
    if (!book.known(item.subject) && (!overdue || item.what.due < today)) print_line(line_of(item, today));
  return exit_status::ok;
}

std::int64_t start_of(date day) {
  // Days are the desk's, and the desk is where this runs: the offset of the clock.
  return std::chrono::sys_days(day).time_since_epoch().count() * 86400 - now().offset_minutes * 60;
}

exit_status export_events(context& ctx, const questions& asked) {
  event_filter filter{.from = {}, .before = {}, .kind = asked.kind, .subject = asked.subject};
  if (const auto day = day_option(asked.from, "--from")) filter.from = start_of(*day);
  if (const auto day = day_option(asked.to, "--to")) filter.before = start_of(add_days(*day, 1));
  const auto book = open_confined(ctx, asked.mode());
  book.each_event(filter, [&](const event& what) {
    print_line(line_of(what));
    return true;
  });
  return exit_status::ok;
}

/// The answers live as long as the command: its body holds them.
std::shared_ptr<questions> ask_days(tool& command) {
  auto asked = std::make_shared<questions>();
  command.option("--from", asked->from, "DAY", "from this day on")
      .option("--to", asked->to, "DAY", "up to this day, included");
  redact_flag(command, asked->redact);
  return asked;
}

void add_query(tool& to) {
  auto& command = to.command("query", "Print messages as records without bytes, with what the ledger knows of them.");
  const auto asked = ask_days(command);
  auto& filter = asked->filter;
  command.option("--day", asked->day, "DAY", "to be handled on this day")
      .option("--receipt", filter.receipt_no, "NUMBER",
              "that name this receipt number: applications, corrections, lists")
      .option("--applicant", filter.applicant, "NAME", "of this applicant")
      .option("--sender", filter.sender, "ADDRESS", "from this address")
      .option("--message-id", filter.message_id, "ID", "with this Message-ID")
      .option("--id", asked->id, "ID", "this message; the beginning of its id is enough")
      .option("--state", filter.state, "STATE", "in this state",
              "received judged exported finished unfinished cleared erased")
      .option("--disposition", filter.disposition, "DISPOSITION", "judged so", "accept confirm return list")
      .flag("--together", asked->together,
            "with what belongs to them: corrections, lists, repeats; letters and acts of each in \"ledger\"")
      .flag("--actions", filter.open_actions, "with an action that is still open")
      .option("--at", asked->at, "DAY", "as if today were this day, for what is overdue")
      .example("intake-ledger query --day 2026-11-24 | intake-show", "a day's messages as a table")
      .example("intake-ledger query --receipt 20261117-0001 --together | intake-show", "everything of one application")
      .body([asked](context& ctx) { return query(ctx, *asked); });
}

void add_pending(tool& to, const char* name, const char* summary, bool overdue) {
  const auto asked = std::make_shared<questions>();
  auto& command = to.command(name, summary);
  command.option("--at", asked->at, "DAY", "as if today were this day");
  redact_flag(command, asked->redact);
  command.body([asked, overdue](context& ctx) { return pending(ctx, *asked, overdue); });
}

}  // namespace

void add_questions(tool& to) {
  add_query(to);
  add_pending(to, "pending", "Print what is not finished, and what is to be done.", false);
  add_pending(to, "overdue", "Print what should have been finished or done before today.", true);
  auto& told = to.command("export", "Print all events.");
  const auto asked = ask_days(told);
  told.option("--kind", asked->kind, "KIND", "only these",
              "checked received seen judged exported reconciled noticed acted erased")
      .option("--subject", asked->subject, "ID", "only of this message, day:DAY or account:NAME")
      .body([asked](context& ctx) { return export_events(ctx, *asked); });
}

}  // namespace intake::ledger_commands
