// A run over mailboxes: asks each of them, writes a record for each message that is wanted, and notes in the ledger
// that the mail was checked. The received bytes pass through as they are. Called by intake-fetch, confined.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config.hpp"
#include "failure.hpp"
#include "ledger.hpp"
#include "lines.hpp"
#include "mailbox.hpp"
#include "progress.hpp"
#include "sandbox.hpp"

namespace intake {

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
  bool watch = false;     ///< stay on: hand over what comes until the process is asked to end
  bool is_check = false;  ///< nothing was picked, so that each account counts as checked (第4-1)
  const desk_calendar* calendar = nullptr;
  record_writer* out = nullptr;  ///< made before confinement
  ledger* book = nullptr;
  progress* shown = nullptr;
  std::string tool;  ///< "intake-fetch"
  /// Called, by one thread at a time, when a source has a problem, and when one that is watched has none any more.
  std::function<void(const fetch_source& source)> tell;
};

/// Open when it is asked for finished messages or told of a check, else empty. Throws failure(config) when the desk has
/// none and --new needs one; and as ledger does.
[[nodiscard]] std::optional<ledger> ledger_for(const config& desk, const fetch_order& order);

/// Asks all sources, those on servers at once, and writes their messages. A source that fails keeps its problem while
/// the others go on; when watched, it is asked again, and keeps the problem until that goes well. Throws failure for
/// what ends the run: a full disk, a ledger that cannot be written; no_input when no message is the one that was asked
/// for by UID or id.
void fetch(std::vector<fetch_source>& sources, const fetch_order& order);

/// That of the first source with a problem.
[[nodiscard]] exit_status status_of(const std::vector<fetch_source>& sources);

}  // namespace intake
