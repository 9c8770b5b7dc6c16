#include "clearance.hpp"

#include "failure.hpp"
#include "ledger.hpp"
#include "record.hpp"
#include "secret.hpp"

namespace intake {

clearance::clearance(const config& desk) {
  if (desk.ledger.path.empty()) return;
  try {
    ids_ = ledger(desk.ledger.path, ledger::mode::inspect, secret()).cleared();
  } catch (const failure& error) {
    if (error.status() != exit_status::no_input) throw;
  }
}

bool clearance::allows(const record& rec) const {
  return rec["disposition"].str() == "accept" || ids_.contains(std::string(rec.id()));
}

}  // namespace intake
