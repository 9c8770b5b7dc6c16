// The derived tables: which message is in which state, where it lies, what is open. Each is a function of the events
// alone, in their order; ledger_check.cpp holds them to that.
#include <simdjson.h>

#include <charconv>
#include <chrono>

#include "acts.hpp"
#include "ledger_state.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

namespace dom = simdjson::dom;

std::string_view text_of(dom::element object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::int64_t number_of(dom::element object, std::string_view key) {
  std::int64_t number = 0;
  return object[key].get(number) == simdjson::SUCCESS ? number : 0;
}

template <class Visit>
void each_of(dom::element object, std::string_view key, Visit visit) {
  dom::array array;
  if (object[key].get(array) != simdjson::SUCCESS) return;
  for (const auto element : array) visit(element);
}

std::int64_t day_in(dom::element object, std::string_view key) {
  const auto day = parse_iso_date(text_of(object, key));
  return day ? day_number(*day) : 0;
}

std::string_view half(std::string_view hash) {
  return hash.substr(0, digest_bytes);
}

}  // namespace

struct projection::told {
  dom::parser parser;
  dom::element root;
  bool usable = false;

  explicit told(std::string_view json) {
    usable = !json.empty() && parser.parse(json.data(), json.size()).get(root) == simdjson::SUCCESS;
  }
};

std::int64_t day_number(date day) {
  return std::chrono::sys_days(day).time_since_epoch().count();
}
std::int64_t noon_of(date day) {
  return day_number(day) * 86400 + 43200;
}
date day_of(std::int64_t number) {
  return std::chrono::sys_days(std::chrono::days(number));
}

std::string projection::form_of(lookup what, std::string_view value) {
  return std::to_string(static_cast<int>(what)) + '\n' + folded(value);
}

std::string projection::hash(const secret& lookup_key, lookup what, std::string_view value) {
  return std::string(half(hmac_sha256(lookup_key.view(), form_of(what, value))));
}

std::string projection::hash_uid(const secret& lookup_key, std::string_view uid) {
  return std::string(half(hmac_sha256(lookup_key.view(), "uid\n" + std::string(uid))));
}

void projection::apply(const event_row& row, std::string_view payload) {
  const told facts(row.facts);
  if (!facts.usable) return;
  if (row.kind == "received" || row.kind == "seen") {
    receive(row, facts);
  } else if (row.kind == "judged") {
    receive(row, facts);
    judge(row, facts, payload);
  } else if (row.kind == "exported") {
    db_->run("UPDATE messages SET state = ? WHERE subject = ?", static_cast<std::int64_t>(message_state::exported),
             row.subject);
    refresh_finished(row.subject);
  } else if (row.kind == "reconciled") {
    replace_items(row, facts);
  } else if (row.kind == "acted") {
    act(row, facts);
  } else if (row.kind == "erased") {
    erase(row.subject);
  } else {
    const auto due = day_in(facts.root, "due");
    const auto own = day_number(civil_day({row.at, static_cast<int>(row.zone)}));
    each_of(facts.root, "actions", [&](dom::element action) {
      std::string_view name;
      if (action.get(name) == simdjson::SUCCESS) open_item(row.subject, name, {}, due != 0 ? due : own);
    });
  }
}

void projection::receive(const event_row& row, const told& facts) {
  db_->run("INSERT OR IGNORE INTO messages VALUES (?, ?, '', '', ?, ?, x'', x'', 0, 0, 0, ?, NULL)", row.subject,
           static_cast<std::int64_t>(message_state::received), day_in(facts.root, "handling_day"),
           number_of(facts.root, "arrived"), row.sequence);
  place(facts, row.subject);
}

void projection::judge(const event_row& row, const told& facts, std::string_view payload) {
  const auto root = facts.root;
  bool malware = false;
  each_of(root, "codes", [&](dom::element code) {
    std::string_view name;
    malware = malware || (code.get(name) == simdjson::SUCCESS && name == "malware.found");
  });
  db_->run(
      "UPDATE messages SET state = max(state, ?), kind = ?, disposition = ?, judged = ?, malware = ?, latest = ?, "
      "day = iif(?7 <> 0, ?7, day), arrived = iif(?8 <> 0, ?8, arrived) WHERE subject = ?9",
      static_cast<std::int64_t>(message_state::judged), text_of(root, "kind"), text_of(root, "disposition"),
      blob{row.digest}, static_cast<std::int64_t>(malware), row.sequence, day_in(root, "handling_day"),
      number_of(root, "arrived"), row.subject);
  replace_items(row, facts);
  if (const told said(payload); said.usable) {
    index(row, said);
    date_it(row, facts, said);
  }
  refresh_finished(row.subject);
}

