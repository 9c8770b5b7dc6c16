// What the ledger tells, one JSON object a line. A message is a record without bytes, as it was last judged, with a
// member "ledger" beside; so intake-show reads it too.
#pragma once

#include <string>

#include "ledger.hpp"

namespace intake {

/// {"intake":1,"id":…, …,"ledger":{"state":…,"finished":…,"open":[{"do":…,"due":…,"overdue":true}],…}}
[[nodiscard]] std::string line_of(const message_entry& entry, date today);
/// {"subject":…,"open":[…]} of a subject that is no message.
[[nodiscard]] std::string line_of(const ledger::open_item& item, date today);
/// {"event":7,"at":…,"subject":…,"kind":…,"actor":…,"facts":{…},"payload":{…}}
[[nodiscard]] std::string line_of(const event& what);

}  // namespace intake
