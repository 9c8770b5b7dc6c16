#include "day_check.hpp"

#include <algorithm>
#include <set>

#include "json.hpp"
#include "limits.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

std::string text_of(value object, std::string_view key) {
  return std::string(object[key].str());
}

list_entry entry_of(value from) {
  return {text_of(from, "receipt_no"), text_of(from, "submitted_at"), text_of(from, "procedure"),
          text_of(from, "station"), text_of(from, "applicant")};
}

void write_entry(json::writer& out, const list_entry& entry) {
  out.member("receipt_no", entry.receipt_no).member_if("submitted_at", entry.submitted_at);
  out.member_if("procedure", entry.procedure).member_if("station", entry.station);
  out.member_if("applicant", entry.applicant);
}

void write_application(json::writer& out, const received_application& one) {
  out.member_if("receipt_no", one.receipt_no).member("id", one.id).member_if("procedure", one.procedure);
  out.member_if("applicant", one.applicant);
}

void write_duplicates(json::writer& out, const std::vector<repeated_receipt>& duplicates) {
  out.key("duplicates").begin_array();
  for (const auto& one : duplicates) {
    out.begin_object().member("receipt_no", one.receipt_no).member("in", one.ids.empty() ? "list" : "messages");
    if (!one.ids.empty()) {
      out.key("ids").begin_array();
      for (const auto& id : one.ids) out.string(id);
      out.end_array();
    }
    out.end_object();
  }
  out.end_array();
}

void write_classes(json::writer& out, const reconciliation& made) {
  out.member("matched", made.matched).key("missed").begin_array();
  for (const auto& entry : made.missed) {
    out.begin_object();
    write_entry(out, entry);
    out.end_object();
  }
  out.end_array().key("unlisted").begin_array();
  for (const auto& one : made.unlisted) {
    out.begin_object();
    write_application(out, one);
    out.end_object();
  }
  out.end_array();
  write_duplicates(out, made.duplicates);
  out.key("probable").begin_array();
  for (const auto& one : made.probable) {
    out.begin_object();
    write_entry(out, one.listed);
    out.member("id", one.application.id).member_if("told_receipt_no", one.application.receipt_no).end_object();
  }
  out.end_array().key("elsewhere").begin_array();
  for (const auto& entry : made.elsewhere) {
    out.begin_object();
    write_entry(out, entry);
    out.end_object();
  }
  out.end_array().key("doubts").begin_array();
  for (const auto& one : made.doubts)
    out.begin_object()
        .member("id", one.id)
        .member_if("receipt_no", one.receipt_no)
        .member("cleared", one.cleared)
        .end_object();
  out.end_array();
}

void write_action(json::writer& out, std::string_view name, std::string_view clause, const list_entry* about) {
  const auto* what = find_action(name);
  out.begin_object().member("do", name).member("clause", clause_label(clause)).member("to", what->to);
  out.key("why").begin_array().end_array();
  if (about) write_entry(out, *about);
  out.end_object();
}

}  // namespace

day_check::day_check(ledger& book, const profile& rule, const config& desk, timestamp now, std::string actor)
    : book_(book), rule_(rule), desk_(desk), now_(now), actor_(std::move(actor)) {}

bool day_check::is_elsewhere(std::string_view station) const {
  const auto* const named = desk_.find_station(station);
  return named && named->id != desk_.own_station().id;
}

void day_check::add_list(const record& rec, std::int64_t arrived) {
  const auto day = rec["kind"].str() == "list" ? parse_iso_date(rec["list"]["day"].str()) : std::nullopt;
  if (!day) return;
  auto& known = lists_[*day];
  if (std::any_of(known.begin(), known.end(), [&](const auto& one) { return one.id == rec.id(); })) return;
  list_of_day list{.id = std::string(rec.id()), .entries = {}, .findings = {}};
  // When nobody knows when it came, it came now: late rather than in time.
  list.arrived = arrived != 0 ? arrived : now_.seconds;
  rec["list"]["entries"].each([&](value entry) { list.entries.push_back(entry_of(entry)); });
  rec["findings"].each([&](value finding) { list.findings.push_back(finding.json()); });
  known.push_back(std::move(list));
}

void day_check::take(const message_entry& message) {
  if (message.state == "received") {
    if (message.handling_day && !message.erased) ++unjudged_[*message.handling_day];
    return;
  }
  if (message.payload.empty() || (message.kind != "list" && message.kind != "application")) return;
  const record judged(message.payload);
  if (message.kind == "list") {
    if (!given_) add_list(judged, message.arrived_at);
    return;
  }
  if (!known_ids_.insert(message.id).second) return;
  const auto told = judged["application"];
  received_application one{.id = message.id,
                           .receipt_no = text_of(told, "receipt_no"),
                           .procedure = text_of(told, "procedure"),
                           .station = text_of(told, "station"),
                           .applicant = text_of(told, "applicant"),
                           .submitted = {}};
  std::optional<date> day;
  if (const auto at = parse_rfc3339(told["submitted_at"].str())) {
    one.submitted = at->seconds;
    day = civil_day({at->seconds, rule_.calendar.offset_minutes});
  } else if (const auto alone = parse_iso_date(told["submitted_at"].str())) {
    day = alone;
  } else if (message.arrived_at != 0) {
    day = civil_day({message.arrived_at, rule_.calendar.offset_minutes});
  }
  for (const auto& open : message.open) one.doubted = one.doubted || open.action == "check_list";
  if (day) by_day_[*day].push_back(applications_.size());
  if (!one.receipt_no.empty()) by_number_[folded(one.receipt_no)].push_back(applications_.size());
  applications_.push_back(std::move(one));
}

