// What intake-doctor looks at, by subject. Nothing here reads received bytes, and nothing is changed but the modes of
// files, where asked to.
#pragma once

#include <string>
#include <vector>

#include "tools/tool.hpp"

namespace intake::doctor {

enum class state {
  good,
  doubtful,  ///< the desk works, but not as it should
  bad,       ///< the desk must not or cannot work so
};
[[nodiscard]] std::string_view to_string(state state);

/// One line of the answer. The texts are in the language of the locale.
struct examined {
  doctor::state state = doctor::state::good;
  std::string subject;  ///< "configuration", "scan": stays the same in every language
  std::string what;     ///< what was found, and what it means
  std::string todo;     ///< what to do about it; empty when good
};

using report = std::vector<examined>;

struct options {
  bool mend = false;   ///< --fix: take rights on secrets, ledger and drafts away from others
  bool whole = false;  ///< --deep: the whole chain of the ledger, and a document through LibreOffice
};

/// Configuration, profile, rights on files, secrets. Whether the configuration could be read: if not, only the machine
/// and the engines are left to look at.
[[nodiscard]] bool examine_desk(report& to, context& ctx, const options& options);
/// Confinement, swap, clock, free space.
void examine_machine(report& to, const config& desk);
/// Mail servers: reachable, logged in, days left of the certificate.
void examine_mail(report& to, const config& desk);
/// Signatures and their keeper, LibreOffice, fonts.
void examine_engines(report& to, const config& desk, const options& options);
/// The ledger, and, where there is a profile to go by, when the mailboxes were last checked.
void examine_ledger(report& to, context& ctx, const options& options);

}  // namespace intake::doctor
