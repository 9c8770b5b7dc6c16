// The check of a day's list mail against the ledger: gathers what bears on it, reconciles, makes the record of the day,
// and writes down what came of it. Trusted code; the contents it compares came from mails.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config.hpp"
#include "day_record.hpp"
#include "entry_table.hpp"
#include "ledger.hpp"
#include "profile.hpp"
#include "reconcile.hpp"
#include "record.hpp"

namespace intake {

struct checked_day {
  std::string line;       ///< the record of the day, without LF
  std::string_view list;  ///< state of the list
  bool missed = false, unlisted = false, doubts_kept = false;
};

class day_check {
 public:
  /// Keeps references, and what of the ledger bears on every day. `now` decides what is late; `actor` is told in
  /// events.
  day_check(ledger& book, const profile& rule, const config& desk, timestamp now, std::string actor);

  std::int64_t tolerance_seconds = 1800;

  /// Lists are taken from records given here instead of from the ledger, once this was called.
  void use_given_lists() { given_ = true; }
  /// A judged record; only a list mail with a day counts. `arrived`: UTC seconds, 0 when not known.
  void add_list(const record& rec, std::int64_t arrived);
  /// To be called once for each day. What the check of a day settles is settled for those that come after it.
  [[nodiscard]] checked_day check(date day);
  /// Writes down what came of the days checked since the last call; durable when it returns. The ledger is not locked
  /// against others while days are checked.
  void write_events();

 private:
  struct list_of_day {
    std::string id;
    std::int64_t arrived = 0;
    bool corrected = false;
    std::size_t first = 0, last = 0;    ///< its entries in the table
    std::vector<std::string> findings;  ///< JSON, as the list's record carries them
  };
  struct day_lists {
    entry_table entries;
    std::vector<list_of_day> lists;
  };

  [[nodiscard]] day_lists take_lists(date day);
  void hold_against(const day_lists& named, day_story& story);
  [[nodiscard]] std::optional<received_application> open(const dated_application& one, bool in_day) const;
  [[nodiscard]] bool is_elsewhere(std::string_view station) const;
  void settle(const std::vector<checked_doubt>& doubts);
  void note(const day_story& story, const checked_day& made, std::string identity);

  ledger& book_;
  const profile& rule_;
  const config& desk_;
  timestamp now_;
  std::string actor_;
  bool given_ = false;
  std::map<date, day_lists> lists_;
  std::vector<receipt_key> repeated_;
  std::set<std::int64_t> doubted_;
  std::set<std::string> settled_;
  std::map<date, std::size_t> unjudged_;  ///< by handling day
  std::vector<event> events_;             ///< not yet written down
};

}  // namespace intake
