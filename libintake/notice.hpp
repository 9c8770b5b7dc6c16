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
  std::string about;          ///< id of the message, or "day:…", "account:…", "desk"
  std::string receipt_no;     ///< of the application; may be empty
  /// What tells it from another draft of the same action about the same: a missed receipt number, the beginning of a
  /// fault. Often empty.
  std::string once;
  bool opens = false;  ///< nothing in the ledger asks for the action yet: the draft opens it
};

/// Values for {field}s; what is absent shows as a blank to fill in.
using notice_values = std::map<std::string, std::string, std::less<>>;

/// The drafts that the actions of one record ask for. Actions for the clerk make none, and nobody is written to whose
/// address is in doubt, whatever the actions say. The fee is told when the application is accepted, or when a clerk has
/// `cleared` it: until then it may not be the named person's (第4-2(5) comes before 第4-3(2)); who was in doubt is then
/// told without an address, since the clerk has spoken to the named person. `today` is the desk's day.
[[nodiscard]] std::vector<draft> drafts_for(const record& rec, const config& desk, const profile& rule, date today,
                                            bool cleared = false);

/// A correction that a clerk asks for (第4-3(1)); `what`, in lines, says what is to be corrected. nullopt when the
/// sender of the message is in doubt: then the applicant is telephoned.
[[nodiscard]] std::optional<draft> correction_draft(const record& rec, std::string_view what, const config& desk,
                                                    const profile& rule, date today);

/// One draft in the words of the profile; nullopt when the profile has none for this action. `clause` is a key.
[[nodiscard]] std::optional<draft> make_draft(std::string_view action, std::string_view recipient,
                                              std::string_view clause, notice_values values, const config& desk,
                                              const profile& rule, date today);

/// A value as one line of a letter: what would end the line or reorder text becomes a space.
[[nodiscard]] std::string one_line(std::string_view value);
/// What a person wrote, line by line as one_line().
[[nodiscard]] std::string plain_lines(std::string_view text);
/// "2026年11月20日", and with "09:12" behind it.
[[nodiscard]] std::string japanese_day(date day);
[[nodiscard]] std::string japanese_time(timestamp at);

/// The draft as a message (RFC 5322, MIME, UTF-8) with CRLF line ends: From and Reply-To are the station's address.
/// Deterministic but for `at`.
[[nodiscard]] std::string to_message(const draft& letter, const config& desk, timestamp at);

}  // namespace intake
