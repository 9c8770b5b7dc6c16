// Whether the ledger is whole: SQLite's structure, the chain, its end, and every derived table against the events.
#include <algorithm>
#include <set>

#include "digest.hpp"
#include "ledger_schema.hpp"
#include "ledger_state.hpp"
#include "limits.hpp"

namespace intake {
namespace {

using faults = std::vector<ledger::fault>;

void add(faults& found, std::int64_t sequence, const phrase& what) {
  if (found.size() < limits::ledger_faults) found.push_back({sequence, what});
}

void check_structure(database& db, faults& found) {
  auto rows = db.query("PRAGMA integrity_check(20)");
  while (rows.next())
    if (rows.bytes(0) != "ok") add(found, 0, phrase("SQLite: {}", rows.text(0)));
}

/// A guard or an index that was taken away leaves rows as they are; the schema tells. Derived tables of another version
/// look different, and are made anew before anything is answered from them.
void check_schema(database& db, bool derived_too, faults& found) {
  std::set<std::string> wanted, there;
  const auto read = [&](database& from, std::set<std::string>& into) {
    auto rows = from.query("SELECT type || ' ' || name || ' ' || ifnull(sql, ''), tbl_name FROM main.sqlite_schema");
    while (rows.next())
      if (derived_too || !ledger_schema::is_derived(rows.bytes(1))) into.insert(rows.text(0));
  };
  const auto made = ledger_schema::example(db.number("PRAGMA user_version").value_or(0));
  read(*made, wanted);
  read(db, there);
  const auto name = [](const std::string& text) { return text.substr(0, text.find(' ', text.find(' ') + 1)); };
  for (const auto& each : wanted)
    if (!there.contains(each)) add(found, 0, phrase("schema: {} is missing or changed", name(each)));
  for (const auto& each : there)
    if (!wanted.contains(each)) add(found, 0, phrase("schema: {} does not belong there or was changed", name(each)));
}

void check_head(const ledger::state& state, const event_row& last, faults& found) {
  const auto kept = state.recorded_head();
  if (last.sequence == 0 && !kept) return;
  if (!kept)
    add(found, 0, phrase("the recorded head is missing or was not made with this key"));
  else if (kept->sequence > last.sequence)
    add(found, 0, phrase("the last {} events were removed", kept->sequence - last.sequence));
  else if (kept->sequence < last.sequence || kept->chain != to_hex(last.chain))
    add(found, 0, phrase("the end of the chain is not the one recorded"));
}

void check_known(database& db, const std::vector<ledger_head>& known, faults& found) {
  for (const auto& head : known) {
    auto rows = db.query("SELECT chain FROM events WHERE sequence = ?", head.sequence);
    if (!rows.next())
      add(found, head.sequence, phrase("an event that a head carried away tells of is not there: the end was cut off"));
    else if (to_hex(rows.bytes(0)) != head.chain)
      add(found, head.sequence, phrase("the chain differs from a head that was carried away: it was written anew"));
  }
}

void check_subjects(database& db, faults& found) {
  auto rows =
      db.query("SELECT id FROM subjects s WHERE NOT EXISTS (SELECT 1 FROM events e WHERE e.subject = s.subject)");
  while (rows.next()) add(found, 0, phrase("{}: a subject without an event", rows.text(0)));
  auto keys = db.query(
      "SELECT id, key IS NULL FROM subjects s WHERE (key IS NULL) <> EXISTS "
      "(SELECT 1 FROM events e WHERE e.subject = s.subject AND e.kind = 'erased')");
  while (keys.next())
    add(found, 0,
        keys.integer(1) != 0 ? phrase("{}: its key is gone, and no event tells of an erasure", keys.text(0))
                             : phrase("{}: was erased, but has a key", keys.text(0)));
}

/// Makes the derived tables anew beside the stored ones and compares.
void check_derived(ledger::state& fresh, faults& found) {
  auto& db = *fresh.db;
  db.script(ledger_schema::derived_tables("temp"));
  fresh.replay();
  for (const auto* name : ledger_schema::derived_names) {
    const std::string stored = std::string("main.") + name, made = std::string("temp.") + name;
    const auto differ = [&](const std::string& a, const std::string& b) {
      return db.any("SELECT * FROM " + a + " EXCEPT SELECT * FROM " + b);
    };
    if (differ(stored, made) || differ(made, stored))
      add(found, 0, phrase("{}: does not say what the events say", name));
  }
}

}  // namespace

/// One transaction over everything, so that a writer meanwhile changes nothing that is compared.
std::vector<ledger::fault> ledger::check(const std::vector<ledger_head>& known) const {
  faults found;
  try {
    // A connection of its own: temporary tables must not come before the stored ones in the answers of this object.
    state fresh;
    fresh.how = mode::inspect;
    fresh.db = ledger_schema::open_for_reading(state_->db->path());
    fresh.wrap_key = secret(state_->wrap_key.view());
    fresh.lookup_key = secret(state_->lookup_key.view());
    fresh.head_key = secret(state_->head_key.view());
    auto& db = *fresh.db;
    db.script("BEGIN");
    check_structure(db, found);
    check_schema(db, fresh.derived_fit(), found);
    const auto last = fresh.check_chain([&](std::int64_t sequence, const phrase& what) { add(found, sequence, what); });
    check_head(fresh, last, found);
    check_known(db, known, found);
    check_subjects(db, found);
    if (fresh.unlocked() && fresh.derived_fit() && found.empty()) check_derived(fresh, found);
  } catch (const failure& error) {
    if (error.status() != exit_status::config) throw;
    add(found, 0, error.said());
  }
  return found;
}

event_row ledger::state::check_chain(const std::function<void(std::int64_t, const phrase&)>& tell) const {
  auto rows = db->query(INTAKE_EVENT_COLUMNS " FROM events e LEFT JOIN subjects s USING (subject) ORDER BY e.sequence");
  event_row before;
  before.chain = chain_start();
  while (rows.next()) {
    auto row = read_event(rows);
    if (row.sequence != before.sequence + 1) tell(row.sequence, phrase("events before it are missing"));
    // After a break the stored value is taken up again, so that one changed row is one fault.
    if (chain_of(before.chain, row) != row.chain)
      tell(row.sequence, phrase("the event or the chain before it was changed"));
    if (rows.null(4)) tell(row.sequence, phrase("its subject is missing"));
    try {
      (void)open_payload(row, rows.bytes(11));
    } catch (const failure& error) {
      tell(row.sequence, error.said());
    }
    before = std::move(row);
  }
  return before;
}

bool ledger::state::derived_fit() const {
  return db->number("SELECT value FROM meta WHERE name = 'derived'") == ledger_schema::derived_version;
}

void ledger::state::replay() const {
  auto rows =
      db->query(INTAKE_EVENT_COLUMNS " FROM events e CROSS JOIN subjects s USING (subject) ORDER BY e.sequence");
  projection tables(*db, lookup_key);
  while (rows.next()) {
    const auto row = read_event(rows);
    tables.apply(row, open_payload(row, rows.bytes(11)));
  }
}

}  // namespace intake
