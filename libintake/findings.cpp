#include "findings.hpp"

#include <algorithm>

namespace intake {
namespace {

template <typename Table, typename Field>
auto look_up(const Table& table, Field field, std::string_view name) -> decltype(table.data()) {
  const auto it = std::find_if(table.begin(), table.end(), [&](const auto& row) { return row.*field == name; });
  return it == table.end() ? nullptr : &*it;
}

}  // namespace

const finding_kind* find_finding(std::string_view code) {
  return look_up(finding_kinds, &finding_kind::code, code);
}

const action_kind* find_action(std::string_view name) {
  return look_up(action_kinds, &action_kind::name, name);
}

bool is_clause_key(std::string_view key) {
  return look_up(clause_keys, &clause_key::key, key) != nullptr;
}

std::string_view to_string(severity severity) {
  switch (severity) {
    case severity::info:
      return "info";
    case severity::warning:
      return "warning";
    case severity::error:
      break;
  }
  return "error";
}

}  // namespace intake
