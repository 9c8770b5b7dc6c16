#include <utility>

#include "digest.hpp"
#include "ledger_schema.hpp"
#include "ledger_state.hpp"
#include "limits.hpp"
#include "packing.hpp"

namespace intake {
namespace {

constexpr const char* last_event =
    INTAKE_EVENT_COLUMNS " FROM events e JOIN subjects s USING (subject) ORDER BY e.sequence DESC LIMIT 1";

void store(database& db, std::string_view name, std::string_view value) {
  db.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, blob{value});
}

std::string stored(database& db, std::string_view name) {
  auto rows = db.query("SELECT value FROM meta WHERE name = ?", name);
  return rows.next() ? rows.text(0) : std::string();
}

std::string number_bytes(std::int64_t value) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
  return out;
}

}  // namespace

std::string chain_of(std::string_view before, const event_row& row) {
  sha256 digest;
  const auto feed = [&](std::string_view bytes) {
    digest.update(number_bytes(static_cast<std::int64_t>(bytes.size())));
    digest.update(bytes);
  };
  feed(before);
  for (const auto number : {row.sequence, row.at, row.zone}) digest.update(number_bytes(number));
  for (const auto* text : {&row.id, &row.kind, &row.actor, &row.facts, &row.digest}) feed(*text);
  digest.update(row.sealed_payload ? "+" : "-");
  feed(row.sealed_payload.value_or(std::string()));
  return digest.bytes();
}

void ledger::state::check_length(const secret& key) {
  if (!key.empty() && key.view().size() < limits::ledger_key_bytes)
    throw failure(exit_status::config, "ledger.key: shorter than {} characters; make one with: openssl rand -hex 32",
                  limits::ledger_key_bytes);
}

void ledger::state::fill(database& db, const secret& key) {
  const auto salt = random_bytes(16);
  const auto plain = key.empty() ? random_bytes(seal_key_bytes) : std::string();
  brief_key wrap, look_up;
  derive_key(key.empty() ? std::string_view(plain) : key.view(), salt, "intake ledger: keys", wrap);
  look_up.randomize();
  store(db, "ledger", to_hex(random_bytes(16)));
  store(db, "salt", salt);
  if (key.empty()) store(db, "plain", plain);
  store(db, "lookup", seal(wrap.view(), "lookup", look_up.view()));
  db.run("INSERT INTO meta VALUES ('derived', ?)", ledger_schema::derived_version);
}

void ledger::state::unlock(const secret& key) {
  check_length(key);
  const auto plain = stored(*db, "plain");
  sealed = plain.empty();
  if (!sealed && !key.empty())
    throw failure(exit_status::config,
                  "{}: was made without a key, but ledger.key is set; seal it with: intake-ledger rekey", db->path());
  if (sealed && key.empty()) {
    if (how == mode::inspect) return;
    throw failure(exit_status::config, "{}: is sealed, but ledger.key is not set", db->path());
  }
  const auto material = sealed ? key.view() : std::string_view(plain);
  const auto salt = stored(*db, "salt");
  brief_key wrap, head, look_up;
  derive_key(material, salt, "intake ledger: keys", wrap);
  derive_key(material, salt, "intake ledger: head", head);
  if (!unseal_key(wrap.view(), "lookup", stored(*db, "lookup"), look_up))
    throw failure(exit_status::no_permission, "{}: ledger.key does not open it (wrong key)", db->path());
  wrap_key = secret(wrap.view());
  head_key = secret(head.view());
  lookup_key = secret(look_up.view());
}

void ledger::state::seal_keys_under(const secret& key) {
  check_length(key);
  if (key.empty()) throw failure(exit_status::config, "ledger.key is not set");
  const auto salt = random_bytes(16);
  brief_key wrap, head;
  derive_key(key.view(), salt, "intake ledger: keys", wrap);
  derive_key(key.view(), salt, "intake ledger: head", head);
  std::int64_t subject = 0;
  for (;;) {
    std::string id, kept;
    {
      auto rows = db->query(
          "SELECT subject, id, key FROM subjects WHERE subject > ? AND key IS NOT NULL "
          "ORDER BY subject LIMIT 1",
          subject);
      if (!rows.next()) break;
      subject = rows.integer(0);
      id = rows.text(1);
      kept = rows.text(2);
    }
    brief_key own;
    (void)open_key(id, kept, own);
    db->run("UPDATE subjects SET key = ? WHERE subject = ?", blob{seal(wrap.view(), id, own.view())}, subject);
  }
  store(*db, "salt", salt);
  store(*db, "lookup", seal(wrap.view(), "lookup", lookup_key.view()));
  db->run("DELETE FROM meta WHERE name = 'plain'");
  wrap_key = secret(wrap.view());
  head_key = secret(head.view());
  sealed = true;
}

std::string ledger::state::chain_start() const {
  return sha256_hex("intake ledger " + stored(*db, "ledger"));
}

event_row ledger::state::read_event(const database::rows& rows) {
  event_row row{rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3), rows.text(4), rows.text(5),
                rows.text(6),    rows.text(7),    rows.text(9),    rows.text(10),   std::nullopt};
  if (!rows.null(8)) row.sealed_payload = rows.text(8);
  return row;
}

event_row ledger::state::end_of_chain() const {
  auto rows = db->query(last_event);
  if (rows.next()) return read_event(rows);
  event_row none;
  none.chain = chain_start();
  return none;
}

void ledger::state::begin() {
  last.reset();
  dirty = false;
}

void ledger::state::record_head() {
  if (!dirty) return;
  const auto head = number_bytes(last->sequence) + last->chain;
  store(*db, "head", head + hmac_sha256(head_key.view(), head));
}

std::optional<ledger_head> ledger::state::recorded_head() const {
  const auto kept = stored(*db, "head");
  if (kept.size() != 8 + 32 + 32) return std::nullopt;
  const auto head = kept.substr(0, 40);
  if (!head_key.empty() && hmac_sha256(head_key.view(), head) != kept.substr(40)) return std::nullopt;
  std::int64_t sequence = 0;
  for (std::size_t i = 0; i < 8; ++i) sequence = sequence << 8 | static_cast<unsigned char>(kept[i]);
  return ledger_head{sequence, to_hex(head.substr(8))};
}

bool ledger::state::open_key(std::string_view id, std::string_view sealed_key, brief_key& key) const {
  if (sealed_key.empty()) return false;
  if (unseal_key(wrap_key.view(), id, sealed_key, key)) return true;
  throw failure(exit_status::config, "{}: the key of {} was changed", db->path(), id);
}

std::string ledger::state::open_payload(const event_row& row, std::string_view sealed_key) const {
  brief_key key;
  if (!row.sealed_payload || !unlocked() || !open_key(row.id, sealed_key, key)) return {};
  auto plain = unseal(key.view(), row.id + '\n' + row.kind, *row.sealed_payload);
  if (plain) plain = unpack(std::move(*plain));
  if (!plain) throw failure(exit_status::config, "{}: the payload of event {} was changed", db->path(), row.sequence);
  return std::move(*plain);
}

std::optional<std::int64_t> ledger::state::subject_of(std::string_view id) const {
  return db->number("SELECT subject FROM subjects WHERE id = ?", id);
}

}  // namespace intake
