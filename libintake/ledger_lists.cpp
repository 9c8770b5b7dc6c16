// What a day's list is held against. Numbers are compared by their keyed digests, in the order in which the tables have
// them, so that a million of them are one walk and not a million questions.
#include <algorithm>

#include "ledger_state.hpp"
#include "limits.hpp"

namespace intake {
namespace {

constexpr auto what = static_cast<std::int64_t>(lookup::receipt_no);
constexpr auto of_application = static_cast<std::int64_t>(dated_kind::application);

/// Big-endian, so that numbers and stored bytes have one order.
receipt_key key_from(std::string_view bytes) {
  receipt_key key{};
  if (bytes.size() != digest_bytes) return key;
  for (std::size_t half = 0; half < key.size(); ++half)
    for (std::size_t i = 0; i < 8; ++i) key[half] = key[half] << 8 | static_cast<unsigned char>(bytes[8 * half + i]);
  return key;
}

std::string bytes_of(const receipt_key& key) {
  std::string out(digest_bytes, '\0');
  for (std::size_t i = 0; i < digest_bytes; ++i) out[i] = static_cast<char>(key[i / 8] >> (56 - 8 * (i % 8)));
  return out;
}

/// Walks the look-ups by digest. Where the next one asked for lies near, stepping is cheaper than seeking.
class digest_walk {
 public:
  explicit digest_walk(database& db) : db_(db) {}

  template <class Visit>
  void each_subject(const receipt_key& wanted, Visit visit) {
    for (unsigned steps = 0; here_ < wanted && steps < nearby; ++steps) step();
    if (here_ < wanted) seek(wanted);
    for (; here_ == wanted && !ended_; step()) visit(rows_->integer(1));
  }

 private:
  static constexpr unsigned nearby = 16;
  static constexpr receipt_key beyond = {~std::uint64_t{0}, ~std::uint64_t{0}};

  void seek(const receipt_key& from) {
    rows_.reset();
    rows_.emplace(db_.query("SELECT hash, subject FROM lookups WHERE what = ? AND hash >= ? ORDER BY hash", what,
                            blob{bytes_of(from)}));
    step();
  }
  void step() {
    if (ended_) return;
    ended_ = rows_ && !rows_->next();
    if (ended_)
      here_ = beyond;
    else if (rows_)
      here_ = key_from(rows_->bytes(0));
  }

  database& db_;
  std::optional<database::rows> rows_;
  receipt_key here_{};
  bool ended_ = false;
};

}  // namespace

ledger::receipt_keys::receipt_keys(const ledger& owner) {
  if (!owner.state_->unlocked())
    throw failure(exit_status::config, "looking for a receipt number needs the ledger's key");
  hash_ = std::make_unique<prepared_hmac>(owner.state_->lookup_key.view());
}

ledger::receipt_keys::~receipt_keys() = default;

receipt_key ledger::receipt_keys::of(std::string_view receipt_no) const {
  static const auto empty = projection::form_of(lookup::receipt_no, {});
  const auto form = projection::form_of(lookup::receipt_no, receipt_no);
  if (form == empty) return {};
  const auto hashed = hash_->of(form);
  return key_from({reinterpret_cast<const char*>(hashed.data()), digest_bytes});
}

std::vector<dated_application> ledger::applications(std::int64_t from, std::int64_t before) const {
  std::vector<dated_application> found;
  auto rows =
      state_->db->query("SELECT receipt, at, subject FROM dated WHERE kind = ? AND at >= ? AND at < ? ORDER BY at",
                        of_application, from, before);
  while (rows.next()) found.push_back({key_from(rows.bytes(0)), rows.integer(1), rows.integer(2)});
  return found;
}

std::vector<dated_application> ledger::applications_with(const std::vector<receipt_key>& sorted) const {
  std::vector<dated_application> found;
  digest_walk walk(*state_->db);
  for (const auto& key : sorted)
    walk.each_subject(key, [&](std::int64_t subject) { found.push_back({key, 0, subject}); });
  // A look-up stays when a later judgement reads another number; only the latest counts.
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.subject < b.subject; });
  std::erase_if(found, [&](dated_application& one) {
    auto rows = state_->db->query(
        "SELECT d.receipt, d.at FROM messages m JOIN dated d ON d.kind = ? AND d.at = m.dated AND d.subject = "
        "m.subject "
        "WHERE m.subject = ?",
        of_application, one.subject);
    if (!rows.next() || key_from(rows.bytes(0)) != one.receipt) return true;
    one.at = rows.integer(1);
    return false;
  });
  return found;
}

std::vector<receipt_key> ledger::repeated_receipts() const {
  std::vector<receipt_key> found;
  auto rows = state_->db->query("SELECT receipt FROM repeats ORDER BY receipt");
  while (rows.next()) found.push_back(key_from(rows.bytes(0)));
  return found;
}

std::set<std::int64_t> ledger::with_open(std::string_view action) const {
  std::set<std::int64_t> found;
  auto rows = state_->db->query("SELECT subject FROM items WHERE settled = 0 AND action = ?", action);
  while (rows.next()) found.insert(rows.integer(0));
  return found;
}

std::map<date, std::size_t> ledger::unjudged() const {
  std::map<date, std::size_t> found;
  auto rows = state_->db->query(
      "SELECT day, count(*) FROM messages INDEXED BY messages_unfinished "
      "WHERE finished = 0 AND state = ? AND erased = 0 AND day <> 0 GROUP BY day",
      static_cast<std::int64_t>(message_state::received));
  while (rows.next()) found[day_of(rows.integer(0))] = static_cast<std::size_t>(rows.integer(1));
  return found;
}

std::vector<std::string> ledger::lists_of(date day) const {
  std::vector<std::string> ids;
  auto rows =
      state_->db->query("SELECT id FROM dated JOIN subjects USING (subject) WHERE kind = ? AND at = ? ORDER BY subject",
                        static_cast<std::int64_t>(dated_kind::list), noon_of(day));
  while (rows.next()) ids.push_back(rows.text(0));
  return ids;
}

}  // namespace intake
