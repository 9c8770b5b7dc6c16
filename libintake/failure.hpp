// The one exception of the project and the exit statuses a tool may end with.
// "This document is doubtful" is never a failure: that is a finding in the record.
#pragma once

#include <stdexcept>
#include <string>

namespace intake {

/// sysexits(3). Nothing else ever leaves a tool; what each means is in `exit_statuses`.
enum class exit_status : int {
  ok = 0,
  findings = 1,
  usage = 64,
  data = 65,
  no_input = 66,
  unavailable = 69,
  software = 70,
  os = 71,
  cant_create = 73,
  io = 74,
  temp_fail = 75,
  protocol = 76,
  no_permission = 77,
  config = 78,
};

struct exit_status_meaning {
  exit_status status;
  const char* meaning;
};

/// The one table of the statuses, for manual pages and docs.
inline constexpr exit_status_meaning exit_statuses[] = {
    {exit_status::ok, "every record was handled and written"},
    {exit_status::findings, "the same, and something met --fail-on"},
    {exit_status::usage, "wrong options"},
    {exit_status::data, "some input lines were not records; each was passed on as an error record"},
    {exit_status::no_input, "a named input is missing"},
    {exit_status::unavailable, "an engine or a server is not available"},
    {exit_status::software, "a bug"},
    {exit_status::os, "the system refused: confinement, fork, memory"},
    {exit_status::cant_create, "an output cannot be created"},
    {exit_status::io, "an output cannot be written"},
    {exit_status::temp_fail, "try again later"},
    {exit_status::protocol, "the server broke its protocol"},
    {exit_status::no_permission, "a file may be read by the wrong people, or not by us"},
    {exit_status::config, "configuration or profile wrong"},
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
