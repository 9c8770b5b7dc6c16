// intake-reconcile - hold the list mails of a day against what was received, and say what is missing on either side.
#include "reconcile/days_checked.hpp"

int main(int argc, char** argv) {
  intake::tool tool("intake-reconcile", "Hold the list mails against the ledger: missed, unlisted, duplicate, late.");
  intake::reconcile_options opt;
  tool.option("--day", opt.days.day, "DAY", "the day to check (else --from, else yesterday)")
      .option("--from", opt.days.from, "DAY", "the first day to check")
      .option("--to", opt.days.to, "DAY", "the last day to check (else yesterday)")
      .option("--recent", opt.recent, "DAYS", "at most so many days up to yesterday, from the desk's first message on",
              1, 400)
      .flag("--lists", opt.lists_from_stdin, "read judged list mails from stdin instead of the ledger")
      .option("--tolerance", opt.tolerance, "MINUTES", "how far apart the times of a probable match may lie", 0, 1440)
      .flag("--dry-run", opt.dry_run, "write nothing down in the ledger")
      .option("--at", opt.days.at, "TIME", "judge what is late as if it were this time")
      .option("--fail-on", opt.fail_on, "WORD", "end with status 1 on missed, unlisted, missing, late or doubts",
              "missed unlisted missing late doubts")
      .example("intake-reconcile", "yesterday's list against what was received")
      .example("intake-reconcile --from 2026-11-01 --to 2026-11-30 --fail-on=missed,missing",
               "a month; status 1 when something is missing")
      .body([&](intake::context& context) { return reconcile_days(context, opt); });
  return tool.run(argc, argv);
}
