// The desk's memory: an append-only table of events in SQLite, chained by SHA-256. What is personal is sealed under a
// key of its message; erasing that key erases the person and leaves the chain whole (docs/ledger.md).
//
// Trusted code on a trusted file, but the file may be damaged or foreign, and what is stored came from mails: values
// are bound, never pasted into SQL. Several processes (cron and a clerk) may use one ledger at once. Nothing here
// touches received bytes of files. A ledger object must not cross a fork, nor be open in a process that forks: class
// history is for workers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "calendar.hpp"
#include "phrase.hpp"
#include "secret.hpp"

namespace intake {

class history;
class one_view;
class prepared_hmac;
class record;
struct config;

/// Where a message lies in a mailbox. `uid` is the IMAP UID in decimal, the POP3 UIDL, or the path of a file.
struct message_source {
  std::string kind, account, mailbox, uidvalidity, uid;
};
/// From the record's "source"; `uid` falls back to "path".
[[nodiscard]] message_source source_of(const record& rec);

/// Inclusive.
struct uid_range {
  std::uint64_t first = 0, last = 0;
};

/// One event. Kinds: checked, received, seen, judged, exported, reconciled, noticed, acted, erased, rekeyed, backed_up.
struct event {
  std::string subject;  ///< message id; or "account:NAME", "day:2026-11-17", "desk"
  std::string kind;
  std::string actor;  ///< login name of a person, or name of the tool
  /// JSON object without anything personal; kept in the clear, survives erasure. Members with a meaning here: "actions"
  /// (names; they become open) and "due" (a day; else that of the event).
  std::string facts = "{}";
  /// JSON object; sealed. With "id" in it, class record reads it. Empty: none, or erased, or opened without the key.
  std::string payload;
  /// JSON object, sealed as last member "circumstances" of the payload: times, versions, what does not make one event
  /// differ from another. Only for append(); each_event() shows it within the payload.
  std::string circumstances;
  /// Only for append(): the text that tells a repetition; empty: facts and payload.
  std::string identity;
  timestamp at;               ///< append() takes now() when seconds is 0
  std::int64_t sequence = 0;  ///< given by append()
  bool erased = false;        ///< the key of its subject is gone
};

struct open_action {
  std::string action;  ///< of findings.hpp, or "delete_copy"
  date due;            ///< overdue from the next day on
};

/// A message as the ledger knows it.
struct message_entry {
  std::string id;
  std::string state;        ///< received | judged | exported
  std::string kind;         ///< application | list | … ; empty until judged
  std::string disposition;  ///< of the latest judgement; empty until judged
  std::optional<date> handling_day;
  std::int64_t arrived_at = 0;  ///< UTC seconds; 0: not known
  bool finished = false;        ///< judged, and exported or not to be exported
  bool cleared = false;         ///< by a clerk, and not judged differently since
  bool erased = false;
  std::vector<open_action> open;
  std::string payload;  ///< of the latest judgement, else of the reception; empty when erased
};

/// All members that are set must fit.
struct message_filter {
  std::optional<date> from, to;  ///< handling day, inclusive
  std::string receipt_no;        ///< applications, corrections and list mails that name it
  std::string applicant, sender, message_id;
  std::string id;
  std::string state;  ///< received | judged | exported | finished | unfinished | cleared | erased
  std::string disposition;
  bool open_actions = false;    ///< at least one action is open
  std::optional<date> overdue;  ///< unfinished or with an open action, and due before this day
};

struct event_filter {
  std::optional<std::int64_t> from, before;  ///< UTC seconds: from <= at < before
  std::int64_t after = 0;                    ///< sequence number; with it, neither a time nor a subject
  std::string kind, subject;
};

/// A receipt number as look-ups know it: its keyed digest, after NFKC, without white space and case.
using receipt_key = std::array<std::uint64_t, 2>;

/// A judged application, without opening what it says.
struct dated_application {
  receipt_key receipt{};     ///< zeros: it names no number
  std::int64_t at = 0;       ///< submitted, else arrived, UTC seconds; noon UTC of a day that is told without a time
  std::int64_t subject = 0;  ///< for ledger::find
};

/// End of the chain. What `backup` and the daily report carry away; `check` compares.
struct ledger_head {
  std::int64_t sequence = 0;
  std::string chain;  ///< 64 hexadecimal digits
  /// "SEQUENCE:CHAIN".
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<ledger_head> parse(std::string_view text);
};

class ledger {
 public:
  struct state;
  enum class mode {
    write,    ///< made if absent (mode 0600, under a lock); older schemas are migrated
    change,   ///< as write, but must exist: failure(no_input) otherwise
    read,     ///< must exist: failure(no_input) otherwise; works on a read-only file system
    inspect,  ///< as read, and without the key: payloads of a sealed ledger stay empty
  };

