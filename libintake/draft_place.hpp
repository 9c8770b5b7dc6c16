// The sink that a configuration or the command line names, opened, and what its process may still do after that.
#pragma once

#include <memory>
#include <string>

#include "config.hpp"
#include "draft_sink.hpp"
#include "sandbox.hpp"

namespace intake {

struct opened_sink {
  std::unique_ptr<draft_sink> sink;
  sandbox::role role = sandbox::role::keeper;
  sandbox::access access;
};

/// `place` as config::output.drafts. Throws failure: usage (an account that is not configured), and what the sinks
/// throw.
[[nodiscard]] opened_sink open_sink(const std::string& place, const config& desk);

}  // namespace intake
