// The files of a new desk: configuration, profile, secrets, folders. Nothing that is there is ever overwritten.
#pragma once

#include <string>
#include <vector>

#include "answers.hpp"

namespace intake::init {

/// Writes them, and proves that configuration and profile can be read. Returns what a person has left to do, a line
/// each. Throws failure(cant_create) when a file is there already: then nothing was written.
[[nodiscard]] std::vector<std::string> write_desk(const answers& of);

}  // namespace intake::init
