// From findings to what becomes of a message and what is to be done: the default policy, made stricter by the profile.
// Rules only, no I/O.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "findings.hpp"
#include "profile.hpp"

namespace intake {

/// What the policy looks at.
struct circumstances {
  std::string_view kind;           ///< application | list | correction | direct | other
  std::vector<std::string> codes;  ///< of all findings, those of earlier stages too; each once
  bool unknown_doubt = false;      ///< a finding of a newer version, more than info
  bool list_refused = false;       ///< it says that it is the list and is not taken for it
  bool address_doubted = false;    ///< besides what the codes say
  std::int64_t fee = 0;            ///< yen, of the procedure
};

struct proposed_action {
  const action_kind* what;
  std::string_view clause;  ///< key in clause_keys
  std::vector<std::string> why;
};

struct policy_result {
  std::string_view disposition;  ///< accept | confirm | return | list
  std::vector<proposed_action> actions;
};

[[nodiscard]] policy_result decide(const circumstances& of, const profile& rule);

/// Effect of a code, with what the profile adds. A code of a newer version is a doubt.
[[nodiscard]] effect effect_of(std::string_view code, const profile& rule);

}  // namespace intake
