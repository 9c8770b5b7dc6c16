#include <simdjson.h>

#include <array>
#include <limits>

#include "digest.hpp"
#include "ledger_state.hpp"

namespace intake {
namespace {

constexpr auto all_time = std::numeric_limits<std::int64_t>::max();

/// Row of `messages` with its id; the rest of a message_entry is read when it is known to be wanted.
#define INTAKE_MESSAGE_COLUMNS                                                             \
  "SELECT m.subject, s.id, m.state, m.kind, m.disposition, m.day, m.arrived, m.finished, " \
  "m.cleared <> x'' AND m.cleared = m.judged, m.erased, m.latest FROM messages m JOIN subjects s USING (subject) "

std::string_view state_word(std::int64_t state) {
  switch (static_cast<message_state>(state)) {
    case message_state::judged:
      return "judged";
    case message_state::exported:
      return "exported";
    default:
      return "received";
  }
}

message_entry read_message(const database::rows& rows) {
  message_entry entry;
  entry.id = rows.text(1);
  entry.state = state_word(rows.integer(2));
  entry.kind = rows.text(3);
  entry.disposition = rows.text(4);
  if (rows.integer(5) != 0) entry.handling_day = day_of(rows.integer(5));
  entry.arrived_at = rows.integer(6);
  entry.finished = rows.integer(7) != 0;
  entry.cleared = rows.integer(8) != 0;
  entry.erased = rows.integer(9) != 0;
  return entry;
}

bool has_state(const message_entry& entry, std::string_view wanted) {
  if (wanted == "finished") return entry.finished;
  if (wanted == "unfinished") return !entry.finished;
  if (wanted == "cleared") return entry.cleared;
  if (wanted == "erased") return entry.erased;
  return entry.state == wanted;
}

bool overdue(const message_entry& entry, date today) {
  if (!entry.finished && entry.handling_day && *entry.handling_day < today) return true;
  for (const auto& item : entry.open)
    if (item.due < today) return true;
  return false;
}

bool fits(const message_entry& entry, const message_filter& filter) {
  if (filter.from && (!entry.handling_day || *entry.handling_day < *filter.from)) return false;
  if (filter.to && (!entry.handling_day || *entry.handling_day > *filter.to)) return false;
  if (!filter.id.empty() && entry.id != filter.id) return false;
  if (!filter.state.empty() && !has_state(entry, filter.state)) return false;
  if (!filter.disposition.empty() && entry.disposition != filter.disposition) return false;
  if (filter.open_actions && entry.open.empty()) return false;
  return !filter.overdue || overdue(entry, *filter.overdue);
}

bool event_fits(const event_row& row, const event_filter& filter) {
  if (filter.from && row.at < *filter.from) return false;
  if (filter.before && row.at >= *filter.before) return false;
  return filter.kind.empty() || row.kind == filter.kind;
}

std::vector<open_action> open_of(database& db, std::int64_t subject) {
  std::vector<open_action> open;
  auto rows = db.query("SELECT action, due FROM items WHERE subject = ? AND settled = 0 ORDER BY due, action", subject);
  while (rows.next()) {
    open_action item{rows.text(0), day_of(rows.integer(1))};
    // A judgement and a clerk may have opened the same action; it is one thing to do.
    bool told = false;
    for (const auto& each : open) told = told || each.action == item.action;
    if (!told) open.push_back(std::move(item));
  }
  return open;
}

using by_value = std::pair<lookup, std::string_view>;

std::vector<by_value> values_of(const message_filter& filter) {
  std::vector<by_value> values;
  if (!filter.receipt_no.empty())
    values = {{lookup::receipt_no, filter.receipt_no},
              {lookup::corrected, filter.receipt_no},
              {lookup::listed, filter.receipt_no}};
  else if (!filter.applicant.empty())
    values = {{lookup::applicant, filter.applicant}};
  else if (!filter.sender.empty())
    values = {{lookup::sender, filter.sender}};
  else if (!filter.message_id.empty())
    values = {{lookup::message_id, filter.message_id}};
  return values;
}

bool has_lookup(const ledger::state& state, std::int64_t subject, lookup what, std::string_view value) {
  return state.db
      ->number("SELECT 1 FROM lookups WHERE what = ? AND hash = ? AND subject = ?", static_cast<std::int64_t>(what),
               blob{projection::hash(state.lookup_key, what, value)}, subject)
      .has_value();
}

/// The members of the filter that go by hash.
bool named(const ledger::state& state, std::int64_t subject, const message_filter& filter) {
  const auto& receipt = filter.receipt_no;
  const auto has = [&](lookup what, const std::string& value) { return has_lookup(state, subject, what, value); };
  if (!receipt.empty() && !has(lookup::receipt_no, receipt) && !has(lookup::corrected, receipt) &&
      !has(lookup::listed, receipt))
    return false;
  if (!filter.applicant.empty() && !has(lookup::applicant, filter.applicant)) return false;
  if (!filter.sender.empty() && !has(lookup::sender, filter.sender)) return false;
  return filter.message_id.empty() || has(lookup::message_id, filter.message_id);
}

database::rows candidates(const ledger::state& state, const message_filter& filter) {
  auto& db = *state.db;
  if (!filter.id.empty()) return db.query(INTAKE_MESSAGE_COLUMNS "WHERE s.id = ?", filter.id);
  if (const auto values = values_of(filter); !values.empty()) {
    std::array<std::string, 3> hashes;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      const auto& [what, value] = values[i < values.size() ? i : 0];
      hashes[i] = projection::hash(state.lookup_key, what, value);
    }
    const auto what = [&](std::size_t i) { return static_cast<std::int64_t>(values[i < values.size() ? i : 0].first); };
    return db.query(INTAKE_MESSAGE_COLUMNS
                    "WHERE m.subject IN (SELECT subject FROM lookups WHERE what = ?1 AND hash = ?2 "
                    "UNION SELECT subject FROM lookups WHERE what = ?3 AND hash = ?4 "
                    "UNION SELECT subject FROM lookups WHERE what = ?5 AND hash = ?6) ORDER BY m.day, m.subject",
                    what(0), blob{hashes[0]}, what(1), blob{hashes[1]}, what(2), blob{hashes[2]});
  }
  if (filter.open_actions)
    return db.query(INTAKE_MESSAGE_COLUMNS
                    "WHERE m.subject IN (SELECT subject FROM items WHERE settled = 0) "
                    "ORDER BY m.day, m.subject");
  if (filter.overdue)
    return db.query(INTAKE_MESSAGE_COLUMNS
                    "WHERE m.subject IN (SELECT subject FROM items WHERE settled = 0 "
                    "UNION SELECT subject FROM messages WHERE finished = 0) ORDER BY m.day, m.subject");
  if (filter.state == "unfinished")
    return db.query(INTAKE_MESSAGE_COLUMNS
                    "WHERE m.subject IN (SELECT subject FROM messages WHERE finished = 0) ORDER BY m.day, m.subject");
  const auto first = filter.from ? day_number(*filter.from) : 0;
  const auto last = filter.to ? day_number(*filter.to) : all_time;
  return db.query(INTAKE_MESSAGE_COLUMNS "WHERE m.day BETWEEN ? AND ? ORDER BY m.day, m.subject", first, last);
}

std::string payload_of(const ledger::state& state, std::int64_t sequence) {
  auto rows = state.db->query(INTAKE_EVENT_COLUMNS
                              " FROM events e JOIN subjects s USING (subject) "
                              "WHERE e.sequence = ?",
                              sequence);
  return rows.next() ? state.open_payload(ledger::state::read_event(rows), rows.bytes(11)) : std::string();
}

}  // namespace

