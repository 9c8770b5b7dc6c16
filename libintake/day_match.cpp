#include "day_match.hpp"

#include <algorithm>
#include <tuple>

namespace intake {
namespace {

bool has_number(const receipt_key& key) {
  return key != receipt_key{};
}

bool before(const known_application& a, const known_application& b) {
  return std::tie(a.what.receipt, a.what.subject) < std::tie(b.what.receipt, b.what.subject);
}

class matcher {
 public:
  matcher(const ledger& book, day_question asked) : book_(book), asked_(std::move(asked)) {
    std::sort(asked_.listed.begin(), asked_.listed.end());
    known_.reserve(asked_.of_day.size());
    for (const auto& one : asked_.of_day) known_.push_back({one, true});
    asked_.of_day = {};
    std::sort(known_.begin(), known_.end(), before);
  }

  day_match made() {
    add_other_days();
    each_number([&](const receipt_key& key, rows listed, applications known) { place(key, listed, known); });
    std::sort(made_.open.begin(), made_.open.end(),
              [](const auto& a, const auto& b) { return std::tie(a.list, a.at) < std::tie(b.list, b.at); });
    return std::move(made_);
  }

 private:
  template <class T>
  struct range {
    const T* first = nullptr;
    const T* last = nullptr;
    [[nodiscard]] const T* begin() const { return first; }
    [[nodiscard]] const T* end() const { return last; }
    [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(last - first); }
    [[nodiscard]] bool empty() const { return first == last; }
  };
  using rows = range<listed_number>;
  using applications = range<known_application>;

  /// Both sides in one walk, number by number.
  template <class Visit>
  void each_number(Visit visit) const {
    const auto* row = asked_.listed.data();
    const auto* const rows_end = row + asked_.listed.size();
    const auto* one = known_.data();
    const auto* const known_end = one + known_.size();
    while (row != rows_end || one != known_end) {
      const auto key =
          row == rows_end || (one != known_end && one->what.receipt < row->key) ? one->what.receipt : row->key;
      const auto* const row_begin = row;
      const auto* const one_begin = one;
      while (row != rows_end && row->key == key) ++row;
      while (one != known_end && one->what.receipt == key) ++one;
      visit(key, rows{row_begin, row}, applications{one_begin, one});
    }
  }

  [[nodiscard]] bool was_repeated(const receipt_key& key) const {
    return std::binary_search(asked_.repeated->begin(), asked_.repeated->end(), key);
  }

  /// A listed application may have come on any day, and so may another one of a number.
  void add_other_days() {
    std::vector<receipt_key> wanted;
    each_number([&](const receipt_key& key, rows, applications known) {
      if (has_number(key) && (known.empty() || was_repeated(key))) wanted.push_back(key);
    });
    std::set<std::int64_t> here;
    for (const auto& one : known_)
      if (was_repeated(one.what.receipt)) here.insert(one.what.subject);
    const auto middle = static_cast<std::ptrdiff_t>(known_.size());
    for (const auto& one : book_.applications_with(wanted))
      if (!here.contains(one.subject)) known_.push_back({one, false});
    std::sort(known_.begin() + middle, known_.end(), before);
    std::inplace_merge(known_.begin(), known_.begin() + middle, known_.end(), before);
  }

  void place(const receipt_key& key, rows listed, applications known) {
    // Those of one number are in the order of their lists.
    const auto* const first =
        std::find_if(listed.begin(), listed.end(), [&](const auto& row) { return row.list >= asked_.first_in_force; });
    const rows replaced{listed.begin(), first};
    const rows named{first, listed.end()};
    if (!has_number(key)) {
      made_.open.insert(made_.open.end(), named.begin(), named.end());
      made_.withdrawn.insert(made_.withdrawn.end(), replaced.begin(), replaced.end());
    } else if (is_plain(named, known)) {
      ++made_.matched;
      made_.entries += named.size();
      made_.repeated += named.size() - 1;
      return;
    } else if (named.empty() && known.empty()) {
      made_.withdrawn.push_back(*(replaced.end() - 1));
    } else {
      made_.open.insert(made_.open.end(), named.begin(), named.end());
    }
    const bool bears =
        !named.empty() || std::any_of(known.begin(), known.end(), [](const auto& one) { return one.in_day; });
    if (bears) made_.applications.insert(made_.applications.end(), known.begin(), known.end());
  }

  [[nodiscard]] bool is_plain(rows named, applications known) const {
    if (named.empty() || known.size() != 1 || asked_.doubted->contains(known.begin()->what.subject)) return false;
    return std::adjacent_find(named.begin(), named.end(),
                              [](const auto& a, const auto& b) { return a.list == b.list; }) == named.end();
  }

  const ledger& book_;
  day_question asked_;
  std::vector<known_application> known_;
  day_match made_;
};

}  // namespace

day_match match_numbers(const ledger& book, day_question asked) {
  return matcher(book, std::move(asked)).made();
}

}  // namespace intake
