// intake-verify --explain FILE: one message from a file through the stages, and each rule with what it met.
#pragma once

#include <string>

#include "tools/tool.hpp"

namespace intake {

/// Runs the stages beside this program on `path` and prints how each message was judged. Nothing is recorded.
[[nodiscard]] exit_status explain_file(context& context, const std::string& path);

}  // namespace intake
