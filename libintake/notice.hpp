// Drafts of letters: to applicants, to the 総括運用管理者, to the サイト管理者. Wording comes from the profile, values
// from records, which are hostile: whatever a value holds, it stays one value of one field. Nothing here sends
// anything.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config.hpp"
#include "profile.hpp"
#include "record.hpp"

namespace intake {

/// One draft. `address` is empty when no trustworthy address is known: the clerk fills it in or telephones.
struct draft {
  std::string action;     ///< of action_kinds
  std::string recipient;  ///< applicant | general_manager | site_administrator
  std::string name, address;
  std::string subject, body;  ///< UTF-8, LF
  std::string about;          ///< id of the message, or "day:…", "desk"
};

/// Values for {field}s; what is absent shows as a blank to fill in.
using notice_values = std::map<std::string, std::string, std::less<>>;

/// The drafts that the actions of one record ask for. Actions for the clerk make none, and nobody is written to whose
/// address is in doubt. The fee is told when the application is accepted, or when a clerk has `cleared` it: until then it may
/// not be the named person's (第4-2(5) comes before 第4-3(2)). `today` is the desk's day.
[[nodiscard]] std::vector<draft> drafts_for(const record& rec, const config& desk, const profile& rule, date today,
                                            bool cleared = false);

/// One draft in the words of the profile; nullopt when the profile has none for this action. `clause` is a key.
[[nodiscard]] std::optional<draft> make_draft(std::string_view action, std::string_view recipient,
                                              std::string_view clause, notice_values values, const config& desk,
                                              const profile& rule, date today);

/// The draft as a message (RFC 5322, MIME, UTF-8) with CRLF line ends: From and Reply-To are the station's address.
/// Deterministic but for `at`.
[[nodiscard]] std::string to_message(const draft& letter, const config& desk, timestamp at);

}  // namespace intake