void projection::index(const event_row& row, const told& said) {
  const auto root = said.root;
  dom::element part;
  std::string_view applicant;
  bool malware = false;
  each_of(root, "findings",
          [&](dom::element finding) { malware = malware || text_of(finding, "code") == "malware.found"; });
  if (root["application"].get(part) == simdjson::SUCCESS) {
    applicant = text_of(part, "applicant");
    look_up(lookup::receipt_no, text_of(part, "receipt_no"), row);
    look_up(lookup::applicant, applicant, row);
    if (malware) look_up(lookup::malware_applicant, applicant, row);
  }
  if (root["correction"].get(part) == simdjson::SUCCESS) look_up(lookup::corrected, text_of(part, "receipt_no"), row);
  if (root["list"].get(part) == simdjson::SUCCESS)
    each_of(part, "entries", [&](dom::element entry) { look_up(lookup::listed, text_of(entry, "receipt_no"), row); });
  if (root["mail"].get(part) == simdjson::SUCCESS) {
    look_up(lookup::message_id, text_of(part, "message_id"), row);
    each_of(part, "from", [&](dom::element from) {
      look_up(lookup::sender, text_of(from, "address"), row);
      if (malware) look_up(lookup::malware_sender, text_of(from, "address"), row);
    });
  }
}

void projection::look_up(lookup what, std::string_view value, const event_row& row) {
  if (value.empty()) return;
  const auto hashed = hash(*lookup_key_, what, value);
  const auto number = static_cast<std::int64_t>(what);
  const bool is_new = db_->run("INSERT OR IGNORE INTO lookups VALUES (?, ?, ?, ?)", number, blob{hashed}, row.subject,
                               short_name(row.id)) != 0;
  if (is_new && what == lookup::receipt_no &&
      db_->number("SELECT 1 FROM lookups WHERE what = ? AND hash = ? AND subject <> ? LIMIT 1", number, blob{hashed},
                  row.subject))
    db_->run("INSERT OR IGNORE INTO repeats VALUES (?)", blob{hashed});
}

/// Enters an application under when it was submitted, and a list under its day, so that the check of a day need not
/// open what it does not ask about.
void projection::date_it(const event_row& row, const told& facts, const told& said) {
  undate(row.subject);
  const auto kind = text_of(facts.root, "kind");
  dom::element part;
  std::optional<std::int64_t> at;
  std::string receipt;
  if (kind == "list") {
    if (said.root["list"].get(part) == simdjson::SUCCESS)
      if (const auto day = parse_iso_date(text_of(part, "day"))) at = noon_of(*day);
  } else if (kind == "application") {
    std::string_view submitted, receipt_no;
    if (said.root["application"].get(part) == simdjson::SUCCESS) {
      submitted = text_of(part, "submitted_at");
      receipt_no = text_of(part, "receipt_no");
    }
    if (!receipt_no.empty()) receipt = hash(*lookup_key_, lookup::receipt_no, receipt_no);
    if (const auto time = parse_rfc3339(submitted))
      at = time->seconds;
    else if (const auto day = parse_iso_date(submitted))
      at = noon_of(*day);
    else
      at = db_->number("SELECT arrived FROM messages WHERE subject = ?", row.subject);
  }
  if (!at) return;
  const auto what = kind == "list" ? dated_kind::list : dated_kind::application;
  db_->run("INSERT INTO dated VALUES (?, ?, ?, ?)", static_cast<std::int64_t>(what), *at, row.subject, blob{receipt});
  db_->run("UPDATE messages SET dated = ? WHERE subject = ?", *at, row.subject);
}

void projection::undate(std::int64_t subject) {
  const auto at = db_->number("SELECT dated FROM messages WHERE subject = ? AND dated IS NOT NULL", subject);
  if (!at) return;
  for (const auto kind : {dated_kind::application, dated_kind::list})
    db_->run("DELETE FROM dated WHERE kind = ? AND at = ? AND subject = ?", static_cast<std::int64_t>(kind), *at,
             subject);
  db_->run("UPDATE messages SET dated = NULL WHERE subject = ?", subject);
}

void projection::erase(std::int64_t subject) {
  db_->run("UPDATE messages SET erased = 1 WHERE subject = ?", subject);
  db_->run("DELETE FROM lookups WHERE subject = ?", subject);
  undate(subject);
  db_->run("DELETE FROM repeats WHERE (SELECT count(*) FROM lookups WHERE what = ? AND hash = receipt) < 2",
           static_cast<std::int64_t>(lookup::receipt_no));
}

void projection::act(const event_row& row, const told& facts) {
  const auto act = text_of(facts.root, "act");
  if (act == "cleared") {
    db_->run("UPDATE messages SET cleared = judged WHERE subject = ?", row.subject);
  } else if (act == "held") {
    db_->run("UPDATE messages SET cleared = x'' WHERE subject = ?", row.subject);
  } else if (act == "saved-copy") {
    open_item(row.subject, delete_copy_action, {}, day_number(civil_day({row.at, static_cast<int>(row.zone)})));
  }
  if (const auto settles = text_of(facts.root, "settles"); !settles.empty())
    db_->run("UPDATE items SET settled = ? WHERE subject = ? AND action = ? AND settled = 0", row.sequence, row.subject,
             settles);
  refresh_finished(row.subject);
}

