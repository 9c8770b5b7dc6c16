#include "reconcile.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <queue>
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

/// What orders entries: the number first; where it is told twice or not at all, the rest.
std::string entry_name(const list_entry& entry) {
  std::string name = entry.receipt_no;
  for (const auto* const part : {&entry.submitted_at, &entry.applicant, &entry.procedure, &entry.station})
    (name += '\n') += *part;
  return name;
}

/// Pairs of one person and one procedure, the nearest in time first. Of all that are left in the order of time, the
/// nearest two of different sides are neighbours, so only neighbours are ever compared.
class nearest_pairs {
 public:
  struct one {
    std::int64_t at = 0;
    bool listed = false;
    std::string name;  ///< settles which is first of those that are equally near
    std::size_t index = 0;
  };

  explicit nearest_pairs(std::vector<one> all) : all_(std::move(all)), before_(all_.size()), after_(all_.size()) {
    std::sort(all_.begin(), all_.end(), [](const one& a, const one& b) {
      // Listed ones descend, so that the first names of both sides meet.
      if (a.at != b.at || a.listed != b.listed) return std::tie(a.at, b.listed) < std::tie(b.at, a.listed);
      return a.listed ? b.name < a.name : a.name < b.name;
    });
  }

  /// Calls visit(listed, application) with the indices of each pair not further apart than `tolerance`.
  template <class Visit>
  void each(std::int64_t tolerance, Visit visit) {
    for (std::size_t at = 0; at < all_.size(); ++at) {
      before_[at] = at == 0 ? none : at - 1;
      after_[at] = at + 1 == all_.size() ? none : at + 1;
      consider(before_[at], at, tolerance);
    }
    std::vector<bool> gone(all_.size());
    while (!near_.empty()) {
      const auto [apart, name, left, right] = near_.top();
      near_.pop();
      if (gone[left] || gone[right]) continue;
      gone[left] = gone[right] = true;
      all_[left].listed ? visit(all_[left].index, all_[right].index) : visit(all_[right].index, all_[left].index);
      const auto before = before_[left], after = after_[right];
      if (before != none) after_[before] = after;
      if (after != none) before_[after] = before;
      if (after != none) consider(before, after, tolerance);
    }
  }

 private:
  static constexpr std::size_t none = static_cast<std::size_t>(-1);
  using neighbours = std::tuple<std::int64_t, std::string, std::size_t, std::size_t>;

  void consider(std::size_t left, std::size_t right, std::int64_t tolerance) {
    if (left == none || all_[left].listed == all_[right].listed) return;
    const auto apart = all_[right].at - all_[left].at;
    if (apart <= tolerance) near_.emplace(apart, all_[all_[left].listed ? left : right].name, left, right);
  }

  std::vector<one> all_;
  std::vector<std::size_t> before_, after_;
  std::priority_queue<neighbours, std::vector<neighbours>, std::greater<>> near_;
};

class reconciler {
 public:
  reconciler(const std::vector<received_application>& applications, const reconcile_rules& rules)
      : applications_(applications), rules_(rules), named_(applications.size()) {
    for (std::size_t i = 0; i < applications.size(); ++i)
      if (auto key = folded(applications[i].receipt_no); !key.empty()) by_receipt_[std::move(key)].push_back(i);
  }

  void take(const std::vector<list_entry>& list) {
    std::set<std::string> here;
    for (const auto& entry : list) {
      ++made_.entries;
      auto key = folded(entry.receipt_no);
      if (key.empty()) {
        unnumbered_.push_back(&entry);
        continue;
      }
      if (!here.insert(key).second) repeated_.insert(key);
      auto& known = entries_[std::move(key)];
      if (known) ++made_.repeated;
      known = &entry;
    }
  }

  reconciliation result() {
    std::vector<const list_entry*> open;
    for (const auto& [key, entry] : entries_) place(key, *entry, open);
    for (const auto* const entry : unnumbered_) place({}, *entry, open);
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

  void pair_up(std::vector<const list_entry*>& open, std::vector<std::size_t>& unnamed) {
    std::map<std::string, std::vector<nearest_pairs::one>> people;
    for (std::size_t at = 0; at < unnamed.size(); ++at) {
      const auto& one = applications_[unnamed[at]];
      if (auto key = person_key(one.applicant, one.procedure); !key.empty() && one.submitted)
        people[std::move(key)].push_back({*one.submitted, false, one.id, at});
    }
    for (std::size_t at = 0; at < open.size(); ++at) {
      const auto found = people.find(person_key(open[at]->applicant, open[at]->procedure));
      if (found == people.end()) continue;
      if (const auto listed = instant(open[at]->submitted_at))
        found->second.push_back({*listed, true, entry_name(*open[at]), at});
    }
    for (auto& [person, all] : people)
      nearest_pairs(std::move(all)).each(rules_.tolerance_seconds, [&](std::size_t listed, std::size_t other) {
        made_.probable.push_back({*open[listed], applications_[unnamed[other]]});
        open[listed] = nullptr;
        unnamed[other] = taken;
      });
  }

  void tell_duplicates() {
    for (const auto& key : repeated_) made_.duplicates.push_back({entries_.at(key)->receipt_no, {}});
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
    const auto by_number = [](const list_entry& a, const list_entry& b) { return entry_name(a) < entry_name(b); };
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    std::sort(made_.missed.begin(), made_.missed.end(), by_number);
    std::sort(made_.elsewhere.begin(), made_.elsewhere.end(), by_number);
    std::sort(made_.probable.begin(), made_.probable.end(), [&](const auto& a, const auto& b) {
      return by_number(a.listed, b.listed) || (!by_number(b.listed, a.listed) && a.application.id < b.application.id);
    });
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
  std::vector<const list_entry*> unnumbered_;
  std::set<std::string> repeated_;  ///< within one list
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