void ledger::each_message(const message_filter& filter, const std::function<bool(const message_entry&)>& visit) const {
  if (!state_->unlocked() && !values_of(filter).empty())
    throw failure(exit_status::config, "looking for a person or a receipt number needs the ledger's key");
  auto rows = candidates(*state_, filter);
  while (rows.next()) {
    auto entry = read_message(rows);
    entry.open = open_of(*state_->db, rows.integer(0));
    if (!fits(entry, filter) || !named(*state_, rows.integer(0), filter)) continue;
    entry.payload = payload_of(*state_, rows.integer(10));
    if (!visit(entry)) return;
  }
}

std::optional<message_entry> ledger::find(std::string_view id) const {
  std::optional<message_entry> found;
  message_filter filter;
  filter.id = id;
  if (filter.id.empty()) return found;
  each_message(filter, [&](const message_entry& entry) {
    found = entry;
    return false;
  });
  return found;
}

std::optional<message_entry> ledger::find(const dated_application& one) const {
  auto rows = state_->db->query(INTAKE_MESSAGE_COLUMNS "WHERE m.subject = ?", one.subject);
  if (!rows.next()) return std::nullopt;
  auto entry = read_message(rows);
  entry.open = open_of(*state_->db, one.subject);
  entry.payload = payload_of(*state_, rows.integer(10));
  return entry;
}

std::string ledger::resolve(std::string_view text) const {
  if (state_->subject_of(text)) return std::string(text);
  std::set<std::string> found;
  const auto collect = [&](database::rows rows) {
    while (rows.next()) found.insert(rows.text(0));
  };
  auto& db = *state_->db;
  // The table shows ids without their "m-".
  for (const auto& start : {std::string(text), "m-" + std::string(text)})
    if (text.size() >= 6)
      collect(
          db.query("SELECT id FROM subjects WHERE id >= ?1 AND id < ?1 || x'ff' AND substr(id, 1, length(?1)) = ?1 "
                   "LIMIT 2",
                   start));
  if (state_->unlocked())
    collect(db.query("SELECT id FROM lookups JOIN subjects USING (subject) WHERE what = ? AND hash = ? LIMIT 2",
                     static_cast<std::int64_t>(lookup::receipt_no),
                     blob{projection::hash(state_->lookup_key, lookup::receipt_no, text)}));
  if (found.empty()) throw failure(exit_status::no_input, "not in the ledger: {}", withheld(std::string(text)));
  if (found.size() > 1)
    throw failure(exit_status::usage, "{}: several messages; name one by its id", withheld(std::string(text)));
  return *found.begin();
}

