// intake-reconcile - hold the list mails of a day against what was received, and say what is missing on either side.
#include <algorithm>
#include <optional>

#include "libintake/day_check.hpp"
#include "libintake/limits.hpp"
#include "libintake/lines.hpp"
#include "libintake/sandbox.hpp"
#include "tool.hpp"

namespace {

using intake::exit_status;
using intake::failure;

struct options {
  std::vector<std::string> fail_on;
  std::string day, from, to, at;
  unsigned tolerance = 30, recent = 0;
  bool lists_from_stdin = false, dry_run = false;
};

intake::date day_of(const std::string& text, const char* name, intake::date otherwise) {
  if (text.empty()) return otherwise;
  const auto day = intake::parse_iso_date(text);
  if (!day) throw failure(exit_status::usage, "{}: not a day (YYYY-MM-DD): {}", name, text);
  return *day;
}

intake::timestamp clock_of(const options& opt) {
  if (opt.at.empty()) return intake::now();
  const auto at = intake::parse_rfc3339(opt.at);
  if (!at) throw failure(exit_status::usage, "--at: not a time (2026-11-18T09:00:00+09:00): {}", opt.at);
  return *at;
}

/// The first day that the ledger can tell of, within so many days before `to`; the day after `to` when it knows none.
intake::date first_of(unsigned recent, intake::date to, const intake::ledger& book, int offset_minutes) {
  const auto earliest = intake::add_days(to, 1 - static_cast<int>(recent));
  auto first = intake::add_days(to, 1);
  intake::message_filter filter;
  filter.from = earliest;
  book.each_message(filter, [&](const intake::message_entry& message) {
    if (message.arrived_at != 0) first = std::min(first, intake::civil_day({message.arrived_at, offset_minutes}));
    return false;  // they come by handling day: the first is enough
  });
  return std::max(first, earliest);
}

/// Judged records of list mails, one a line; whatever else passes is not looked at. Whether all were records.
bool read_lists(intake::day_check& check) {
  check.use_given_lists();
  intake::line_reader lines(0);
  bool sound = true;
  for (;;) {
    const auto outcome = lines.next();
    if (outcome == intake::line_reader::outcome::end) return sound;
    try {
      if (outcome != intake::line_reader::outcome::line) throw intake::unusable_line("torn or too long");
      const auto rec = intake::record::over(lines.line());
      const auto arrived = intake::parse_rfc3339(rec["arrived_at"].str());
      check.add_list(rec, arrived ? arrived->seconds : 0);
    } catch (const intake::unusable_line&) {
      sound = false;
    }
  }
}

bool meets(const std::vector<std::string>& fail_on, const intake::checked_day& day) {
  return std::any_of(fail_on.begin(), fail_on.end(), [&](const std::string& word) {
    return word == day.list || (word == "missed" && day.missed) || (word == "unlisted" && day.unlisted) ||
           (word == "doubts" && day.doubts_kept);
  });
}

std::vector<std::string> words_of(const std::vector<std::string>& given) {
  const std::vector<std::string> known = {"missed", "unlisted", "missing", "late", "doubts"};
  std::vector<std::string> words;
  for (std::string_view rest : given)
    for (;;) {
      const auto comma = rest.find(',');
      words.emplace_back(rest.substr(0, comma));
      if (std::find(known.begin(), known.end(), words.back()) == known.end())
        throw failure(exit_status::usage, "--fail-on: missed, unlisted, missing, late or doubts, not {}", words.back());
      if (comma == rest.npos) break;
      rest.remove_prefix(comma + 1);
    }
  return words;
}

exit_status reconcile(intake::context& context, const options& opt) {
  const auto& rule = context.profile();
  const auto& desk = context.config();
  const auto fail_on = words_of(opt.fail_on);
  const auto now = clock_of(opt);
  const auto yesterday = intake::add_days(intake::civil_day({now.seconds, rule.calendar.offset_minutes}), -1);
  auto from = day_of(opt.day.empty() ? opt.from : opt.day, "--from", yesterday);
  const auto to = day_of(opt.day.empty() ? opt.to : opt.day, "--to", std::max(from, yesterday));
  if (to < from) throw failure(exit_status::usage, "--to lies before --from");
  if (opt.recent != 0 && !(opt.day + opt.from + opt.to).empty())
    throw failure(exit_status::usage, "--recent excludes --day, --from and --to");

  auto book = open_ledger(desk, opt.dry_run ? intake::ledger::mode::read : intake::ledger::mode::write);
  if (opt.recent != 0) from = first_of(opt.recent, to, book, rule.calendar.offset_minutes);
  intake::record_writer out;  // before the sandbox, in which no terminal is recognised
  // The ledger is open; nothing below needs another file.
  intake::sandbox::enter(intake::sandbox::role::keeper, {.read = {}, .write = {ledger_folder(desk)}});

  intake::day_check check(book, rule, desk, now, "intake-reconcile");
  check.tolerance_seconds = std::int64_t{60} * opt.tolerance;
  const bool sound = !opt.lists_from_stdin || read_lists(check);
  bool met = false;
  std::vector<std::string> held;  // lines pass when what they tell is durable
  std::size_t held_bytes = 0;
  for (auto day = from; day <= to; day = intake::add_days(day, 1)) {
    auto checked = check.check(day);
    met = met || meets(fail_on, checked);
    held_bytes += checked.line.size();
    held.push_back(std::move(checked.line));
    if (day != to && held.size() < intake::limits::reconcile_days && held_bytes < intake::limits::keeper_batch_bytes)
      continue;
    if (!opt.dry_run) check.write_events();
    for (const auto& line : held) out.write_line(line);
    held.clear();
    held_bytes = 0;
  }
  out.finish();
  return !sound ? exit_status::data : met ? exit_status::findings : exit_status::ok;
}

}  // namespace

int main(int argc, char** argv) {
  intake::tool tool("intake-reconcile", "Hold the list mails against the ledger: missed, unlisted, duplicate, late.");
  options opt;
  tool.option("--day", opt.day, "DAY", "the day to check (else --from, else yesterday)")
      .option("--from", opt.from, "DAY", "the first day to check")
      .option("--to", opt.to, "DAY", "the last day to check (else yesterday)")
      .option("--recent", opt.recent, "DAYS", "at most so many days up to yesterday, from the desk's first message on", 1, 400)
      .flag("--lists", opt.lists_from_stdin, "read judged list mails from stdin instead of the ledger")
      .option("--tolerance", opt.tolerance, "MINUTES", "how far apart the times of a probable match may lie", 0, 1440)
      .flag("--dry-run", opt.dry_run, "write nothing down in the ledger")
      .option("--at", opt.at, "TIME", "judge what is late as if it were this time")
      .option("--fail-on", opt.fail_on, "WORD", "end with status 1 on missed, unlisted, missing, late or doubts",
              "missed unlisted missing late doubts")
      .example("intake-reconcile", "yesterday's list against what was received")
      .example("intake-reconcile --from 2026-11-01 --to 2026-11-30 --fail-on=missed,missing",
               "a month; status 1 when something is missing")
      .body([&](intake::context& context) { return reconcile(context, opt); });
  return tool.run(argc, argv);
}
