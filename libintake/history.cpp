#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>

#include "digest.hpp"
#include "ledger_state.hpp"

namespace intake {

/// One look-up: the first half of its keyed hash, and a short name of the message it belongs to.
struct history::state {
  struct entry {
    std::uint64_t hash = 0;
    std::int64_t owner = 0;
    auto operator<=>(const entry&) const = default;
  };
  secret lookup_key;
  std::array<std::vector<entry>, 9> of;

  [[nodiscard]] bool elsewhere(lookup what, std::string_view value, std::string_view id) const;
};

namespace {

std::uint64_t number_from(std::string_view bytes) {
  std::uint64_t number = 0;
  std::memcpy(&number, bytes.data(), std::min(bytes.size(), sizeof number));
  return number;
}

}  // namespace

std::int64_t short_name(std::string_view id) {
  std::uint64_t number = 0;
  const auto digest = sha256_hex(id);
  std::from_chars(digest.data(), digest.data() + 16, number, 16);
  return static_cast<std::int64_t>(number);
}

bool history::state::elsewhere(lookup what, std::string_view value, std::string_view id) const {
  if (value.empty()) return false;
  const auto hash = number_from(projection::hash(lookup_key, what, value));
  const auto& entries = of.at(static_cast<std::size_t>(what));
  const auto owner = short_name(id);
  for (auto it =
           std::lower_bound(entries.begin(), entries.end(), entry{hash, std::numeric_limits<std::int64_t>::min()});
       it != entries.end() && it->hash == hash; ++it)
    if (it->owner != owner) return true;
  return false;
}

history::history() = default;

bool history::receipt_seen_elsewhere(std::string_view receipt_no, std::string_view id) const {
  return state_ && state_->elsewhere(lookup::receipt_no, receipt_no, id);
}

bool history::malware_from_applicant(std::string_view applicant, std::string_view id) const {
  return state_ && state_->elsewhere(lookup::malware_applicant, applicant, id);
}

bool history::malware_from_sender(std::string_view address, std::string_view id) const {
  return state_ && state_->elsewhere(lookup::malware_sender, address, id);
}

history ledger::take_history() const {
  auto taken = std::make_shared<history::state>();
  if (!state_->unlocked()) throw failure(exit_status::software, "a history needs the ledger's key");
  taken->lookup_key = secret(state_->lookup_key.view());
  taken->lookup_key.share_with_children();
  for (const auto what : {lookup::receipt_no, lookup::malware_applicant, lookup::malware_sender}) {
    const auto index = static_cast<std::int64_t>(what);
    auto& entries = taken->of.at(static_cast<std::size_t>(index));
    auto rows = state_->db->query("SELECT hash, owner FROM lookups WHERE what = ?", index);
    while (rows.next()) entries.push_back({number_from(rows.bytes(0)), rows.integer(1)});
    // They come in the order of their bytes, which is not that of their numbers.
    std::sort(entries.begin(), entries.end());
  }
  history result;
  result.state_ = std::move(taken);
  return result;
}

}  // namespace intake
