#include "day_check.hpp"

#include <algorithm>
#include <tuple>

#include "day_match.hpp"
#include "era.hpp"
#include "json.hpp"
#include "limits.hpp"

namespace intake {
namespace {

std::string text_of(value object, std::string_view key) {
  return std::string(object[key].str());
}

entry_table::fields fields_of(value entry) {
  return {entry["receipt_no"].str(), entry["submitted_at"].str(), entry["procedure"].str(), entry["station"].str(),
          entry["applicant"].str()};
}

std::int64_t midnight(date day, const profile& rule) {
  return written_time{.day = day}.at(rule.calendar.offset_minutes).seconds;
}

}  // namespace

day_check::day_check(ledger& book, const profile& rule, const config& desk, timestamp now, std::string actor)
    : book_(book),
      rule_(rule),
      desk_(desk),
      now_(now),
      actor_(std::move(actor)),
      repeated_(book.repeated_receipts()),
      doubted_(book.with_open("check_list")),
      unjudged_(book.unjudged()) {}

bool day_check::is_elsewhere(std::string_view station) const {
  const auto* const named = desk_.find_station(station);
  return named && named->id != desk_.own_station().id;
}

void day_check::add_list(const record& rec, std::int64_t arrived) {
  const auto day = rec["kind"].str() == "list" ? parse_iso_date(rec["list"]["day"].str()) : std::nullopt;
  if (!day) return;
  auto& [entries, lists] = lists_[*day];
  if (std::any_of(lists.begin(), lists.end(), [&](const auto& one) { return one.id == rec.id(); })) return;
  list_of_day list;
  list.id = rec.id();
  // When nobody knows when it came, it came now: late rather than in time.
  list.arrived = arrived != 0 ? arrived : now_.seconds;
  list.first = entries.size();
  rec["list"]["entries"].each([&](value entry) { entries.add(fields_of(entry)); });
  list.last = entries.size();
  bool doubtful = false;
  rec["findings"].each([&](value finding) {
    doubtful = doubtful || finding["severity"].str() != "info";
    list.findings.push_back(finding.json());
  });
  // What could not be read whole takes nothing away.
  list.corrected = rec["list"]["corrected"].boolean() && !doubtful;
  lists.push_back(std::move(list));
}

day_check::day_lists day_check::take_lists(date day) {
  if (!given_)
    for (const auto& id : book_.lists_of(day)) {
      const auto message = book_.find(id);
      if (message && !message->payload.empty()) add_list(record(message->payload), message->arrived_at);
    }
  day_lists taken;
  if (auto found = lists_.extract(day); !found.empty()) taken = std::move(found.mapped());
  std::sort(taken.lists.begin(), taken.lists.end(),
            [](const auto& a, const auto& b) { return std::tie(a.arrived, a.id) < std::tie(b.arrived, b.id); });
  return taken;
}

std::optional<received_application> day_check::open(const dated_application& one, bool in_day) const {
  const auto message = book_.find(one);
  if (!message || message->payload.empty()) return std::nullopt;  // erased just now
  const record judged(message->payload);
  const auto told = judged["application"];
  received_application made{.id = message->id,
                            .receipt_no = text_of(told, "receipt_no"),
                            .procedure = text_of(told, "procedure"),
                            .station = text_of(told, "station"),
                            .applicant = text_of(told, "applicant"),
                            .submitted = {}};
  if (const auto at = parse_rfc3339(told["submitted_at"].str())) made.submitted = at->seconds;
  // What names another station is another list's, and a finding of its own.
  made.of_day = in_day && !is_elsewhere(made.station);
  made.doubted = doubted_.contains(one.subject) && !settled_.contains(made.id);
  return made;
}

void day_check::hold_against(const day_lists& named, day_story& story) {
  day_question asked;
  asked.repeated = &repeated_;
  asked.doubted = &doubted_;
  for (std::size_t list = 0; list < named.lists.size(); ++list)
    if (named.lists[list].corrected) asked.first_in_force = static_cast<std::uint32_t>(list);
  for (std::size_t list = 0; list < asked.first_in_force; ++list) story.replaced.push_back(named.lists[list].id);
  asked.listed.reserve(named.entries.size());
  const ledger::receipt_keys keys(book_);
  for (std::size_t list = 0; list < named.lists.size(); ++list)
    for (auto at = named.lists[list].first; at < named.lists[list].last; ++at)
      asked.listed.push_back(
          {keys.of(named.entries.receipt_no(at)), static_cast<std::uint32_t>(list), static_cast<std::uint32_t>(at)});
  asked.of_day = book_.applications(midnight(story.day, rule_), midnight(add_days(story.day, 1), rule_));
  // Without a list nothing can be said to be unlisted, and no doubt is answered; what has one number is told all the
  // same.
  if (named.lists.empty())
    std::erase_if(asked.of_day, [&](const auto& one) {
      return !std::binary_search(repeated_.begin(), repeated_.end(), one.receipt);
    });
  auto plain = match_numbers(book_, std::move(asked));

  std::vector<std::vector<list_entry>> lists(named.lists.size());
  for (const auto& row : plain.open) lists[row.list].push_back(named.entries.entry(row.at));
  for (const auto& row : plain.withdrawn) story.withdrawn.push_back(named.entries.entry(row.at));
  // In the order in which the file has them: what lies together is read together.
  std::sort(plain.applications.begin(), plain.applications.end(),
            [](const auto& a, const auto& b) { return a.what.subject < b.what.subject; });
  std::vector<received_application> applications;
  for (const auto& one : plain.applications)
    if (auto opened = open(one.what, one.in_day)) applications.push_back(std::move(*opened));
  const reconcile_rules rules{tolerance_seconds, [this](std::string_view station) { return is_elsewhere(station); }};
  story.result = reconcile(lists, applications, rules);
  story.result.entries += plain.entries;
  story.result.repeated += plain.repeated;
  story.result.matched += plain.matched;
  if (named.lists.empty()) {
    story.result.unlisted.clear();
    story.result.doubts.clear();
  }
}

void day_check::settle(const std::vector<checked_doubt>& doubts) {
  for (const auto& one : doubts) {
    if (!one.cleared || !settled_.insert(one.id).second) continue;
    event what;
    what.subject = one.id;
    what.kind = "acted";
    what.actor = actor_;
    what.facts = R"({"act":"listed","settles":"check_list"})";
    what.at = now_;
    events_.push_back(std::move(what));
  }
}

checked_day day_check::check(date day) {
  const ledger::snapshot view(book_);
  const auto named = take_lists(day);
  const auto& lists = named.lists;
  day_story story;
  story.day = day;
  story.state = state_of_list(day, lists.empty() ? std::nullopt : std::optional(lists.front().arrived), now_, rule_);
  for (const auto& list : lists) {
    story.lists.push_back(list.id);
    story.findings.insert(story.findings.end(), list.findings.begin(), list.findings.end());
  }
  hold_against(named, story);
  for (auto it = unjudged_.lower_bound(day);
       it != unjudged_.end() && it->first <= add_days(day, limits::reconcile_days_after); ++it)
    story.unjudged += it->second;

  checked_day made;
  auto told = line_of(story, limits::reconcile_told_bytes);
  made.line = std::move(told.text);
  made.list = story.state;
  made.missed = !story.result.missed.empty();
  made.unlisted = !story.result.unlisted.empty();
  made.doubts_kept =
      std::any_of(story.result.doubts.begin(), story.result.doubts.end(), [](const auto& one) { return !one.cleared; });
  settle(story.result.doubts);
  note(story, made, std::move(told.identity));
  return made;
}

void day_check::note(const day_story& story, const checked_day& made, std::string identity) {
  json::writer facts;
  facts.begin_object().member("day", to_string(story.day)).member("list", story.state);
  facts.member("matched", story.result.matched).member("missed", story.result.missed.size());
  facts.member("unlisted", story.result.unlisted.size());
  facts.member("due", to_string(rule_.calendar.next_open(add_days(story.day, 1)))).key("actions").begin_array();
  for (const auto& name : actions_of(story)) facts.string(name);
  facts.end_array().end_object();
  event what;
  what.subject = "day:" + to_string(story.day);
  what.kind = "reconciled";
  what.actor = actor_;
  what.facts = facts.take();
  what.payload = made.line.size() <= limits::reconcile_kept_bytes
                     ? made.line
                     : line_of(story, limits::reconcile_kept_bytes / 16).text;
  // A doubt that this very check settles is gone the next time, and makes no other result.
  what.identity = std::move(identity);
  what.at = now_;
  events_.push_back(std::move(what));
}

void day_check::write_events() {
  for (std::size_t next = 0; next < events_.size();) {
    // Others wait while a batch is open.
    ledger::batch some(book_);
    for (const auto end = std::min(events_.size(), next + limits::reconcile_batch); next < end; ++next)
      book_.append(events_[next]);
    some.commit();
  }
  events_.clear();
}

}  // namespace intake
