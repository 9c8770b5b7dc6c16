// The check of a day's list mail against the ledger: gathers what bears on it, reconciles, makes the record of the day,
// and writes down what came of it. Trusted code; the contents it compares came from mails.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "config.hpp"
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
  /// Keeps references. `now` decides what is late; `actor` is told in events.
  day_check(ledger& book, const profile& rule, const config& desk, timestamp now, std::string actor);

  std::int64_t tolerance_seconds = 1800;
  bool write_events = true;

  /// Lists are taken from records given here instead of from the ledger, once this was called.
  void use_given_lists() { given_ = true; }
  /// A judged record; only a list mail with a day counts. `arrived`: UTC seconds, 0 when not known.
  void add_list(const record& rec, std::int64_t arrived);
  /// Reads the ledger for these days, inclusive. To be called once, before check().
  void gather(date from, date to);
  [[nodiscard]] checked_day check(date day);

 private:
  struct list_of_day {
    std::string id;
    std::int64_t arrived = 0;
    std::vector<list_entry> entries;
    std::vector<std::string> findings;  ///< JSON, as the list's record carries them
  };

  void take(const message_entry& message);
  void add_unknown_numbers(date day);
  /// Those of the day, and those that bear a number which the day's lists or they name.
  [[nodiscard]] std::vector<received_application> applications_of(date day);
  void settle(const std::vector<checked_doubt>& doubts);
  [[nodiscard]] bool is_elsewhere(std::string_view station) const;

  ledger& book_;
  const profile& rule_;
  const config& desk_;
  timestamp now_;
  std::string actor_;
  bool given_ = false;
  std::map<date, std::vector<list_of_day>> lists_;
  std::vector<received_application> applications_;
  std::map<date, std::vector<std::size_t>> by_day_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_number_;
  std::unordered_set<std::string> known_ids_;
  std::map<date, std::size_t> unjudged_;  ///< received by handling day, and not judged yet
};

}  // namespace intake
