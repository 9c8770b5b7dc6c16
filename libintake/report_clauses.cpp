#include "report_clauses.hpp"

#include <algorithm>

#include "findings.hpp"

namespace intake {
namespace {

class clause_judge {
 public:
  clause_judge(const desk_report& made, const std::vector<message_tally>& facts, const report_events& events,
               const profile& rule)
      : made_(made), facts_(facts), events_(events), rule_(rule) {}

  reported_clause judge(std::string_view key) {
    row_ = {.key = key, .label = std::string(rule_.clause(key))};
    always_ = attention_ = waiting_ = false;
    cases_ = open_ = overdue_ = 0;
    gather(key);
    tell_actions(key);
    conclude();
    return std::move(row_);
  }

 private:
  void tell(std::string_view name, std::size_t number) {
    row_.numbers.emplace_back(name, static_cast<std::int64_t>(number));
  }

  /// Evidence that calls for somebody when it is not zero.
  void warn(std::string_view name, std::size_t number) {
    tell(name, number);
    attention_ = attention_ || number != 0;
  }

  template <class Test>
  [[nodiscard]] std::size_t count(Test test) const {
    std::size_t found = 0;
    for (std::size_t i = 0; i < made_.messages.size(); ++i)
      if (test(made_.messages[i], facts_[i])) ++found;
    return found;
  }

  [[nodiscard]] std::size_t judged() const {
    return count([](const auto& one, const auto&) { return !one.disposition.empty(); });
  }

  static bool waits(const reported_message& one) { return one.disposition == "confirm" && !one.cleared; }

  /// Messages with a finding that rests on this clause.
  void concerned(std::string_view key) {
    const auto fits = [&](const reported_message& one) {
      return std::any_of(one.codes.begin(), one.codes.end(), [&](const std::string& code) {
        const auto* known = find_finding(code);
        return known && known->clause == key;
      });
    };
    cases_ = count([&](const auto& one, const auto&) { return fits(one); });
    const auto waiting = count([&](const auto& one, const auto&) { return fits(one) && waits(one); });
    tell("cases", cases_);
    tell("waiting", waiting);
    waiting_ = waiting != 0;
  }

  void gather(std::string_view key) {
    if (key == "mail_check") return mail_check();
    if (key == "no_storage") return no_storage();
    if (key == "list_check" || key == "missed" || key == "list_missing") return lists(key);
    if (key == "fault") return faults();
    if (key == "security") return security();
    if (key == "privacy") return privacy();
    if (key == "arrival") return arrival();
    if (key == "harmless") return harmless();
    if (key == "direct" || key == "correction") return of_kind(key);
    if (key == "fee" || key == "change") return;
    // Each message that was judged was held against these.
    tell("judged", judged());
    always_ = judged() != 0;
    concerned(key);
  }

  void mail_check() {
    std::size_t open = 0, checks = 0, failed = 0;
    for (const auto& day : made_.days) {
      open += day.open && day.known ? 1 : 0;
      checks += day.checks;
      failed += day.failed;
      if (day.unchecked(made_.today)) row_.days.push_back(day.day);
      // Today may still be looked at.
      if (day.known && day.open && day.checks == 0 && day.day == made_.today) waiting_ = true;
    }
    tell("open_days", open);
    tell("checks", checks);
    tell("failed_checks", failed);
    warn("unchecked_days", row_.days.size());
    always_ = open != 0;
  }

  void no_storage() {
    always_ = true;
    tell("copies_saved", events_.copies_saved);
    for (const auto& copy : made_.copies) {
      ++open_;
      overdue_ += copy.days_late > 0 ? 1 : 0;
    }
  }

