// intake-ledger - the desk's memory: records what passes, answers what became of it, takes down what clerks did.
#include "ledger/commands.hpp"

int main(int argc, char** argv) {
  namespace commands = intake::ledger_commands;
  intake::tool tool("intake-ledger", "Keep and ask the desk's ledger.");
  tool.example("intake-fetch --new | intake-ledger record | intake-parse", "note every message as it comes in")
      .example("intake-ledger pending", "what is not finished, and what is to be done")
      .example("intake-ledger act 2026-000123 telephoned --note '本人確認済み'", "a clerk's telephone call");
  commands::add_record(tool);
  commands::add_questions(tool);
  commands::add_acts(tool);
  commands::add_upkeep(tool);
  return tool.run(argc, argv);
}
