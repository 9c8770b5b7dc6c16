// The commands of intake-ledger by subject: each function adds commands with their options and bodies.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libintake/ledger.hpp"
#include "tools/tool.hpp"

namespace intake::ledger_commands {

void add_record(tool& to);
/// query, pending, overdue, export.
void add_questions(tool& to);
/// act, erase.
void add_acts(tool& to);
/// check, backup, rekey.
void add_upkeep(tool& to);

/// The configured ledger; from then on this process can only write its folder and `also_written`.
[[nodiscard]] ledger open_confined(context& ctx, ledger::mode how, std::vector<std::string> also_written = {});
/// Who acts: the name given, else the login name. To be asked for before the sandbox, which hides the user database.
[[nodiscard]] std::string actor_of(const std::string& given);
/// nullopt when empty; failure(usage) naming the option when it is no day.
[[nodiscard]] std::optional<date> day_option(const std::string& text, const char* name);
void actor_option(tool& command, std::string& actor);
void redact_flag(tool& command, bool& redact);
/// A line that is no record, so that no table can hold it.
void print_line(const std::string& line);

}  // namespace intake::ledger_commands
