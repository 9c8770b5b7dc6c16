// The record that intake-reconcile writes of a day (docs/record.md).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reconcile.hpp"

namespace intake {

struct day_story {
  date day;
  std::string_view state;             ///< of the list
  std::vector<std::string> lists;     ///< ids, by arrival
  std::vector<std::string> replaced;  ///< ids of those that a corrected list took the place of
  reconciliation result;
  std::vector<list_entry> withdrawn;  ///< named only by lists that were replaced
  std::size_t unjudged = 0;           ///< messages that may be what seems to be missed
  std::vector<std::string> findings;  ///< JSON
};

/// Names of the actions that follow.
[[nodiscard]] std::vector<std::string> actions_of(const day_story& story);

struct day_line {
  std::string text;      ///< the record, without LF
  std::string identity;  ///< what tells it from another check of that day; doubts, which it settles itself, left out
};

/// `most`: bytes of each array of entries; what goes beyond is left out, and "cut" says so.
[[nodiscard]] day_line line_of(const day_story& story, std::size_t most);

}  // namespace intake
