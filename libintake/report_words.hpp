// The words in which a report is told, beside those of wording.hpp. For report*.cpp only.
#pragma once

#include <string>
#include <string_view>

#include "report.hpp"
#include "terminal.hpp"
#include "wording.hpp"

namespace intake::report_words {

using terminal::language;

/// Chooses by language.
[[nodiscard]] inline std::string_view say(language words, std::string_view ja, std::string_view en) {
  return words == language::japanese ? ja : en;
}

/// key: attention | open | met | none.
[[nodiscard]] const wording::word& state(clause_state state);
/// A mark that tells the states apart without colour.
[[nodiscard]] std::string_view mark(clause_state state);

[[nodiscard]] std::string number(std::string_view name, language words);
/// Name of an action, "delete_copy" and "finish" among them; an unknown one stands for itself.
[[nodiscard]] std::string action(std::string_view name, language words);
[[nodiscard]] std::string finding(std::string_view code, language words);
[[nodiscard]] std::string link(std::string_view kind, language words);
/// A message by its receipt number, else the short form of its id; a day, an account or the desk by its name.
[[nodiscard]] std::string subject(const reported_action& one, language words);
/// "2026-11-17", or "2026-11-17 to 2026-11-20".
[[nodiscard]] std::string period(const desk_report& made, language words);
/// "受信確認 3、失敗した受信確認 0".
[[nodiscard]] std::string evidence(const reported_clause& clause, language words);
/// What the rule asks, in a few words.
[[nodiscard]] std::string_view clause(std::string_view key, language words);
[[nodiscard]] std::string_view weekday(unsigned from_sunday, language words);

}  // namespace intake::report_words
