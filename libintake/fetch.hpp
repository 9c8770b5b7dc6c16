// A run over mailboxes: asks each of them, writes a record for each message that is wanted, and notes in the ledger
// that the mail was checked. The received bytes pass through as they are. Called by intake-fetch, confined.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config.hpp"
#include "failure.hpp"
#include "mailbox.hpp"
#include "sandbox.hpp"

namespace intake {

class ledger;

/// A mailbox to be asked.
struct fetch_source {
  std::string name;                ///< shown in messages: the account, or the path
  const account* from = nullptr;   ///< nullptr: named on the command line
  std::unique_ptr<mailbox> box;    ///< nullptr: could not be opened, for `problem`
  std::optional<failure> problem;  ///< why it was not read, or not to its end
  std::size_t messages = 0;        ///< written
};

/// Opens all; one that cannot be opened keeps its problem and does not stop the others.
[[nodiscard]] std::vector<fetch_source> open_accounts(const config& desk, const std::vector<std::string>& names);
[[nodiscard]] std::vector<fetch_source> open_paths(const std::vector<std::string>& paths);

/// What the sources need of the host, and the role for it.
[[nodiscard]] std::pair<sandbox::role, sandbox::access> confinement_for(const std::vector<fetch_source>& sources,
                                                                        const std::string& ledger_path);

struct fetch_order {
  message_wish wish;
  bool only_new = false;  ///< not what the ledger holds as finished; needs `book`
  bool is_check = false;  ///< nothing was picked, so that each account counts as checked (第4-1)
  const desk_calendar* calendar = nullptr;
  ledger* book = nullptr;
  std::string tool;  ///< "intake-fetch"
};

/// Asks all sources, those on servers at once, and writes to stdout. A source that fails keeps its problem while the
/// others go on. Throws failure for what ends the run: a full disk, a ledger that cannot be written.
void fetch(std::vector<fetch_source>& sources, const fetch_order& order);

}  // namespace intake
