// What a report reads of the ledger's events: their facts alone, in one pass. For report*.cpp only.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger.hpp"

namespace intake {

/// Of one day of the calendar.
struct day_tally {
  unsigned checks = 0, failed = 0, arrived = 0;
};

/// How often a clause's actions were settled and drafted in the period of the report.
struct action_tally {
  unsigned done = 0, drafted = 0;
};

struct reconciled_day {
  std::string list;
  std::int64_t matched = 0, missed = 0, unlisted = 0;
};

/// The latest judgement of a message, and what became of it.
struct message_tally {
  std::vector<std::string> codes;
  std::int64_t files = 0, pages = 0;
  bool exported = false, insecure = false;
};

/// Clause key that an action of this subject rests on: malware, missed reception and an unusable file all end in
/// ask_resubmit.
[[nodiscard]] std::string_view clause_of_action(std::string_view action, std::string_view subject, bool malware);

class report_events {
 public:
  /// Reads all events since `since` (a day of the desk). `from` and `to`: the period whose acts and drafts are counted.
  report_events(const ledger& book, date since, date from, date to, int offset_minutes);

  std::optional<date> first;  ///< day of the ledger's very first event
  std::map<date, day_tally> days;
  std::map<date, reconciled_day> reconciled;                 ///< the latest of each day
  std::map<std::string, action_tally, std::less<>> actions;  ///< by clause
  std::array<unsigned, 24> hours{};
  std::array<unsigned, 7> weekdays{};
  unsigned copies_saved = 0, erased = 0;
  std::string scanner, scanned_at;  ///< the record's "scan" as JSON, and when, of the latest judgement that tells it

  /// What the events of one message say; read when asked for.
  [[nodiscard]] static message_tally of_message(const ledger& book, std::string_view id);

 private:
  struct facts;
  void take(const event& what);
  void take_arrival(const event& what, const facts& told);

  date since_, from_, to_;
  int offset_;
  std::set<std::string> arrived_, malware_;
  std::string last_judged_;
};

}  // namespace intake
