// The one exception of the project and the exit statuses a tool may end with.
// "This document is doubtful" is never a failure: that is a finding in the record.
#pragma once

#include <stdexcept>
#include <string>

namespace intake {

/// sysexits(3) as docs/record.md lists them. Nothing else ever leaves a tool.
enum class exit_status : int {
  ok = 0,              ///< every record handled and written
  findings = 1,        ///< the same, and something met --fail-on
  usage = 64,          ///< wrong options
  data = 65,           ///< some input lines were not records
  no_input = 66,       ///< a named input is missing
  unavailable = 69,    ///< engine or server unavailable
  software = 70,       ///< a bug
  os = 71,             ///< the system refused: sandbox, fork
  cant_create = 73,    ///< an output could not be created
  io = 74,             ///< an output could not be written
  temp_fail = 75,      ///< try again later
  protocol = 76,       ///< the server broke its protocol
  no_permission = 77,  ///< a file is readable by the wrong people, or not by us
  config = 78,         ///< configuration or profile wrong
};

/// This run cannot go on. Caught once, in tool::run, and printed as "intake-x: what" on stderr.
class failure : public std::runtime_error {
 public:
  failure(exit_status status, const std::string& what) : std::runtime_error(what), status_(status) {}
  [[nodiscard]] exit_status status() const noexcept { return status_; }

 private:
  exit_status status_;
};

/// "what: strerror(errno)" with the errno of the moment of the call.
[[nodiscard]] failure system_failure(exit_status status, const std::string& what);

}  // namespace intake