void day_check::gather(date from, date to) {
  // A message is handled on a later day than it came: the longest row of closed days lies between.
  message_filter filter;
  filter.from = add_days(from, -1);
  filter.to = add_days(to, limits::reconcile_days_after);
  book_.each_message(filter, [&](const message_entry& message) {
    take(message);
    return true;
  });
}

/// A listed application may have come on any day: those not among the gathered are looked for by their number.
void day_check::add_unknown_numbers(date day) {
  for (const auto& list : lists_[day])
    for (const auto& entry : list.entries) {
      if (by_number_.contains(folded(entry.receipt_no))) continue;
      message_filter filter;
      filter.receipt_no = entry.receipt_no;
      book_.each_message(filter, [&](const message_entry& message) {
        if (message.kind == "application") take(message);
        return true;
      });
    }
}

std::vector<received_application> day_check::applications_of(date day) {
  std::set<std::size_t> chosen, of_day;
  const auto add_number = [&](std::string_view number) {
    if (const auto found = by_number_.find(folded(number)); found != by_number_.end())
      chosen.insert(found->second.begin(), found->second.end());
  };
  for (const auto at : by_day_[day]) {
    // What names another station is another list's, and a finding of its own.
    if (!is_elsewhere(applications_[at].station)) of_day.insert(at);
    chosen.insert(at);
    add_number(applications_[at].receipt_no);
  }
  for (const auto& list : lists_[day])
    for (const auto& entry : list.entries) add_number(entry.receipt_no);
  std::vector<received_application> out;
  for (const auto at : chosen) {
    out.push_back(applications_[at]);
    out.back().of_day = of_day.contains(at);
  }
  return out;
}

void day_check::settle(const std::vector<checked_doubt>& doubts) {
  for (const auto& one : doubts) {
    if (!one.cleared) continue;
    event what;
    what.subject = one.id;
    what.kind = "acted";
    what.actor = actor_;
    what.facts = R"({"act":"listed","settles":"check_list"})";
    what.at = now_;
    book_.append(what);
  }
}

checked_day day_check::check(date day) {
  add_unknown_numbers(day);
  auto& lists = lists_[day];
  std::sort(lists.begin(), lists.end(),
            [](const auto& a, const auto& b) { return std::tie(a.arrived, a.id) < std::tie(b.arrived, b.id); });
  checked_day made;
  made.list = state_of_list(day, lists.empty() ? std::nullopt : std::optional(lists.front().arrived), now_, rule_);
  std::vector<std::vector<list_entry>> entries;
  for (const auto& list : lists) entries.push_back(list.entries);
  const reconcile_rules rules{tolerance_seconds, [this](std::string_view station) { return is_elsewhere(station); }};
  auto result = reconcile(entries, applications_of(day), rules);
  if (lists.empty()) {  // without a list nothing can be said to be unlisted, and no doubt is answered
    result.unlisted.clear();
    result.doubts.clear();
  }
  // A message that is not judged yet may be the one that seems to be missed: nobody is asked before that is known.
  std::size_t unjudged = 0;
  for (const auto& [handled, count] : unjudged_)
    if (handled >= day && handled <= add_days(day, limits::reconcile_days_after)) unjudged += count;

  json::writer out, actions;
  std::vector<std::string> names;
  actions.begin_array();
  if (unjudged == 0)
    for (const auto& entry : result.missed) write_action(actions, "ask_resubmit", "missed", &entry);
  if (unjudged == 0 && !result.missed.empty()) names.emplace_back("ask_resubmit");
  if (made.list == "missing") {
    write_action(actions, "report_list_missing", "list_missing", nullptr);
    names.emplace_back("report_list_missing");
  }
  actions.end_array();

  out.begin_object().member("reconcile", 1).member("day", to_string(day)).member("list", made.list);
  out.key("lists").begin_array();
  for (const auto& list : lists) out.string(list.id);
  out.end_array();
  write_classes(out, result);
  if (unjudged != 0) out.member("unjudged", unjudged);
  out.key("findings").begin_array();
  for (const auto& list : lists)
    for (const auto& finding : list.findings) out.raw(finding);
  out.end_array().key("actions").raw(actions.text()).end_object();
  made.line = out.take();
  made.missed = !result.missed.empty();
  made.unlisted = !result.unlisted.empty();
  made.doubts_kept =
      std::any_of(result.doubts.begin(), result.doubts.end(), [](const auto& one) { return !one.cleared; });

  if (write_events) {
    settle(result.doubts);
    json::writer facts;
    facts.begin_object().member("day", to_string(day)).member("list", made.list).member("matched", result.matched);
    facts.member("missed", result.missed.size()).member("unlisted", result.unlisted.size());
    facts.member("due", to_string(rule_.calendar.next_open(add_days(day, 1)))).key("actions").begin_array();
    for (const auto& name : names) facts.string(name);
    facts.end_array().end_object();
    event what;
    what.subject = "day:" + to_string(day);
    what.kind = "reconciled";
    what.actor = actor_;
    what.facts = facts.take();
    what.payload = made.line;
    // A doubt that this very check settles is gone the next time, and makes no other result.
    what.identity = made.line.substr(0, made.line.find(",\"doubts\":")) + actions.text();
    what.at = now_;
    book_.append(what);
  }
  return made;
}

}  // namespace intake
