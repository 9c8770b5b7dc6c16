// The plain part of a day's check, made for millions: receipt numbers of the list against those of the ledger, by their
// keyed digests. What is not plain is left to the rules (reconcile.hpp). Trusted code; numbers come from mails.
#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "ledger.hpp"

namespace intake {

/// An entry of a day's lists.
struct listed_number {
  receipt_key key{};       ///< zeros: it names none
  std::uint32_t list = 0;  ///< lists count by arrival
  std::uint32_t at = 0;    ///< place in the table of entries
  auto operator<=>(const listed_number&) const = default;
};

/// An application that bears on the day.
struct known_application {
  dated_application what;
  bool in_day = false;
};

struct day_question {
  std::vector<listed_number> listed;
  std::uint32_t first_in_force = 0;  ///< earlier lists were replaced by a corrected one
  std::vector<dated_application> of_day;
  const std::vector<receipt_key>* repeated = nullptr;  ///< ledger::repeated_receipts()
  const std::set<std::int64_t>* doubted = nullptr;
};

struct day_match {
  std::size_t entries = 0, repeated = 0, matched = 0;  ///< of the numbers that are plainly matched
  std::vector<listed_number> open;                     ///< all others in force, by list and place
  std::vector<listed_number> withdrawn;                ///< named only by lists that were replaced, and never received
  std::vector<known_application> applications;         ///< all that a plain match does not answer
};

/// A number that lists in force name, none of them twice, and that exactly one application bears, which nobody doubts,
/// is plainly matched. Applications of other days are asked for only by numbers that the day does not explain.
[[nodiscard]] day_match match_numbers(const ledger& book, day_question asked);

}  // namespace intake
