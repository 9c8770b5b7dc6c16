// Prints docs/findings.md from the tables of libintake/findings.hpp, so that the text cannot drift from the code.
#include <fmt/format.h>

#include "libintake/findings.hpp"

namespace {

std::string_view name(intake::effect effect) {
  switch (effect) {
    case intake::effect::refuse: return "refuse";
    case intake::effect::mend: return "mend";
    case intake::effect::none: return "none";
    case intake::effect::doubt: break;
  }
  return "doubt";
}

}  // namespace

int main() {
  fmt::print("# Findings, actions and clauses\n\nMade from `libintake/findings.hpp`; do not edit.\n");
  fmt::print("\n## Findings\n\n| code | severity | effect | clause key | 意味 | meaning |\n|---|---|---|---|---|---|\n");
  for (const auto& it : intake::finding_kinds)
    fmt::print("| `{}` | {} | {} | {} | {} | {} |\n", it.code, intake::to_string(it.severity), name(it.effect),
               it.clause, it.ja, it.en);
  fmt::print("\n## Actions\n\n| do | clause key | to | 意味 | meaning |\n|---|---|---|---|---|\n");
  for (const auto& it : intake::action_kinds)
    fmt::print("| `{}` | {} | {} | {} | {} |\n", it.name, it.clause, it.to, it.ja, it.en);
  fmt::print("\n## Clause keys\n\nA profile's `[clauses]` gives each the label of its own rule.\n\n");
  fmt::print("| key | what it says |\n|---|---|\n");
  for (const auto& it : intake::clause_keys) fmt::print("| `{}` | {} |\n", it.key, it.en);
}
