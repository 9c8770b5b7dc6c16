// Everything of one application: a message as the ledger knows it, the messages that belong to it, and what was done
// about it. What it quotes came from mails; a link is a hint for a clerk (message_links.hpp).
#pragma once

#include <string>
#include <vector>

#include "ledger.hpp"

namespace intake {

/// line_of(message, today) whose member "ledger" also has "links":[{"kind":…,"id":…,"arrived_at":…,"mail":…,
/// "disposition":…}] and "history":[{"at":…,"kind":"noticed|acted|exported|erased",…,"actor":…}].
[[nodiscard]] std::string dossier_line(const message_entry& message, const ledger& book, date today);

/// The same for a message and then for each that belongs to it, by arrival.
[[nodiscard]] std::vector<std::string> dossier_lines(const message_entry& message, const ledger& book, date today);

}  // namespace intake
