// The one exception of the project and the exit statuses a tool may end with.
// "This document is doubtful" is never a failure: that is a finding in the record.
#pragma once

#include <cerrno>
#include <stdexcept>
#include <string>

#include "phrase.hpp"

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
    {exit_status::ok, marked("every record was handled and written")},
    {exit_status::findings, marked("the same, and something met --fail-on")},
    {exit_status::usage, marked("wrong options")},
    {exit_status::data, marked("some input lines were not records; each was passed on as an error record")},
    {exit_status::no_input, marked("a named input is missing")},
    {exit_status::unavailable, marked("an engine or a server is not available")},
    {exit_status::software, marked("a bug")},
    {exit_status::os, marked("the system refused: confinement, fork, memory")},
    {exit_status::cant_create, marked("an output cannot be created")},
    {exit_status::io, marked("an output cannot be written")},
    {exit_status::temp_fail, marked("try again later")},
    {exit_status::protocol, marked("the server broke its protocol")},
    {exit_status::no_permission, marked("a file may be read by the wrong people, or not by us")},
    {exit_status::config, marked("configuration or profile wrong")},
};

/// This run cannot go on. Caught once, in tool::run, and printed as "intake-x: said" on stderr, in the user's
/// language. what() is English always, for records and the ledger.
class failure : public std::runtime_error {
 public:
  failure(exit_status status, const phrase& said) : std::runtime_error(said.english()), status_(status), said_(said) {}
  /// `format` and `values` as phrase takes them.
  template <typename... Values>
  failure(exit_status status, const char* format, const Values&... values)
      : failure(status, phrase(format, values...)) {}
  [[nodiscard]] exit_status status() const noexcept { return status_; }
  [[nodiscard]] const phrase& said() const noexcept { return said_; }

 private:
  exit_status status_;
  phrase said_;
};

/// "what: strerror(number)".
[[nodiscard]] failure system_failure(exit_status status, const phrase& what, int number = errno);
template <typename... Values>
[[nodiscard]] failure system_failure(exit_status status, const char* format, const Values&... values) {
  const int number = errno;
  return system_failure(status, phrase(format, values...), number);
}

}  // namespace intake
