#include <fmt/format.h>

#include <map>

#include "checkup.hpp"
#include "libintake/ledger.hpp"

namespace intake::doctor {
namespace {

/// The latest open day that is over: its check must have been made.
date last_open_day(const profile& rule) {
  auto day = civil_day(now());
  do day = add_days(day, -1);
  while (!rule.calendar.is_open(day));
  return day;
}

void examine_checks(report& to, const config& desk, const profile& rule, const ledger& book) {
  std::map<std::string, std::int64_t> last;
  book.each_event({.kind = "checked"}, [&](const event& it) {
    last[it.subject] = it.at.seconds;
    return true;
  });
  const auto due = last_open_day(rule);
  for (const auto& account : desk.accounts) {
    const auto found = last.find("account:" + account.name);
    const std::string mend =
        tr("See that the timer or cron runs intake-daily: systemctl list-timers intake-daily.timer");
    if (found == last.end()) {
      to.push_back({state::doubtful, "daily run",
                    fmt::format(fmt::runtime(tr("{}: never checked so far")), account.name), mend});
      continue;
    }
    timestamp when = now();
    when.seconds = found->second;
    const auto day = civil_day(when);
    const auto what = fmt::format(fmt::runtime(tr("{}: last checked on {}")), account.name, intake::to_string(day));
    to.push_back({day < due ? state::bad : state::good, "daily run", what, day < due ? mend : std::string()});
  }
  for (const auto& account : desk.accounts)
    if (const auto failed = book.failed_checks(account.name); failed != 0)
      to.push_back({failed >= account.fault_after ? state::bad : state::doubtful, "daily run",
                    fmt::format(fmt::runtime(tr("{}: the last {} checks failed")), account.name, failed),
                    tr("See the lines about mail above; report the fault if it lasts.")});
}

}  // namespace

void examine_ledger(report& to, context& ctx, const options& options) {
  const auto& desk = ctx.config();
  try {
    const auto book = open_ledger(desk, ledger::mode::read);
    const auto faults = options.whole ? book.check() : std::vector<ledger::fault>();
    if (!faults.empty())
      to.push_back({state::bad, "ledger", fmt::format("{}: {}", desk.ledger.path, faults.front().what.local()),
                    tr("Leave it as it is, take a copy, and compare with the backups: intake ledger check")});
    else
      to.push_back({state::good,
                    "ledger",
                    fmt::format(fmt::runtime(options.whole ? tr("{}: {} events, whole")
                                                           : tr("{}: {} events (--deep checks the chain)")),
                                desk.ledger.path, book.head().sequence),
                    {}});
    const profile* rule = nullptr;
    try {
      rule = &ctx.profile();
    } catch (const failure&) {
      return;  // what is wrong with it is told already, and which days are open is its matter
    }
    examine_checks(to, desk, *rule, book);
  } catch (const failure& error) {
    if (error.status() == exit_status::no_input)
      to.push_back({state::doubtful, "ledger", fmt::format(fmt::runtime(tr("{}: not there yet")), desk.ledger.path),
                    tr("The first daily run makes it.")});
    else if (error.status() == exit_status::no_permission)
      to.push_back({state::bad, "ledger", error.said().local(),
                    tr("Run this as the desk's own user: sudo -u intake intake doctor")});
    else
      to.push_back(
          {state::bad, "ledger", error.said().local(), tr("Leave it as it is, take a copy, and see docs/ledger.md.")});
  }
}

}  // namespace intake::doctor
