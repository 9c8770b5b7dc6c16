#include <charconv>

#include "digest.hpp"
#include "ledger_state.hpp"

namespace intake {

std::int64_t short_name(std::string_view id) {
  std::uint64_t number = 0;
  const auto digest = sha256_hex(id);
  std::from_chars(digest.data(), digest.data() + 16, number, 16);
  return static_cast<std::int64_t>(number);
}

bool ledger::state::seen_elsewhere(std::int64_t what, std::string_view hash, std::int64_t asker) const {
  return db->number("SELECT 1 FROM lookups WHERE what = ? AND hash = ? AND owner <> ? LIMIT 1", what, blob{hash}, asker)
      .has_value();
}

bool ledger::state::seen_elsewhere(lookup what, std::string_view value, std::string_view id) const {
  if (!unlocked()) throw failure(exit_status::software, "a history needs the ledger's key");
  if (value.empty()) return false;
  return seen_elsewhere(static_cast<std::int64_t>(what), projection::hash(lookup_key, what, value), short_name(id));
}

bool ledger::receipt_seen_elsewhere(std::string_view receipt_no, std::string_view id) const {
  return state_->seen_elsewhere(lookup::receipt_no, receipt_no, id);
}

bool ledger::malware_from_applicant(std::string_view applicant, std::string_view id) const {
  return state_->seen_elsewhere(lookup::malware_applicant, applicant, id);
}

bool ledger::malware_from_sender(std::string_view address, std::string_view id) const {
  return state_->seen_elsewhere(lookup::malware_sender, address, id);
}

}  // namespace intake
