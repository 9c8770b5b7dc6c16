// What people and tools tell the ledger beside the records that pass: checks, acts, erasure, keys, copies.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "acts.hpp"
#include "digest.hpp"
#include "findings.hpp"
#include "json.hpp"
#include "ledger_state.hpp"

namespace intake {
namespace {

bool is_action(std::string_view name) {
  return name == delete_copy_action || std::any_of(action_kinds.begin(), action_kinds.end(),
                                                   [&](const action_kind& kind) { return kind.name == name; });
}

/// Empties the write-ahead log: what was overwritten in the file lies there until then.
void empty_log(database& db, const phrase& done) {
  if (db.number("PRAGMA wal_checkpoint(TRUNCATE)") != 0)
    throw failure(exit_status::temp_fail,
                  "{}: {}, but the old keys lie in its log until the processes that now read it have ended", db.path(),
                  done);
}

json::writer payload_of(std::string_view subject) {
  json::writer out;
  out.begin_object().member("intake", 1).member("id", subject);
  return out;
}

}  // namespace

void ledger::note_check(std::string_view account, std::uint64_t messages, std::string_view error,
                        std::string_view actor, std::string_view propose) {
  event what;
  what.subject = "account:" + std::string(account);
  what.kind = "checked";
  what.actor = actor;
  json::writer facts;
  facts.begin_object().member("account", account).member("result", error.empty() ? "ok" : "failed");
  facts.member("messages", messages);
  if (!propose.empty()) facts.key("actions").begin_array().string(propose).end_array();
  what.facts = facts.end_object().take();
  // What a server says of a failed log-in may name a person.
  if (!error.empty()) what.payload = payload_of(what.subject).member("error", error).end_object().take();
  state_->add(what);
}

void ledger::act(std::string_view subject, std::string_view act, std::string_view settles, std::string_view note,
                 std::string_view actor) {
  const auto* kind = find_act(act);
  if (kind == nullptr) throw failure(exit_status::usage, "no such act: {}", act);
  if (kind->settles != "*" && !settles.empty() && settles != kind->settles)
    throw failure(exit_status::usage, "{} does not settle {}", act, settles);
  const auto settled = kind->settles == "*" ? settles : kind->settles;
  if (kind->settles == "*" && !is_action(settled))
    throw failure(exit_status::usage, "{}: name the action that it settles", act);
  batch one(*this);
  if (!state_->subject_of(subject))
    throw failure(exit_status::no_input, "not in the ledger: {}", withheld(std::string(subject)));
  if (act == "cleared") {
    auto rows =
        state_->db->query("SELECT state, malware FROM messages m JOIN subjects USING (subject) WHERE id = ?", subject);
    if (!rows.next() || rows.integer(0) < static_cast<std::int64_t>(message_state::judged))
      throw failure(exit_status::usage, "{}: not judged yet, so there is nothing to clear",
                    withheld(std::string(subject)));
    if (rows.integer(1) != 0)
      throw failure(exit_status::usage, "{}: malware was found in it; it cannot be cleared",
                    withheld(std::string(subject)));
  }
  event what;
  what.subject = subject;
  what.kind = "acted";
  what.actor = actor;
  json::writer facts;
  facts.begin_object().member("act", act).member_if("settles", settled);
  what.facts = facts.end_object().take();
  if (!note.empty()) what.payload = payload_of(subject).member("note", note).end_object().take();
  state_->add(what);
  one.commit();
}

bool ledger::erase(std::string_view id, std::string_view actor, std::string_view note) {
  batch one(*this);
  if (state_->db->number("SELECT key IS NULL FROM subjects WHERE id = ?", id).value_or(1) != 0) return false;
  state_->db->run("UPDATE subjects SET key = NULL WHERE id = ?", id);
  event what;
  what.subject = id;
  what.kind = "erased";
  what.actor = actor;
  json::writer facts;
  what.facts = facts.begin_object().member_if("note", note).end_object().take();
  state_->add(what);
  one.commit();
  empty_log(*state_->db, phrase("erased"));
  return true;
}

void ledger::rekey(const secret& key, std::string_view actor) {
  batch all(*this);
  event what;
  what.subject = "desk";
  what.kind = "rekeyed";
  what.actor = actor;
  state_->add(what);  // first, because it holds the end of the chain against the head made with the old key
  state_->seal_keys_under(key);
  all.commit();
  empty_log(*state_->db, phrase("sealed anew"));
}

ledger_head ledger::backup(const std::string& destination, std::string_view actor) {
  const int fd = ::open(destination.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw system_failure(exit_status::cant_create, destination);
  ::close(fd);
  try {
    event what;
    what.subject = "desk";
    what.kind = "backed_up";
    what.actor = actor;
    state_->add(what);
    database copy(destination, database::mode::write);
    state_->db->copy_to(copy);
    // One file without companions, so that it can be read from a medium that cannot be written.
    copy.script("PRAGMA journal_mode=DELETE");
    auto last = copy.query("SELECT sequence, chain FROM events ORDER BY sequence DESC LIMIT 1");
    if (!last.next()) throw failure(exit_status::io, "{}: the copy is empty", destination);
    return {last.integer(0), to_hex(last.bytes(1))};
  } catch (...) {
    ::unlink(destination.c_str());
    throw;
  }
}

}  // namespace intake