  /// Days of the period whose list is due by now, as the profile expects them.
  void lists(std::string_view key) {
    std::size_t due = 0, unreconciled = 0, late = 0, missed = 0, unlisted = 0;
    std::vector<date> missing;
    for (const auto& day : made_.days) {
      const bool expected = rule_.list.expect != "open_days" || day.open;
      if (!expected || !(day.known || day.reconciled) || day.list == "pending" || day.day >= made_.today) continue;
      ++due;
      if (!day.reconciled) ++unreconciled;
      if (day.list == "late") ++late;
      if (day.list == "missing") missing.push_back(day.day);
      missed += static_cast<std::size_t>(day.missed);
      unlisted += static_cast<std::size_t>(day.unlisted);
    }
    if (key == "list_check") {
      tell("days", due);
      tell("late", late);
      tell("unlisted", unlisted);
      warn("unreconciled", unreconciled);
      always_ = due != 0;
    } else if (key == "missed") {
      tell("missed", missed);
      cases_ = missed;
      always_ = due != 0 && unreconciled == 0;
    } else {
      tell("missing", missing.size());
      cases_ = missing.size();
      row_.days = std::move(missing);
      always_ = due != 0 && unreconciled == 0;
    }
  }

  void faults() {
    concerned("fault");
    std::size_t failed = 0;
    for (const auto& day : made_.days) failed += day.failed;
    tell("failed_checks", failed);
    cases_ += failed;
  }

  void security() {
    warn("insecure", count([](const auto&, const auto& fact) { return fact.insecure; }));
    always_ = true;
  }

  void privacy() {
    warn("unsealed", made_.ledger_sealed ? 0 : 1);
    tell("erased", events_.erased);
    always_ = true;
  }

  void arrival() {
    std::size_t closed = 0;
    for (const auto& one : made_.messages)
      if (one.arrived != 0 && !rule_.calendar.is_open(civil_day({one.arrived, rule_.calendar.offset_minutes})))
        ++closed;
    tell("arrived", made_.messages.size());
    tell("arrived_closed", closed);
    always_ = !made_.messages.empty();
  }

  void harmless() {
    std::size_t pages = 0;
    for (const auto& fact : facts_) pages += static_cast<std::size_t>(fact.pages);
    const auto exported = count([](const auto&, const auto& fact) { return fact.exported; });
    const auto left = count([](const auto& one, const auto& fact) {
      return (one.disposition == "accept" || one.cleared) && !fact.exported;
    });
    tell("exported", exported);
    tell("pages", pages);
    tell("unexported", left);
    always_ = exported != 0;
    waiting_ = left != 0;
  }

  void of_kind(std::string_view key) {
    cases_ = count([&](const auto& one, const auto&) { return one.kind == key; });
    tell(key == "correction" ? "corrections" : "cases", cases_);
  }

  void tell_actions(std::string_view key) {
    for (const auto& one : made_.open)
      if (one.clause == key) {
        ++open_;
        overdue_ += one.days_late > 0 ? 1 : 0;
      }
    action_tally tally;
    if (const auto it = events_.actions.find(key); it != events_.actions.end()) tally = it->second;
    if (tally.drafted != 0) tell("drafted", tally.drafted);
    if (tally.done != 0) tell("done", tally.done);
    if (open_ != 0) tell("open", open_);
    if (overdue_ != 0) tell("overdue", overdue_);
    cases_ += tally.done + tally.drafted;
  }

  void conclude() {
    if (attention_ || overdue_ != 0)
      row_.state = clause_state::attention;
    else if (waiting_ || open_ != 0)
      row_.state = clause_state::open;
    else
      row_.state = always_ || cases_ != 0 ? clause_state::met : clause_state::none;
  }

  const desk_report& made_;
  const std::vector<message_tally>& facts_;
  const report_events& events_;
  const profile& rule_;
  reported_clause row_;
  std::size_t cases_ = 0, open_ = 0, overdue_ = 0;
  bool always_ = false;  ///< keeping the clause shows even where nothing came up
  bool attention_ = false, waiting_ = false;
};

}  // namespace

std::vector<reported_clause> judge_clauses(const desk_report& made, const std::vector<message_tally>& facts,
                                           const report_events& events, const profile& rule) {
  std::vector<reported_clause> rows;
  clause_judge judge(made, facts, events, rule);
  for (const auto& clause : clause_keys) rows.push_back(judge.judge(clause.key));
  return rows;
}

}  // namespace intake
