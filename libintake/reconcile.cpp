#include "reconcile.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <map>
#include <set>
#include <tuple>
#include <unordered_map>

#include "era.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

std::string person_key(std::string_view applicant, std::string_view procedure) {
  return applicant.empty() || procedure.empty() ? std::string() : folded(applicant) + '\n' + folded(procedure);
}

std::optional<std::int64_t> instant(const std::string& rfc3339) {
  const auto read = parse_rfc3339(rfc3339);
  return read ? std::optional(read->seconds) : std::nullopt;
}

class reconciler {
 public:
  reconciler(const std::vector<received_application>& applications, const reconcile_rules& rules)
      : applications_(applications), rules_(rules), named_(applications.size()) {
    for (std::size_t i = 0; i < applications.size(); ++i)
      if (!applications[i].receipt_no.empty()) by_receipt_[folded(applications[i].receipt_no)].push_back(i);
  }

  void take(const std::vector<list_entry>& list) {
    std::set<std::string> here;
    for (const auto& entry : list) {
      const auto key = folded(entry.receipt_no);
      if (!here.insert(key).second) repeated_[key];
      entries_[key] = &entry;
    }
  }

  reconciliation result() {
    std::vector<const list_entry*> open;
    for (const auto& [key, entry] : entries_) place(key, *entry, open);
    std::vector<std::size_t> unnamed;
    for (std::size_t i = 0; i < applications_.size(); ++i)
      if (applications_[i].of_day && !named_[i]) unnamed.push_back(i);
    pair_up(open, unnamed);
    for (const auto* const entry : open)
      if (entry) made_.missed.push_back(*entry);
    for (const auto i : unnamed)
      if (i != taken) made_.unlisted.push_back(applications_[i]);
    tell_duplicates();
    tell_doubts();
    sort();
    return std::move(made_);
  }

 private:
  static constexpr std::size_t taken = static_cast<std::size_t>(-1);

  void place(const std::string& key, const list_entry& entry, std::vector<const list_entry*>& open) {
    const auto found = by_receipt_.find(key);
    if (found != by_receipt_.end()) {
      ++made_.matched;
      for (const auto i : found->second) named_[i] = &entry;
    } else if (rules_.is_elsewhere && !entry.station.empty() && rules_.is_elsewhere(entry.station)) {
      made_.elsewhere.push_back(entry);
    } else {
      open.push_back(&entry);
    }
  }

  /// The nearest pairs of one person and one procedure first; ties by number and id, so that order plays no part.
  void pair_up(std::vector<const list_entry*>& open, std::vector<std::size_t>& unnamed) {
    std::unordered_map<std::string, std::vector<std::size_t>> people;
    for (std::size_t at = 0; at < unnamed.size(); ++at) {
      const auto& one = applications_[unnamed[at]];
      if (auto key = person_key(one.applicant, one.procedure); !key.empty()) people[std::move(key)].push_back(at);
    }
    std::vector<std::tuple<std::int64_t, std::string, std::string, std::size_t, std::size_t>> pairs;
    for (std::size_t at = 0; at < open.size(); ++at) {
      const auto found = people.find(person_key(open[at]->applicant, open[at]->procedure));
      if (found == people.end()) continue;
      const auto listed = instant(open[at]->submitted_at);
      for (const auto other : found->second) {
        const auto& one = applications_[unnamed[other]];
        if (!listed || !one.submitted) continue;
        const auto apart = std::abs(*listed - *one.submitted);
        if (apart <= rules_.tolerance_seconds) pairs.emplace_back(apart, open[at]->receipt_no, one.id, at, other);
      }
    }
    std::sort(pairs.begin(), pairs.end());
    for (const auto& [apart, number, id, at, other] : pairs) {
      if (!open[at] || unnamed[other] == taken) continue;
      made_.probable.push_back({*open[at], applications_[unnamed[other]]});
      open[at] = nullptr;
      unnamed[other] = taken;
    }
  }

  void tell_duplicates() {
    for (const auto& [key, none] : repeated_) made_.duplicates.push_back({entries_.at(key)->receipt_no, {}});
    for (const auto& [key, places] : by_receipt_) {
      std::set<std::string> ids;
      bool of_day = entries_.contains(key);
      for (const auto i : places) {
        ids.insert(applications_[i].id);
        of_day = of_day || applications_[i].of_day;
      }
      if (ids.size() > 1 && of_day)
        made_.duplicates.push_back({applications_[places.front()].receipt_no, {ids.begin(), ids.end()}});
    }
  }

  /// A number alone clears nothing: whoever forges a mail may have seen one.
  void tell_doubts() {
    for (std::size_t i = 0; i < applications_.size(); ++i) {
      const auto& one = applications_[i];
      if (!one.doubted || !(one.of_day || named_[i])) continue;
      const bool same = named_[i] && !one.applicant.empty() && folded(named_[i]->applicant) == folded(one.applicant) &&
                        folded(named_[i]->procedure) == folded(one.procedure) &&
                        by_receipt_.at(folded(one.receipt_no)).size() == 1;
      made_.doubts.push_back({one.id, one.receipt_no, same});
    }
  }

  void sort() {
    const auto by_number = [](const auto& a, const auto& b) { return a.receipt_no < b.receipt_no; };
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::sort(made_.missed.begin(), made_.missed.end(), by_number);
    std::sort(made_.elsewhere.begin(), made_.elsewhere.end(), by_number);
    std::sort(made_.unlisted.begin(), made_.unlisted.end(), by_id);
    std::sort(made_.doubts.begin(), made_.doubts.end(), by_id);
    std::sort(made_.duplicates.begin(), made_.duplicates.end(), [](const auto& a, const auto& b) {
      return std::tie(a.receipt_no, a.ids) < std::tie(b.receipt_no, b.ids);
    });
  }

  const std::vector<received_application>& applications_;
  const reconcile_rules& rules_;
  std::vector<const list_entry*> named_;  ///< the entry that names the application, or nullptr
  std::unordered_map<std::string, std::vector<std::size_t>> by_receipt_;
  std::map<std::string, const list_entry*> entries_;
  std::map<std::string, bool> repeated_;
  reconciliation made_;
};

}  // namespace

reconciliation reconcile(const std::vector<std::vector<list_entry>>& lists,
                         const std::vector<received_application>& applications, const reconcile_rules& rules) {
  reconciler made(applications, rules);
  for (const auto& list : lists) made.take(list);
  return made.result();
}

std::string_view state_of_list(date day, std::optional<std::int64_t> arrived, timestamp now, const profile& rule) {
  const std::int64_t next_midnight = written_time{.day = add_days(day, 1)}.at(rule.calendar.offset_minutes).seconds;
  const std::int64_t due = next_midnight + parse_time_of_day(rule.list.due).value_or(0);
  if (arrived) return *arrived <= due ? "received" : "late";
  if (rule.list.expect == "open_days" && !rule.calendar.is_open(day)) return "not_expected";
  return now.seconds < next_midnight + 24 * 3600 ? "pending" : "missing";
}

}  // namespace intake
