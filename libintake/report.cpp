#include "report.hpp"

#include <algorithm>
#include <chrono>

#include "acts.hpp"
#include "record.hpp"
#include "report_clauses.hpp"
#include "report_events.hpp"

namespace intake {
namespace {

constexpr std::string_view unfinished = "finish";

int days_between(date from, date to) {
  return static_cast<int>((std::chrono::sys_days(to) - std::chrono::sys_days(from)).count());
}

/// Whole weeks, so that a calendar of it has no ragged edge: 53 of them end with the one of `last`.
date start_of_year(date last) {
  const auto weekday = std::chrono::weekday(std::chrono::sys_days(last)).c_encoding();
  return add_days(last, -static_cast<int>(weekday) - 52 * 7);
}

void take_person(const message_entry& entry, bool redact, std::string& receipt_no, std::string& applicant,
                 std::string* procedure) {
  if (redact || entry.payload.empty()) return;
  const record rec(entry.payload);
  const auto told = rec["application"];
  receipt_no = told["receipt_no"].str(rec["correction"]["receipt_no"].str());
  applicant = told["applicant"].str();
  if (procedure) *procedure = told["procedure"].str();
}

class maker {
 public:
  maker(const report_wish& wish, const ledger& book, const config& desk, const profile& rule)
      : wish_(wish),
        book_(book),
        rule_(rule),
        today_(civil_day({wish.now.seconds, rule.calendar.offset_minutes})),
        events_(book, std::min(start_of_year(wish.to), wish.from), wish.from, wish.to, rule.calendar.offset_minutes) {
    made_.made_at = {wish.now.seconds, rule.calendar.offset_minutes};
    made_.from = wish.from;
    made_.to = wish.to;
    made_.today = today_;
    made_.redacted = wish.redact;
    made_.station = desk.own_station().name;
    made_.profile_title = rule.title;
    made_.profile_reference = rule.reference;
    made_.valid_from = rule.valid_from;
    made_.valid_until = rule.valid_until;
    made_.profile_expired = !rule.valid_until.empty() && rule.valid_until < to_string(today_);
    made_.ledger_sealed = book.sealed();
    made_.ledger_head = book.head().text();
  }

  desk_report make() {
    take_messages();
    take_open();
    for (auto day = wish_.from; day <= wish_.to; day = add_days(day, 1)) made_.days.push_back(day_of(day));
    const auto last = add_days(start_of_year(wish_.to), 53 * 7 - 1);
    for (auto day = start_of_year(wish_.to); day <= last; day = add_days(day, 1)) made_.year.push_back(day_of(day));
    made_.hours = events_.hours;
    made_.weekdays = events_.weekdays;
    take_scanner();
    made_.clauses = judge_clauses(made_, facts_, events_, rule_);
    return std::move(made_);
  }

 private:
  void take_messages() {
    message_filter filter;
    filter.from = wish_.from;
    filter.to = wish_.to;
    book_.each_message(filter, [&](const message_entry& entry) {
      reported_message one{.id = entry.id, .kind = entry.kind, .disposition = entry.disposition};
      one.finished = entry.finished;
      one.cleared = entry.cleared;
      one.erased = entry.erased;
      one.arrived = entry.arrived_at;
      one.handling_day = entry.handling_day;
      one.open = entry.open;
      take_person(entry, wish_.redact, one.receipt_no, one.applicant, &one.procedure);
      facts_.push_back(report_events::of_message(book_, entry.id));
      one.codes = facts_.back().codes;
      made_.messages.push_back(std::move(one));
      return true;
    });
    sort_by_arrival();
    if (!wish_.redact)
      for (auto& one : made_.messages)
        if (const auto entry = book_.find(one.id)) one.links = links_of(*entry, book_);
    for (const std::string_view word : {"accept", "confirm", "return", "list", ""})
      made_.totals.emplace_back(word, std::count_if(made_.messages.begin(), made_.messages.end(),
                                                    [&](const auto& one) { return one.disposition == word; }));
  }

  void sort_by_arrival() {
    std::vector<std::size_t> order(made_.messages.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return made_.messages[a].arrived < made_.messages[b].arrived; });
    std::vector<reported_message> messages;
    std::vector<message_tally> facts;
    for (const auto at : order) {
      messages.push_back(std::move(made_.messages[at]));
      facts.push_back(std::move(facts_[at]));
    }
    made_.messages = std::move(messages);
    facts_ = std::move(facts);
  }

  void add_open(const std::string& subject, const message_entry* entry, const std::string& action, date due) {
    reported_action one{.subject = subject, .action = action, .clause = {}, .due = due};
    bool malware = false;
    if (entry) {
      take_person(*entry, wish_.redact, one.receipt_no, one.applicant, nullptr);
      const auto codes = report_events::of_message(book_, subject).codes;
      malware = std::find(codes.begin(), codes.end(), "malware.found") != codes.end();
    }
    if (action == unfinished)  // not judged, or accepted and not exported
      one.clause = entry->state == "received" ? "virus_check" : "harmless";
    else
      one.clause = clause_of_action(action, subject, malware);
    if (due < today_) one.days_late = days_between(due, today_);
    (action == delete_copy_action ? made_.copies : made_.open).push_back(std::move(one));
  }

  void take_open() {
    message_filter filter;
    filter.overdue = date(std::chrono::year(9999), std::chrono::December, std::chrono::day(31));
    book_.each_message(filter, [&](const message_entry& entry) {
      if (!entry.finished) add_open(entry.id, &entry, std::string(unfinished), entry.handling_day.value_or(today_));
      for (const auto& item : entry.open) add_open(entry.id, &entry, item.action, item.due);
      return true;
    });
    for (const auto& item : book_.open_items())
      if (!book_.known(item.subject)) add_open(item.subject, nullptr, item.what.action, item.what.due);
    for (auto* list : {&made_.open, &made_.copies})
      std::stable_sort(list->begin(), list->end(), [](const auto& a, const auto& b) { return a.due < b.due; });
  }

  reported_day day_of(date day) const {
    reported_day out{.day = day, .open = rule_.calendar.is_open(day)};
    out.known = events_.first && *events_.first <= day && day <= today_;
    if (rule_.calendar.japanese_holidays) out.holiday = japanese_holiday(day);
    if (const auto it = events_.days.find(day); it != events_.days.end()) {
      out.checks = it->second.checks;
      out.failed = it->second.failed;
      out.arrived = it->second.arrived;
    }
    if (const auto it = events_.reconciled.find(day); it != events_.reconciled.end()) {
      out.reconciled = true;
      out.list = it->second.list;
      out.matched = it->second.matched;
      out.missed = it->second.missed;
      out.unlisted = it->second.unlisted;
    }
    return out;
  }

  void take_scanner() {
    if (events_.scanner.empty()) return;
    const record scan(R"({"intake":1,"id":"scan","scan":)" + events_.scanner + "}");
    made_.scanner.engine = scan["scan"]["engine"].str();
    made_.scanner.version = scan["scan"]["database"]["version"].str();
    made_.scanner.built = scan["scan"]["database"]["built"].str();
    made_.scanner.signatures = scan["scan"]["database"]["signatures"].integer();
    made_.scanner.at = events_.scanned_at;
  }

  const report_wish& wish_;
  const ledger& book_;
  const profile& rule_;
  date today_;
  report_events events_;
  std::vector<message_tally> facts_;  ///< beside made_.messages
  desk_report made_;
};

}  // namespace

desk_report make_report(const report_wish& wish, const ledger& book, const config& desk, const profile& rule) {
  return maker(wish, book, desk, rule).make();
}

}  // namespace intake
