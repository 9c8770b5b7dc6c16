#include "ledger.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "config.hpp"
#include "digest.hpp"
#include "ledger_schema.hpp"
#include "ledger_state.hpp"
#include "limits.hpp"
#include "packing.hpp"

namespace intake {
namespace {

enum class repetition { any_earlier, latest, none };

/// Which earlier events make a new one a repetition. A judgement that returns to an older one is news; a second
/// account that holds the same message is not, however often they alternate.
repetition repetition_of(std::string_view kind) {
  constexpr std::array<std::string_view, 4> once = {"received", "seen", "exported", "noticed"};
  if (std::find(once.begin(), once.end(), kind) != once.end()) return repetition::any_earlier;
  return kind == "judged" || kind == "reconciled" ? repetition::latest : repetition::none;
}

bool repeats(database& db, const event_row& row) {
  switch (repetition_of(row.kind)) {
    case repetition::any_earlier:
      return db
          .number("SELECT 1 FROM events WHERE subject = ? AND kind = ? AND digest = ?", row.subject, row.kind,
                  blob{row.digest})
          .has_value();
    case repetition::latest: {
      auto rows = db.query("SELECT digest FROM events WHERE subject = ? AND kind = ? ORDER BY sequence DESC LIMIT 1",
                           row.subject, row.kind);
      return rows.next() && rows.bytes(0) == row.digest;
    }
    case repetition::none:
      break;
  }
  return false;
}

std::string with_circumstances(const event& what) {
  if (what.circumstances.empty() || !what.payload.ends_with('}')) return what.payload;
  auto text = what.payload.substr(0, what.payload.size() - 1);
  text += text.size() > 1 ? ",\"circumstances\":" : "\"circumstances\":";
  return text + what.circumstances + '}';
}

void insert(database& db, const event_row& row) {
  std::optional<blob> payload;
  if (row.sealed_payload) payload = blob{*row.sealed_payload};
  db.run("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row.sequence, row.at, row.zone, row.subject,
         row.kind, row.actor, row.facts, payload, blob{row.digest}, blob{row.chain});
}

}  // namespace

std::string ledger_head::text() const {
  return std::to_string(sequence) + ':' + chain;
}

std::optional<ledger_head> ledger_head::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == 0 || colon > 18 || text.size() != colon + 65) return std::nullopt;
  const auto digits = text.substr(0, colon);
  const auto chain = text.substr(colon + 1);
  if (digits.find_first_not_of("0123456789") != digits.npos) return std::nullopt;
  if (chain.find_first_not_of("0123456789abcdef") != chain.npos) return std::nullopt;
  return ledger_head{std::stoll(std::string(digits)), std::string(chain)};
}

bool ledger::state::add(const event& what) {
  if (how != mode::write) throw failure(exit_status::software, "{}: opened for reading", db->path());
  write_scope scope(*this);
  if (!last) {
    last = end_of_chain();
    const auto kept = recorded_head();
    // Going on would put a new head over the trace of a removal.
    if (last->sequence == 0 ? kept.has_value() : !kept || kept->chain != to_hex(last->chain))
      throw failure(exit_status::config, "{}: its end is not the one recorded; see: intake-ledger check", db->path());
  }
  event_row row;
  row.id = what.subject;
  row.kind = what.kind;
  row.actor = what.actor;
  row.facts = what.facts;
  brief_key key;
  bool erased = false;
  if (auto rows = db->query("SELECT subject, key FROM subjects WHERE id = ?", what.subject); rows.next()) {
    row.subject = rows.integer(0);
    erased = !open_key(row.id, rows.bytes(1), key);
  } else {
    key.randomize();
    row.subject = db->number("SELECT ifnull(max(subject), 0) + 1 FROM subjects").value_or(1);
    db->run("INSERT INTO subjects VALUES (?, ?, ?)", row.subject, row.id,
            blob{seal(wrap_key.view(), row.id, key.view())});
  }
  // Nothing personal of an erased message comes back by a second run over it.
  const std::string payload = erased ? std::string() : what.payload;
  const auto told = what.identity.empty() ? what.facts + '\n' + payload : what.identity;
  row.digest = hmac_sha256(erased ? lookup_key.view() : key.view(), what.kind + '\n' + (erased ? what.facts : told))
                   .substr(0, digest_bytes);
  if (repeats(*db, row)) {
    scope.commit();
    return false;
  }
  const auto plain = erased ? std::string() : with_circumstances(what);
  if (plain.size() > limits::ledger_payload_bytes)
    throw failure(exit_status::data, "{}: an event over {} MiB", withheld(std::string(what.subject)),
                  limits::ledger_payload_bytes / limits::mib);
  if (!plain.empty()) row.sealed_payload = seal(key.view(), row.id + '\n' + row.kind, pack(plain));
  const auto at = what.at.seconds == 0 ? now() : what.at;
  row.at = at.seconds;
  row.zone = at.offset_minutes;
  row.sequence = last->sequence + 1;
  row.chain = chain_of(last->chain, row);
  insert(*db, row);
  projection(*db, lookup_key).apply(row, plain);
  last = std::move(row);
  dirty = true;
  scope.commit();
  return true;
}

