// What a run says on stderr, in words for the person who started it, or as JSON, a line each, for a log that is kept.
// The log tells of the run and never of a message: what names one or comes from one is handed over as withheld().
#pragma once

#include <cstdint>
#include <string>

#include "phrase.hpp"

namespace intake::log {

enum class level { info, warning, error };

/// Once, before anything is said. `as_json`: {"at":…,"tool":…,"level":…,"message":…} instead of "tool: message".
void begin(std::string tool, bool as_json);

/// Safe for a terminal, whatever the values hold. `status`: exit status that the run ends with, if it does.
void say(level level, const phrase& said, int status = 0);

/// The records are written: how many, and how long it took. Only as JSON; in words a run that is well says nothing.
void finished(std::uint64_t records);

}  // namespace intake::log
