// What the list mail names against what was received: the rules, no I/O. Every entry of a day's lists ends in exactly
// one class (matched, probable, missed, elsewhere, repeated), every application of the day in one of matched, probable,
// unlisted. A million entries of one person and one minute cost no more than any others.
// The order in which anything arrived makes no difference. Values come from mails, so they are compared and never
// trusted.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "list_mail.hpp"
#include "profile.hpp"

namespace intake {

/// An application as the ledger knows it.
struct received_application {
  std::string id, receipt_no, procedure, station, applicant;
  std::optional<std::int64_t> submitted;  ///< UTC seconds
  bool of_day = false;                    ///< submitted on the day in question, so that its list must name it
  bool doubted = false;                   ///< somebody is to check whether the list names it
};

struct repeated_receipt {
  std::string receipt_no;
  std::vector<std::string> ids;  ///< of the messages; empty: it is the list that names it twice
};

struct probable_match {
  list_entry listed;
  received_application application;
};

struct checked_doubt {
  std::string id, receipt_no;
  bool cleared = false;  ///< the list names this number for this applicant and this procedure
};

struct reconciliation {
  std::size_t entries = 0;         ///< rows of all lists
  std::size_t repeated = 0;        ///< rows that name a number once more
  std::size_t matched = 0;         ///< numbers
  std::vector<list_entry> missed;  ///< by receipt number
  std::vector<received_application> unlisted;
  std::vector<repeated_receipt> duplicates;
  std::vector<probable_match> probable;
  std::vector<list_entry> elsewhere;  ///< entries of other stations
  std::vector<checked_doubt> doubts;  ///< of applications whose day it is
};

struct reconcile_rules {
  std::int64_t tolerance_seconds = 1800;  ///< between listed and told time, when the numbers differ
  /// Whether an entry for this station, as the list writes it, is somebody else's. An unknown one is ours.
  std::function<bool(std::string_view station)> is_elsewhere;
};

/// `lists`: all list mails of one day, each with its entries. A number that several of them name is one entry; the last
/// of them (by the order given) tells its details. Each entry without a number stands for itself. Probable matches are
/// the nearest in time first.
[[nodiscard]] reconciliation reconcile(const std::vector<std::vector<list_entry>>& lists,
                                       const std::vector<received_application>& applications,
                                       const reconcile_rules& rules);

/// "received", "late", "missing" or "pending"; "not_expected" for a closed day of a profile that expects lists of open
/// days only. `arrived`: when the first list of the day came, UTC seconds.
[[nodiscard]] std::string_view state_of_list(date day, std::optional<std::int64_t> arrived, timestamp now,
                                             const profile& rule);

}  // namespace intake
