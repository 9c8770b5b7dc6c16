// Why a message was judged as it was, for whoever writes a profile: each rule with what it looked for and what it met.
// The record's content is hostile. For people; nothing is decided here.
#pragma once

#include <string>
#include <vector>

#include "config.hpp"
#include "judge.hpp"
#include "profile.hpp"
#include "record.hpp"

namespace intake {

enum class rule_outcome {
  met,
  unmet,
  told,  ///< neither good nor bad in itself
};

/// One rule and one message.
struct explained_rule {
  std::string rule;  ///< where in the profile or configuration it stands: "[application] subject"
  rule_outcome outcome = rule_outcome::told;
  std::string says;  ///< what was looked for, and what was met; hostile text in it
};

/// In the order in which they are asked; rules of other kinds than the message's are left out.
[[nodiscard]] std::vector<explained_rule> explain(const record& rec, const profile& rule, const config& desk,
                                                  const judgement& made);

/// As the record's member "explanation".
[[nodiscard]] std::string explanation_json(const std::vector<explained_rule>& rules);

}  // namespace intake
