// What stands behind class ledger. Included by libintake/ledger*.cpp only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "database.hpp"
#include "ledger.hpp"
#include "seal.hpp"
#include "secret.hpp"

namespace intake {

/// What a look-up is of. Stored as numbers: never renumbered.
enum class lookup : std::int64_t {
  receipt_no = 1,  ///< of an application
  corrected = 2,   ///< receipt number in a correction
  listed = 3,      ///< receipt number in a list mail
  applicant = 4,
  sender = 5,
  message_id = 6,
  malware_applicant = 7,
  malware_sender = 8,
};

/// What `dated` holds. Stored as numbers: never renumbered.
enum class dated_kind : std::int64_t { application = 1, list = 2 };

enum class message_state : std::int64_t { none = 0, received = 1, judged = 2, exported = 3 };

inline constexpr std::size_t digest_bytes = 16;  ///< of a keyed digest: enough to tell a repetition, half the space

/// What ledger::state::read_event reads; SQL texts are literals, so this is a macro.
#define INTAKE_EVENT_COLUMNS \
  "SELECT e.sequence, e.at, e.zone, e.subject, s.id, e.kind, e.actor, e.facts, e.payload, e.digest, e.chain, s.key"

/// A row of `events` as it is stored.
struct event_row {
  std::int64_t sequence = 0, at = 0, zone = 0, subject = 0;
  std::string id, kind, actor, facts, digest, chain;
  std::optional<std::string> sealed_payload;
};

/// SHA-256 over `before` and every column, each with its length, so that no two rows give the same bytes.
[[nodiscard]] std::string chain_of(std::string_view before, const event_row& row);
/// A UID that is a number (IMAP) is kept as one; nullopt for any other.
[[nodiscard]] std::optional<std::int64_t> uid_number(std::string_view uid);
/// A number that stands for an id in look-ups: two ids share it with a chance of one in 2^64.
[[nodiscard]] std::int64_t short_name(std::string_view id);
/// A day that is told without a time of day, as `dated` holds it: noon UTC, which lies in that day in any usual zone.
[[nodiscard]] std::int64_t noon_of(date day);
/// Days since 1970-01-01, and back.
[[nodiscard]] std::int64_t day_number(date day);
[[nodiscard]] date day_of(std::int64_t number);

/// Keeps the derived tables true: told every event once, in order. Also run over all events again, into temporary
/// tables of the same names, which SQLite prefers: that is how they are checked and made anew.
class projection {
 public:
  projection(database& db, const secret& lookup_key) : db_(&db), lookup_key_(&lookup_key) {}
  /// `payload` empty: none, or not readable.
  void apply(const event_row& row, std::string_view payload);

  [[nodiscard]] static std::string hash(const secret& lookup_key, lookup what, std::string_view value);
  /// What is hashed: numbers, addresses and people are compared without white space and case.
  [[nodiscard]] static std::string form_of(lookup what, std::string_view value);
  [[nodiscard]] static std::string hash_uid(const secret& lookup_key, std::string_view uid);

 private:
  struct told;
  void receive(const event_row& row, const told& facts);
  void judge(const event_row& row, const told& facts, std::string_view payload);
  void act(const event_row& row, const told& facts);
  void index(const event_row& row, const told& said);
  void look_up(lookup what, std::string_view value, const event_row& row);
  void date_it(const event_row& row, const told& facts, const told& said);
  void undate(std::int64_t subject);
  void erase(std::int64_t subject);
  void replace_items(const event_row& row, const told& facts);
  void settle(const event_row& row, std::string_view action);
  void open_item(std::int64_t subject, std::string_view action, std::string_view basis, std::int64_t due);
  void place(const told& facts, std::int64_t subject);
  void refresh_finished(std::int64_t subject);
  void include(std::int64_t mailbox, std::int64_t uid);
  void exclude(std::int64_t mailbox, std::int64_t uid);

  database* db_;
  const secret* lookup_key_;
};

struct ledger::state {
  std::unique_ptr<database> db;
  ledger::mode how = ledger::mode::inspect;
  bool sealed = false;
  secret wrap_key, lookup_key, head_key;  ///< empty: opened to inspect, or without the key
  std::unique_ptr<transaction> batch;
  /// End of the chain as this transaction sees it; read anew in each.
  std::optional<event_row> last;

  bool dirty = false;  ///< this transaction added events

  static void check_length(const secret& key);
  /// First rows of a new ledger. Without a key its place is taken by random bytes that lie in the file itself, so that
  /// a message can be erased all the same.
  static void fill(database& db, const secret& key);
  [[nodiscard]] bool unlocked() const { return !wrap_key.empty(); }
  void unlock(const secret& key);
  /// The start of the chain: no two ledgers share it.
  [[nodiscard]] std::string chain_start() const;
  [[nodiscard]] event_row end_of_chain() const;
  /// The recorded head, authenticated under the ledger's key. nullopt: absent, or not made with this key.
  [[nodiscard]] std::optional<ledger_head> recorded_head() const;
  /// At the start and before the end of each transaction.
  void begin();
  void record_head();
  /// Opens a message's key. False: erased. Throws failure(config) when it does not open.
  [[nodiscard]] bool open_key(std::string_view id, std::string_view sealed_key, brief_key& key) const;
  /// Plain payload; empty: none, erased, or no key. Throws failure(config) when it was changed.
  [[nodiscard]] std::string open_payload(const event_row& row, std::string_view sealed_key) const;
  /// Part of a batch; the caller adds an event.
  void seal_keys_under(const secret& key);
  [[nodiscard]] std::optional<std::int64_t> subject_of(std::string_view id) const;
  /// Whether a message whose short_name is not `asker` has this look-up, which was hashed with the look-up key.
  [[nodiscard]] bool seen_elsewhere(std::int64_t what, std::string_view hash, std::int64_t asker) const;
  [[nodiscard]] bool seen_elsewhere(lookup what, std::string_view value, std::string_view id) const;
  /// Reads a row of INTAKE_EVENT_COLUMNS.
  [[nodiscard]] static event_row read_event(const database::rows& rows);
  /// Recomputes the chain, opens every payload. Returns the last event.
  [[nodiscard]] event_row check_chain(const std::function<void(std::int64_t, const phrase&)>& tell) const;
  /// Whether the stored derived tables are those of this version.
  [[nodiscard]] bool derived_fit() const;
  /// Applies all events to the derived tables as they are named without a schema.
  void replay() const;
  bool add(const event& what);
};

/// Begins a transaction unless a batch is open; commit() ends only what it began.
class write_scope {
 public:
  explicit write_scope(ledger::state& owner);
  void commit();

 private:
  std::unique_ptr<transaction> own_;
  ledger::state* owner_;
};

}  // namespace intake
