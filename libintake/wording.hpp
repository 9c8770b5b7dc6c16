// The words in which a record's values are shown to a person, in Japanese or English.
#pragma once

#include <string>
#include <string_view>

#include "record.hpp"
#include "terminal.hpp"

namespace intake::wording {

struct word {
  std::string_view key, ja, en;
  terminal::tint colour = terminal::tint::none;

  [[nodiscard]] std::string said(const terminal::style& style) const { return std::string(style.japanese() ? ja : en); }
};

// A value that is absent or unknown gets the cautious word.
[[nodiscard]] const word& disposition(std::string_view key);
[[nodiscard]] const word& kind(std::string_view key);
[[nodiscard]] const word& verdict(std::string_view key);     ///< of a scan
[[nodiscard]] const word& list_state(std::string_view key);  ///< of a day's list mail
[[nodiscard]] const word& link(std::string_view key);        ///< of message_links
[[nodiscard]] std::string addressee(std::string_view key, const terminal::style& style);

/// What a finding or action says; a code of a newer version stands for itself. Neutralised.
[[nodiscard]] std::string finding(value finding, const terminal::style& style);
[[nodiscard]] std::string action(value action, const terminal::style& style);
/// What an entry of a dossier's history tells: a letter drafted, a clerk's act with its note.
[[nodiscard]] std::string history(value event, const terminal::style& style);
[[nodiscard]] terminal::tint severity_tint(value finding);

/// "2026-11-22T23:40:01+09:00" as "2026-11-22 23:40", or without the year. Neutralised.
[[nodiscard]] std::string time(std::string_view rfc3339, bool with_year);
/// The receipt number of an application or correction. Neutralised.
[[nodiscard]] std::string receipt(const record& rec);
/// The applicant, else who sent the mail. Neutralised.
[[nodiscard]] std::string person(const record& rec);

}  // namespace intake::wording