  /// `key` empty: payloads are kept with their keys beside them, that is, readable by whoever has the file. A key has
  /// at least 32 bytes. Throws failure: config (foreign or damaged file, newer schema, key too short, key given for a
  /// ledger without or none for one with), no_permission (wrong key, or file not ours to use), temp_fail (locked by
  /// another for longer than limits::ledger_busy), cant_create, io (disk full).
  ledger(const std::string& path, mode how, const secret& key);
  ledger(ledger&&) noexcept;
  ledger& operator=(ledger&&) noexcept;
  ~ledger();

  /// Whether payloads are sealed under a key that is not in the file.
  [[nodiscard]] bool sealed() const;

  // Writing. Each call is durable when it returns, unless a batch is open.

  /// Appends unless the subject already has such an event. "Such": the same identity;
  /// of received, seen, exported and noticed any earlier one counts, of judged and reconciled only the latest, and
  /// checked, acted and the rest are always new. Returns whether it was added.
  bool append(const event& what);
  /// The events that a passing record stands for: received (no disposition), judged (disposition, after intake-verify),
  /// exported (after intake-export). Bytes of files and of the raw message are left out. Returns how many were added.
  unsigned record(const intake::record& rec, std::string_view actor);
  /// A message that is already known lies in another place too (UIDVALIDITY changed, second account).
  bool note_source(std::string_view id, const message_source& where, std::string_view actor);
  /// One check of an account, empty or failed ones too. `error` empty: it went well. `propose` names an action that is
  /// then open ("report_fault"), if any.
  void note_check(std::string_view account, std::uint64_t messages, std::string_view error, std::string_view actor,
                  std::string_view propose = {});
  /// What a person did (acts.hpp). `settles` names the action for an act whose table entry says "*". Throws
  /// failure(usage) for an unknown act or action, for a clearance of what is not judged or holds malware,
  /// failure(no_input) for an unknown subject.
  void act(std::string_view subject, std::string_view act, std::string_view settles, std::string_view note,
           std::string_view actor);

  /// Everything until commit() is one transaction: far faster. The destructor of an uncommitted batch takes it back.
  class batch {
   public:
    explicit batch(ledger& owner);
    batch(const batch&) = delete;
    batch& operator=(const batch&) = delete;
    ~batch();
    void commit();

   private:
    ledger* owner_;
  };

  /// While it lives, every answer is of one moment, whatever others write, and many questions are asked faster. Nothing
  /// is to be written meanwhile.
  class snapshot {
   public:
    explicit snapshot(const ledger& owner);
    snapshot(const snapshot&) = delete;
    snapshot& operator=(const snapshot&) = delete;
    ~snapshot();

   private:
    std::unique_ptr<one_view> view_;
  };

  /// Deletes the key and the look-ups of a message: nothing personal of it can be read again. False if not known.
  bool erase(std::string_view id, std::string_view actor, std::string_view note);
  /// Seals all keys anew under `key` (also of a ledger that had none): the old one opens nothing any more.
  void rekey(const secret& key, std::string_view actor);
  /// An online copy, mode 0600, never over an existing file. Returns the head that the copy ends with.
  ledger_head backup(const std::string& destination, std::string_view actor);

  // Fetching.

  [[nodiscard]] bool known(std::string_view id) const;
  [[nodiscard]] bool finished(std::string_view id) const;
  /// Whether the message at this place is finished.
  [[nodiscard]] bool finished(const message_source& where) const;
  /// All finished numeric UIDs of a mailbox in ascending ranges (a mailbox of a million is a few ranges). `uid` of
  /// `where` is not looked at.
  [[nodiscard]] std::vector<uid_range> finished_uids(const message_source& where) const;
  /// Failed checks of the account since the last one that went well.
  [[nodiscard]] unsigned failed_checks(std::string_view account) const;

