// From a passing record to the events that it stands for. What comes from a mail is only copied into sealed payloads;
// facts, which stay in the clear, hold nothing but words of our own tables, days and numbers.
#include "record.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>

#include "digest.hpp"
#include "json.hpp"
#include "ledger_state.hpp"

namespace intake {
namespace {

using keys = std::initializer_list<std::string_view>;

bool among(keys list, std::string_view key) {
  return std::find(list.begin(), list.end(), key) != list.end();
}

void copy_without(json::writer& out, value object, keys left_out) {
  out.begin_object();
  for (const auto& [key, each] : object.members())
    if (!among(left_out, key)) out.key(key).raw(each.json());
  out.end_object();
}

void copy_members(json::writer& out, const record& rec, keys wanted) {
  for (const auto key : wanted)
    if (const auto it = rec[key]) out.key(key).raw(it.json());
}

json::writer begin_payload(const record& rec) {
  json::writer out;
  out.begin_object().member("intake", record_version).member("id", rec.id());
  return out;
}

std::string text_of(value it) {
  return it.type() == value::kind::number ? std::to_string(it.integer()) : std::string(it.str());
}

/// Only a word that we know; a record may have been written by anyone.
std::string_view known_word(keys words, std::string_view word, std::string_view otherwise) {
  return among(words, word) ? word : otherwise;
}

void write_source(json::writer& out, const message_source& from, const secret& lookup_key) {
  const auto number = uid_number(from.uid);
  if (from.uid.empty()) return;
  out.key("source").begin_object().member_if("kind", from.kind).member_if("account", from.account);
  out.member_if("mailbox", from.mailbox).member_if("uidvalidity", from.uidvalidity);
  if (number)
    out.member("uid", *number);
  else
    out.member("uid_hash", to_hex(projection::hash_uid(lookup_key, from.uid)));
  out.end_object();
}

void write_arrival(json::writer& out, const record& rec) {
  if (const auto at = parse_rfc3339(rec["arrived_at"].str())) out.member("arrived", at->seconds);
  if (const auto day = parse_iso_date(rec["handling_day"].str())) out.member("handling_day", to_string(*day));
}

template <class Table>
void write_words(json::writer& out, std::string_view name, value array, std::string_view key, const Table& table,
                 std::string_view Table::value_type::*word) {
  std::set<std::string_view> seen;
  array.each([&](value each) {
    const auto text = each[key].str();
    const auto known = std::find_if(table.begin(), table.end(), [&](const auto& it) { return it.*word == text; });
    if (known != table.end()) seen.insert((*known).*word);
  });
  out.key(name).begin_array();
  for (const auto each : seen) out.string(each);
  out.end_array();
}

std::string circumstances(const record& rec, keys wanted) {
  json::writer out;
  out.begin_object();
  copy_members(out, rec, wanted);
  return out.end_object().take();
}

event received(const record& rec, std::string_view actor, const secret& lookup_key) {
  event what;
  what.kind = "received";
  json::writer source;
  source.begin_object();
  write_source(source, source_of(rec), lookup_key);
  what.identity = source.end_object().take();
  json::writer facts;
  facts.begin_object();
  write_source(facts, source_of(rec), lookup_key);
  write_arrival(facts, rec);
  if (rec["insecure"].boolean()) facts.member("insecure", true);
  what.facts = facts.end_object().take();
  auto payload = begin_payload(rec);
  copy_members(payload, rec, {"source", "arrived_at", "handling_day", "findings"});
  if (rec["raw"]) {
    payload.key("raw");
    copy_without(payload, rec["raw"], {"data"});
  }
  what.payload = payload.end_object().take();
  what.circumstances = circumstances(rec, {"stages"});
  what.subject = rec.id();
  what.actor = actor;
  return what;
}

event judged(const record& rec, std::string_view actor, const secret& lookup_key) {
  event what;
  what.subject = rec.id();
  what.kind = "judged";
  what.actor = actor;
  auto payload = begin_payload(rec);
  copy_members(payload, rec,
               {"kind", "disposition", "application", "correction", "list", "findings", "actions", "insecure"});
  if (rec["mail"]) {
    payload.key("mail");
    copy_without(payload, rec["mail"], {"text", "html_text", "headers"});
  }
  payload.key("files").begin_array();
  for (const auto file : rec.files()) copy_without(payload, file, {"data", "pdf"});
  what.payload = payload.end_array().end_object().take();
  // Where it came from, when it arrived, and with which signatures it was scanned make no other judgement.
  what.identity = what.payload;
  what.circumstances = circumstances(rec, {"source", "arrived_at", "handling_day", "scan", "stages"});
  json::writer facts;
  facts.begin_object();
  facts.member("kind", known_word({"application", "list", "correction", "direct"}, rec["kind"].str(), "other"));
  facts.member("disposition", known_word({"accept", "return", "list"}, rec["disposition"].str(), "confirm"));
  write_source(facts, source_of(rec), lookup_key);
  write_arrival(facts, rec);
  write_words(facts, "codes", rec["findings"], "code", finding_kinds, &finding_kind::code);
  write_words(facts, "actions", rec["actions"], "do", action_kinds, &action_kind::name);
  if (rec["insecure"].boolean()) facts.member("insecure", true);
  what.facts = facts.end_object().take();
  return what;
}

bool was_exported(const record& rec) {
  if (!rec["stages"]["export"]) return false;
  if (rec["disposition"].str() == "accept") return true;
  const auto files = rec.files();
  return std::any_of(files.begin(), files.end(), [](value file) { return file["pdf"]["path"].is_string(); });
}

event exported(const record& rec, std::string_view actor) {
  event what;
  what.subject = rec.id();
  what.kind = "exported";
  what.actor = actor;
  std::int64_t pages = 0, count = 0;
  auto payload = begin_payload(rec);
  payload.key("files").begin_array();
  for (const auto file : rec.files()) {
    if (!file["pdf"]["path"].is_string()) continue;
    ++count;
    pages += file["pdf"]["pages"].integer();
    payload.begin_object().member("id", file["id"].str()).member_if("path", file["path"].str()).key("pdf");
    copy_without(payload, file["pdf"], {"data"});
    payload.end_object();
  }
  what.payload = payload.end_array().end_object().take();
  what.circumstances = circumstances(rec, {"stages"});
  json::writer facts;
  what.facts = facts.begin_object().member("files", count).member("pages", pages).end_object().take();
  return what;
}

}  // namespace

std::optional<std::int64_t> uid_number(std::string_view uid) {
  if (uid.empty() || uid.size() > 18 || uid.front() == '0') return std::nullopt;
  if (uid.find_first_not_of("0123456789") != uid.npos) return std::nullopt;
  return std::stoll(std::string(uid));
}

message_source source_of(const record& rec) {
  const auto source = rec["source"];
  message_source from{std::string(source["kind"].str()), std::string(source["account"].str()),
                      text_of(source["mailbox"]), text_of(source["uidvalidity"]), text_of(source["uid"])};
  if (from.uid.empty()) from.uid = source["path"].str();
  return from;
}

unsigned ledger::record(const intake::record& rec, std::string_view actor) {
  const auto& key = state_->lookup_key;
  if (rec["disposition"].str().empty() || !rec["stages"]["verify"])
    return state_->add(received(rec, actor, key)) ? 1 : 0;
  unsigned added = state_->add(judged(rec, actor, key)) ? 1 : 0;
  if (was_exported(rec) && state_->add(exported(rec, actor))) ++added;
  return added;
}

bool ledger::note_source(std::string_view id, const message_source& where, std::string_view actor) {
  event what;
  what.subject = id;
  what.kind = "seen";
  what.actor = actor;
  json::writer facts;
  facts.begin_object();
  write_source(facts, where, state_->lookup_key);
  what.facts = facts.end_object().take();
  what.identity = what.facts;
  return state_->add(what);
}

}  // namespace intake
