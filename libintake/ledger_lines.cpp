#include "ledger_lines.hpp"

#include "json.hpp"
#include "record.hpp"

namespace intake {
namespace {

void write_open(json::writer& out, const open_action& item, date today) {
  out.begin_object().member("do", item.action).member("due", to_string(item.due));
  if (item.due < today) out.member("overdue", true);
  out.end_object();
}

std::string state_of(const message_entry& entry, date today) {
  json::writer out;
  out.begin_object().member("state", entry.state).member("finished", entry.finished);
  if (!entry.finished && entry.handling_day && *entry.handling_day < today) out.member("overdue", true);
  if (entry.cleared) out.member("cleared", true);
  if (entry.erased) out.member("erased", true);
  out.key("open").begin_array();
  for (const auto& item : entry.open) write_open(out, item, today);
  return out.end_array().end_object().take();
}

/// What is known of a message whose payload is erased or was not opened.
std::string bare_record(const message_entry& entry) {
  json::writer out;
  out.begin_object().member("intake", record_version).member("id", entry.id);
  out.member_if("kind", entry.kind).member_if("disposition", entry.disposition);
  return out.end_object().take();
}

}  // namespace

std::string line_of(const message_entry& entry, date today) {
  record rec(entry.payload.empty() ? bare_record(entry) : entry.payload);
  // Circumstances are of the event; a record has them as its own members.
  const auto circumstances = rec["circumstances"];
  for (const auto& [key, member] : circumstances.members()) rec.set(key, member.json());
  if (circumstances) rec.erase("circumstances");
  if (entry.handling_day) rec.set("handling_day", json::quoted(to_string(*entry.handling_day)));
  if (entry.arrived_at != 0 && !circumstances["arrived_at"])
    rec.set("arrived_at", json::quoted(to_rfc3339({entry.arrived_at})));
  rec.set("ledger", state_of(entry, today));
  return rec.line();
}

std::string line_of(const ledger::open_item& item, date today) {
  json::writer out;
  out.begin_object().member("subject", item.subject).key("open").begin_array();
  write_open(out, item.what, today);
  return out.end_array().end_object().take();
}

std::string line_of(const event& what) {
  json::writer out;
  out.begin_object().member("event", what.sequence).member("at", to_rfc3339(what.at));
  out.member("subject", what.subject).member("kind", what.kind).member("actor", what.actor);
  if (what.erased) out.member("erased", true);
  out.key("facts").raw(what.facts);
  if (!what.payload.empty()) out.key("payload").raw(what.payload);
  return out.end_object().take();
}

}  // namespace intake