  // Judging and rendering.

  /// Ids that a clerk cleared, and that were not judged differently since.
  [[nodiscard]] std::set<std::string> cleared() const;
  /// An application with this receipt number is known under another message id. Values are compared by keyed hash after
  /// NFKC, without white space, without case. Needs the key. A confined worker asks through class history.
  [[nodiscard]] bool receipt_seen_elsewhere(std::string_view receipt_no, std::string_view id) const;
  /// Malware was found in an earlier message (not `id`) of this applicant, or from this address. Do not ask with the
  /// site's own address: every application comes from there.
  [[nodiscard]] bool malware_from_applicant(std::string_view applicant, std::string_view id) const;
  [[nodiscard]] bool malware_from_sender(std::string_view address, std::string_view id) const;

  // Asking.

  [[nodiscard]] std::optional<message_entry> find(std::string_view id) const;
  [[nodiscard]] std::optional<message_entry> find(const dated_application& one) const;
  /// The subject that a person means: its id, the beginning of it (six characters or more), or the receipt number of an
  /// application. Throws failure: no_input when there is none, usage when there are several.
  [[nodiscard]] std::string resolve(std::string_view text) const;
  /// In order of handling day. `visit` returns false to stop.
  void each_message(const message_filter& filter, const std::function<bool(const message_entry&)>& visit) const;
  /// In order of sequence.
  void each_event(const event_filter& filter, const std::function<bool(const event&)>& visit) const;
  /// Open actions of subjects that are no messages (days of reconciliation, accounts), and of messages.
  struct open_item {
    std::string subject;
    open_action what;
  };
  [[nodiscard]] std::vector<open_item> open_items() const;

  // Holding lists against it. Nothing here opens a payload, so that millions can be asked for.

  /// Makes the keys of numbers; zeros for one of white space only. What it holds is worth as much as the ledger's key,
  /// so it lives for one task. Throws failure(config) where the ledger was opened without its key.
  class receipt_keys {
   public:
    explicit receipt_keys(const ledger& owner);
    receipt_keys(const receipt_keys&) = delete;
    receipt_keys& operator=(const receipt_keys&) = delete;
    ~receipt_keys();
    [[nodiscard]] receipt_key of(std::string_view receipt_no) const;

   private:
    std::unique_ptr<prepared_hmac> hash_;
  };
  /// Applications dated from <= at < before, by time.
  [[nodiscard]] std::vector<dated_application> applications(std::int64_t from, std::int64_t before) const;
  /// Applications of any time whose latest judgement names one of these numbers. `sorted`: ascending, each once.
  [[nodiscard]] std::vector<dated_application> applications_with(const std::vector<receipt_key>& sorted) const;
  /// Numbers that several applications have named, ascending; the latest judgements may have parted them again.
  [[nodiscard]] std::vector<receipt_key> repeated_receipts() const;
  /// Messages of which this action is open.
  [[nodiscard]] std::set<std::int64_t> with_open(std::string_view action) const;
  /// Messages that are received and not judged, by handling day.
  [[nodiscard]] std::map<date, std::size_t> unjudged() const;
  /// Ids of the judged list mails of a day.
  [[nodiscard]] std::vector<std::string> lists_of(date day) const;

  // Checking.

  [[nodiscard]] ledger_head head() const;
  struct fault {
    std::int64_t sequence = 0;  ///< 0: not of one event
    phrase what;
  };
  /// SQLite's own integrity, the chain, the sequence, the recorded head, `known` heads carried away earlier, and
  /// whether every derived table says what the events say. Empty: whole.
  [[nodiscard]] std::vector<fault> check(const std::vector<ledger_head>& known = {}) const;

 private:
  friend class history;
  std::unique_ptr<state> state_;
};

/// Opens the ledger that the configuration names with the key that it names; to inspect, without. Throws as the
/// constructor and read_secret do.
[[nodiscard]] ledger open_ledger(const config& desk, ledger::mode how);
/// What a process that is confined after that must still be able to write: companions of the file lie beside it.
[[nodiscard]] std::string ledger_folder(const config& desk);

}  // namespace intake