void ledger::each_event(const event_filter& filter, const std::function<bool(const event&)>& visit) const {
  auto& db = *state_->db;
  const auto from = filter.from.value_or(std::numeric_limits<std::int64_t>::min());
  const auto before = filter.before.value_or(all_time);
  auto rows = !filter.subject.empty() ? db.query(INTAKE_EVENT_COLUMNS
                                                 " FROM events e JOIN subjects s USING (subject) WHERE s.id = ? "
                                                 "ORDER BY e.sequence",
                                                 filter.subject)
              : filter.after != 0     ? db.query(INTAKE_EVENT_COLUMNS
                                                 " FROM events e CROSS JOIN subjects s USING (subject) "
                                                 "WHERE e.sequence > ? ORDER BY e.sequence",
                                                 filter.after)
              : filter.from || filter.before
                  ? db.query(INTAKE_EVENT_COLUMNS
                             " FROM events e INDEXED BY events_at JOIN subjects s USING (subject) "
                             "WHERE e.at >= ? AND e.at < ? ORDER BY e.at, e.sequence",
                             from, before)
                  : db.query(INTAKE_EVENT_COLUMNS
                             " FROM events e CROSS JOIN subjects s USING (subject) "
                             "ORDER BY e.sequence");
  while (rows.next()) {
    const auto row = state::read_event(rows);
    if (!event_fits(row, filter)) continue;
    event shown;
    shown.subject = row.id;
    shown.kind = row.kind;
    shown.actor = row.actor;
    shown.facts = row.facts;
    shown.at = {row.at, static_cast<int>(row.zone)};
    shown.sequence = row.sequence;
    shown.erased = rows.null(11);
    shown.payload = state_->open_payload(row, rows.bytes(11));
    if (!visit(shown)) return;
  }
}

std::vector<ledger::open_item> ledger::open_items() const {
  std::vector<open_item> items;
  auto rows = state_->db->query(
      "SELECT DISTINCT id, action, min(due) FROM items JOIN subjects USING (subject) "
      "WHERE settled = 0 GROUP BY subject, action ORDER BY 3, 1, 2");
  while (rows.next()) items.push_back({rows.text(0), {rows.text(1), day_of(rows.integer(2))}});
  return items;
}

bool ledger::known(std::string_view id) const {
  return state_->db->number("SELECT 1 FROM messages JOIN subjects USING (subject) WHERE id = ?", id).has_value();
}

bool ledger::finished(std::string_view id) const {
  return state_->db->number("SELECT finished FROM messages JOIN subjects USING (subject) WHERE id = ?", id) == 1;
}

bool ledger::finished(const message_source& where) const {
  constexpr auto sql =
      "SELECT finished FROM mailboxes JOIN sources USING (mailbox) JOIN messages USING (subject) "
      "WHERE account = ? AND name = ? AND uidvalidity = ? AND uid = ?";
  auto& db = *state_->db;
  if (const auto uid = uid_number(where.uid))
    return db.number(sql, where.account, where.mailbox, where.uidvalidity, *uid) == 1;
  if (!state_->unlocked()) throw failure(exit_status::config, "looking for a path needs the ledger's key");
  const auto hash = to_hex(projection::hash_uid(state_->lookup_key, where.uid));
  return db.number(sql, where.account, where.mailbox, where.uidvalidity, hash) == 1;
}

std::vector<uid_range> ledger::finished_uids(const message_source& where) const {
  std::vector<uid_range> ranges;
  auto rows = state_->db->query(
      "SELECT first, last FROM mailboxes JOIN ranges USING (mailbox) "
      "WHERE account = ? AND name = ? AND uidvalidity = ? ORDER BY first",
      where.account, where.mailbox, where.uidvalidity);
  while (rows.next())
    ranges.push_back({static_cast<std::uint64_t>(rows.integer(0)), static_cast<std::uint64_t>(rows.integer(1))});
  return ranges;
}

unsigned ledger::failed_checks(std::string_view account) const {
  auto rows = state_->db->query(
      "SELECT facts FROM events JOIN subjects USING (subject) "
      "WHERE id = ? AND kind = 'checked' ORDER BY sequence DESC",
      "account:" + std::string(account));
  unsigned failed = 0;
  simdjson::dom::parser parser;
  while (rows.next()) {
    std::string_view result;
    const simdjson::padded_string facts(rows.bytes(0));
    if (parser.parse(facts)["result"].get(result) != simdjson::SUCCESS || result != "failed") break;
    ++failed;
  }
  return failed;
}

std::set<std::string> ledger::cleared() const {
  std::set<std::string> ids;
  auto rows = state_->db->query(
      "SELECT id FROM messages JOIN subjects USING (subject) "
      "WHERE cleared <> x'' AND cleared = judged");
  while (rows.next()) ids.insert(rows.text(0));
  return ids;
}

ledger_head ledger::head() const {
  const auto last = state_->end_of_chain();
  return {last.sequence, last.sequence == 0 ? state_->chain_start() : to_hex(last.chain)};
}

}  // namespace intake