write_scope::write_scope(ledger::state& owner) : owner_(&owner) {
  if (owner.batch) return;
  own_ = std::make_unique<transaction>(*owner.db);
  owner.begin();
}

void write_scope::commit() {
  if (!own_) return;
  owner_->record_head();
  own_->commit();
  own_.reset();
}

ledger::ledger(const std::string& path, mode how, const secret& key) : state_(std::make_unique<state>()) {
  if (how == mode::change) {
    ledger_schema::must_exist(path);
    how = mode::write;
  }
  state_->how = how;
  state::check_length(key);
  state_->db = how == mode::write ? ledger_schema::open_for_writing(path, [&](database& db) { state::fill(db, key); })
                                  : ledger_schema::open_for_reading(path);
  state_->unlock(key);
  if (state_->derived_fit()) return;
  if (how != mode::write) {
    // An old backup, or a ledger that nobody has written since: answered from tables in memory, which hide the stored.
    state_->db->script(ledger_schema::derived_tables("temp"));
    state_->replay();
    return;
  }
  transaction renewal(*state_->db);
  if (state_->derived_fit()) return;  // by another process meanwhile
  for (const auto* name : ledger_schema::derived_names) state_->db->script(std::string("DROP TABLE IF EXISTS ") + name);
  state_->db->script(ledger_schema::derived_tables("main"));
  state_->replay();
  state_->db->run("INSERT OR REPLACE INTO meta VALUES ('derived', ?)", ledger_schema::derived_version);
  renewal.commit();
}

ledger::ledger(ledger&&) noexcept = default;
ledger& ledger::operator=(ledger&&) noexcept = default;
ledger::~ledger() = default;

bool ledger::sealed() const {
  return state_->sealed;
}

bool ledger::append(const event& what) {
  return state_->add(what);
}

ledger::batch::batch(ledger& owner) : owner_(&owner) {
  auto& state = *owner.state_;
  if (state.batch) throw failure(exit_status::software, "a batch within a batch");
  state.batch = std::make_unique<transaction>(*state.db);
  state.begin();
}

ledger::batch::~batch() {
  if (owner_ != nullptr) owner_->state_->batch.reset();
}

void ledger::batch::commit() {
  auto& state = *owner_->state_;
  state.record_head();
  state.batch->commit();
  state.batch.reset();
  owner_ = nullptr;
}

ledger::snapshot::snapshot(const ledger& owner) : view_(std::make_unique<one_view>(*owner.state_->db)) {}

ledger::snapshot::~snapshot() = default;

ledger open_ledger(const config& desk, ledger::mode how) {
  const auto& place = desk.ledger;
  const bool keyless = place.key.empty() || how == ledger::mode::inspect;
  return {place.path, how, keyless ? secret() : read_secret(place.key, "ledger.key")};
}

std::string ledger_folder(const config& desk) {
  return std::filesystem::absolute(desk.ledger.path).parent_path().string();
}

}  // namespace intake
