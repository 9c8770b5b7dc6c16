#include "days_checked.hpp"

#include <algorithm>

#include "libintake/day_check.hpp"
#include "libintake/limits.hpp"
#include "libintake/lines.hpp"
#include "libintake/sandbox.hpp"

namespace intake {
namespace {

/// The first day that the ledger can tell of, within so many days before `to`; the day after `to` when it knows none.
date first_of(unsigned recent, date to, const ledger& book, int offset_minutes) {
  const auto earliest = add_days(to, 1 - static_cast<int>(recent));
  auto first = add_days(to, 1);
  message_filter filter;
  filter.from = earliest;
  book.each_message(filter, [&](const message_entry& message) {
    if (message.arrived_at != 0) first = std::min(first, civil_day({message.arrived_at, offset_minutes}));
    return false;  // they come by handling day: the first is enough
  });
  return std::max(first, earliest);
}

/// Judged records of list mails, one a line; whatever else passes is not looked at. Whether all were records.
bool read_lists(day_check& check) {
  check.use_given_lists();
  line_reader lines(0);
  bool sound = true;
  for (;;) {
    const auto outcome = lines.next();
    if (outcome == line_reader::outcome::end) return sound;
    try {
      if (outcome != line_reader::outcome::line) throw unusable_line("torn or too long");
      const auto rec = record::over(lines.line());
      const auto arrived = parse_rfc3339(rec["arrived_at"].str());
      check.add_list(rec, arrived ? arrived->seconds : 0);
    } catch (const unusable_line&) {
      sound = false;
    }
  }
}

bool meets(const std::vector<std::string>& fail_on, const checked_day& day) {
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

}  // namespace

exit_status reconcile_days(context& context, const reconcile_options& opt) {
  const auto& rule = context.profile();
  const auto& desk = context.config();
  const auto fail_on = words_of(opt.fail_on);
  const auto asked = days_of(opt.days, rule.calendar.offset_minutes, 1);
  if (opt.recent != 0 && opt.days.names_days())
    throw failure(exit_status::usage, "--recent excludes --day, --from and --to");

  auto book = open_ledger(desk, opt.dry_run ? ledger::mode::read : ledger::mode::write);
  const auto from = opt.recent == 0 ? asked.from : first_of(opt.recent, asked.to, book, rule.calendar.offset_minutes);
  record_writer out;  // before the sandbox, in which no terminal is recognised
  // The ledger is open; nothing below needs another file.
  sandbox::enter(sandbox::role::keeper, {.read = {}, .write = {ledger_folder(desk)}});

  day_check check(book, rule, desk, asked.now, "intake-reconcile");
  check.tolerance_seconds = std::int64_t{60} * opt.tolerance;
  const bool sound = !opt.lists_from_stdin || read_lists(check);
  bool met = false;
  std::vector<std::string> held;  // lines pass when what they tell is durable
  std::size_t held_bytes = 0;
  for (auto day = from; day <= asked.to; day = add_days(day, 1)) {
    auto checked = check.check(day);
    met = met || meets(fail_on, checked);
    held_bytes += checked.line.size();
    held.push_back(std::move(checked.line));
    if (day != asked.to && held.size() < limits::reconcile_days && held_bytes < limits::keeper_batch_bytes) continue;
    if (!opt.dry_run) check.write_events();
    for (const auto& line : held) out.write_line(line);
    held.clear();
    held_bytes = 0;
  }
  out.finish();
  return !sound ? exit_status::data : met ? exit_status::findings : exit_status::ok;
}

}  // namespace intake
