// Drafts that no single message asks for: missed applications and days without list (第4-4), faults of reception (第5),
// changes of addresses and stations (第6). Facts and times come from the ledger's events; what they quote came from
// mails and servers, and stays a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"
#include "ledger.hpp"
#include "notice.hpp"
#include "profile.hpp"

namespace intake {

/// What the actions of a day's latest reconciliation ask for: one letter for each missed application (its address is
/// not known), and the report of a list that did not come, to both addressees.
[[nodiscard]] std::vector<draft> day_drafts(date day, const ledger& book, const config& desk, const profile& rule,
                                            date today);

/// The report of an account whose checks failed: since when, how often, what the server said, and whether it works
/// again. None when its checks never failed.
[[nodiscard]] std::vector<draft> fault_drafts(std::string_view account, const ledger& book, const config& desk,
                                              const profile& rule, date today);

/// "report_fault" or "report_change" in a clerk's words, to both addressees.
[[nodiscard]] std::vector<draft> told_drafts(std::string_view action, std::string_view what, const config& desk,
                                             const profile& rule, date today);

/// The registry of stations as it is to be reported: JSON of ids, names, addresses and telephones.
[[nodiscard]] std::string registry_of(const config& desk);

/// A registry as the ledger holds it.
struct reported_registry {
  std::string json;
  std::int64_t sequence = 0;  ///< of its event
};
/// The one reported last; nullopt: none yet.
[[nodiscard]] std::optional<reported_registry> last_reported(const ledger& book);
/// Writes the registry down as one that was reported before this ledger began.
void take_as_reported(const std::string& registry, ledger& book);

/// What differs, a line each; empty: nothing.
[[nodiscard]] std::string registry_changes(const std::string& before, const std::string& after);
/// The report of what differs from the one reported last, to both addressees; empty when nothing does. The event of the
/// last of them is to carry registry_of(desk).
[[nodiscard]] std::vector<draft> change_drafts(const reported_registry& last, const config& desk, const profile& rule,
                                               date today);

}  // namespace intake
