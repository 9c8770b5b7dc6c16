// intake-report - the desk's day or period from the ledger: as text, as JSON, or as one page for the browser and paper.
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "days.hpp"
#include "libintake/limits.hpp"
#include "libintake/report_view.hpp"
#include "libintake/sandbox.hpp"
#include "tool.hpp"

namespace {

using intake::exit_status;
using intake::failure;

struct options {
  intake::day_options days;
  std::vector<std::string> fail_on;
  bool json = false, html = false, redact = false;
};

intake::report_wish wish_of(const options& opt, int offset_minutes) {
  const auto asked = intake::days_of(opt.days, offset_minutes, 0);
  if (intake::add_days(asked.from, intake::limits::report_days) <= asked.to)
    throw failure(exit_status::usage, "a report is of {} days at most", intake::limits::report_days);
  intake::report_wish wish;
  wish.now = asked.now;
  wish.from = asked.from;
  wish.to = asked.to;
  wish.redact = opt.redact;
  return wish;
}

exit_status report(intake::context& ctx, const options& opt) {
  if (opt.json && opt.html) throw failure(exit_status::usage, "--json and --html exclude each other");
  for (const auto& word : opt.fail_on)
    if (word != "attention" && word != "open")
      throw failure(exit_status::usage, "--fail-on: attention or open, not {}", word);
  const auto& rule = ctx.profile();
  const auto& desk = ctx.config();
  const auto wish = wish_of(opt, rule.calendar.offset_minutes);
  const auto book = open_ledger(desk, opt.redact ? intake::ledger::mode::inspect : intake::ledger::mode::read);
  const auto style = intake::terminal::style_of(STDOUT_FILENO);
  // The ledger is open; nothing below needs another file.
  intake::sandbox::enter(intake::sandbox::role::keeper, {.read = {}, .write = {ledger_folder(desk)}});

  const auto made = make_report(wish, book, desk, rule);
  const auto text = opt.json   ? report_json(made) + "\n"
                    : opt.html ? report_html(made, style.words)
                               : report_text(made, style);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    throw intake::system_failure(exit_status::io, "stdout");
  const bool met = std::any_of(made.clauses.begin(), made.clauses.end(), [&](const intake::reported_clause& clause) {
    const bool open = clause.state == intake::clause_state::open, bad = clause.state == intake::clause_state::attention;
    return std::any_of(opt.fail_on.begin(), opt.fail_on.end(),
                       [&](const std::string& word) { return bad || (open && word == "open"); });
  });
  return met ? exit_status::findings : exit_status::ok;
}

}  // namespace

int main(int argc, char** argv) {
  options opt;
  intake::tool tool("intake-report",
                    "Show the desk's day or period: outcomes, open actions, lists, clauses of the rule.");
  tool.option("--day", opt.days.day, "DAY", "the day to report (else --from, else today)")
      .option("--from", opt.days.from, "DAY", "the first day")
      .option("--to", opt.days.to, "DAY", "the last day (else today)")
      .flag("--json", opt.json, "as JSON, one line (docs/report.md)")
      .flag("--html", opt.html, "as one page for a browser or for paper")
      .flag("--redact", opt.redact, "no person and no receipt number: sealed payloads are not opened")
      .option("--fail-on", opt.fail_on, "WORD",
              "end with status 1 when a clause is overdue (attention) or not done (open)", "attention open")
      .option("--at", opt.days.at, "TIME", "as if it were this time")
      .example("intake-report", "today, on the terminal")
      .example("intake-report --from 2026-11-01 --to 2026-11-30 --html >report.html", "a month, to be printed")
      .body([&](intake::context& ctx) { return report(ctx, opt); });
  return tool.run(argc, argv);
}
