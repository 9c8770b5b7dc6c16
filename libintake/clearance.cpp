#include "clearance.hpp"

#include "failure.hpp"
#include "ledger.hpp"
#include "record.hpp"

namespace intake {

clearance::clearance(const config& desk) {
  if (desk.ledger.path.empty()) return;
  try {
    ids_ = open_ledger(desk, ledger::mode::inspect).cleared();
  } catch (const failure& error) {
    if (error.status() != exit_status::no_input) throw;
  }
}

bool clearance::allows(const record& rec) const {
  return rec["disposition"].str() == "accept" || ids_.contains(std::string(rec.id()));
}

}  // namespace intake