/// What an earlier judgement proposed is void; what a clerk settled for this same judgement stays settled.
void projection::replace_items(const event_row& row, const told& facts) {
  db_->run("DELETE FROM items WHERE subject = ? AND settled = 0 AND basis NOT IN (?, x'')", row.subject,
           blob{row.digest});
  auto due = day_in(facts.root, "due");
  if (due == 0) due = day_in(facts.root, "handling_day");
  if (due == 0) due = day_number(civil_day({row.at, static_cast<int>(row.zone)}));
  each_of(facts.root, "actions", [&](dom::element action) {
    std::string_view name;
    if (action.get(name) != simdjson::SUCCESS) return;
    db_->run("INSERT OR IGNORE INTO items VALUES (?, ?, ?, ?, 0)", row.subject, name, blob{row.digest}, due);
  });
}

void projection::open_item(std::int64_t subject, std::string_view action, std::string_view basis, std::int64_t due) {
  db_->run(
      "INSERT INTO items VALUES (?, ?, ?, ?, 0) ON CONFLICT DO UPDATE SET "
      "due = iif(settled = 0, due, excluded.due), settled = 0",
      subject, action, blob{basis}, due);
}

/// Where the message lies. A UID that is a number is kept as one, any other (a path may name a person) as keyed hash.
void projection::place(const told& facts, std::int64_t subject) {
  dom::element source;
  if (facts.root["source"].get(source) != simdjson::SUCCESS) return;
  const auto account = text_of(source, "account"), name = text_of(source, "mailbox");
  const auto validity = text_of(source, "uidvalidity"), uid_hash = text_of(source, "uid_hash");
  const auto uid = number_of(source, "uid");
  if (uid == 0 && uid_hash.empty()) return;
  db_->run("INSERT OR IGNORE INTO mailboxes(account, name, uidvalidity) VALUES (?, ?, ?)", account, name, validity);
  const auto mailbox = db_->number("SELECT mailbox FROM mailboxes WHERE account = ? AND name = ? AND uidvalidity = ?",
                                   account, name, validity)
                           .value_or(0);
  constexpr auto insert = "INSERT OR REPLACE INTO sources VALUES (?, ?, ?)";
  if (uid == 0) {
    db_->run(insert, mailbox, uid_hash, subject);
    return;
  }
  db_->run(insert, mailbox, uid, subject);
  const auto finished = db_->number("SELECT finished FROM messages WHERE subject = ?", subject).value_or(0);
  finished != 0 ? include(mailbox, uid) : exclude(mailbox, uid);
}

/// Finished: judged, and exported or not to be exported.
void projection::refresh_finished(std::int64_t subject) {
  auto rows = db_->query(
      "SELECT finished, state, disposition, cleared <> x'' AND cleared = judged FROM messages "
      "WHERE subject = ?",
      subject);
  if (!rows.next()) return;
  const bool before = rows.integer(0) != 0;
  const auto state = static_cast<message_state>(rows.integer(1));
  const bool to_export = rows.bytes(2) == "accept" || rows.integer(3) != 0;
  const bool after = state == message_state::exported || (state == message_state::judged && !to_export);
  if (before == after) return;
  db_->run("UPDATE messages SET finished = ? WHERE subject = ?", static_cast<std::int64_t>(after), subject);
  auto places = db_->query("SELECT mailbox, uid FROM sources WHERE subject = ? AND typeof(uid) = 'integer'", subject);
  while (places.next())
    after ? include(places.integer(0), places.integer(1)) : exclude(places.integer(0), places.integer(1));
}

/// Adds a UID to the ranges of its mailbox, joining what then touches.
void projection::include(std::int64_t mailbox, std::int64_t uid) {
  auto first = uid, last = uid;
  {
    auto below = db_->query(
        "SELECT first, last FROM ranges WHERE mailbox = ? AND first <= ? ORDER BY first DESC LIMIT 1", mailbox, uid);
    if (below.next()) {
      if (below.integer(1) >= uid) return;
      if (below.integer(1) == uid - 1) first = below.integer(0);
    }
  }
  if (const auto above = db_->number("SELECT last FROM ranges WHERE mailbox = ? AND first = ?", mailbox, uid + 1)) {
    last = *above;
    db_->run("DELETE FROM ranges WHERE mailbox = ? AND first = ?", mailbox, uid + 1);
  }
  db_->run("INSERT OR REPLACE INTO ranges VALUES (?, ?, ?)", mailbox, first, last);
}

void projection::exclude(std::int64_t mailbox, std::int64_t uid) {
  std::int64_t first = 0, last = 0;
  {
    auto around = db_->query(
        "SELECT first, last FROM ranges WHERE mailbox = ? AND first <= ? ORDER BY first DESC LIMIT 1", mailbox, uid);
    if (!around.next() || around.integer(1) < uid) return;
    first = around.integer(0);
    last = around.integer(1);
  }
  db_->run("DELETE FROM ranges WHERE mailbox = ? AND first = ?", mailbox, first);
  if (first < uid) db_->run("INSERT INTO ranges VALUES (?, ?, ?)", mailbox, first, uid - 1);
  if (uid < last) db_->run("INSERT INTO ranges VALUES (?, ?, ?)", mailbox, uid + 1, last);
}

}  // namespace intake
