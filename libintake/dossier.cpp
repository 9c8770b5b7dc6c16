#include "dossier.hpp"

#include <algorithm>

#include "json.hpp"
#include "ledger_lines.hpp"
#include "message_links.hpp"
#include "record.hpp"

namespace intake {
namespace {

std::string links_json(const message_entry& message, const ledger& book) {
  json::writer out;
  out.begin_array();
  for (const auto& link : links_of(message, book)) {
    out.begin_object().member("kind", link.kind).member("id", link.id);
    if (const auto other = book.find(link.id)) {
      if (other->arrived_at != 0) out.member("arrived_at", to_rfc3339({other->arrived_at, now().offset_minutes}));
      out.member_if("mail", other->kind).member_if("disposition", other->disposition);
      if (other->cleared) out.member("cleared", true);
    }
    out.end_object();
  }
  return out.end_array().take();
}

bool is_told(std::string_view kind) {
  return kind == "noticed" || kind == "acted" || kind == "exported" || kind == "erased";
}

/// Facts of the product's own words, and a clerk's note.
std::string history_json(const message_entry& message, const ledger& book) {
  json::writer out;
  out.begin_array();
  book.each_event({.from = {}, .before = {}, .kind = {}, .subject = message.id}, [&](const event& what) {
    if (!is_told(what.kind)) return true;
    out.begin_object().member("at", to_rfc3339(what.at)).member("kind", what.kind);
    const record facts(R"({"intake":1,"id":"x","facts":)" + what.facts + "}");
    for (const char* key : {"do", "to", "act", "settles"}) out.member_if(key, facts["facts"][key].str());
    if (what.kind == "acted" && !what.payload.empty()) {
      const record told(R"({"intake":1,"id":"x","payload":)" + what.payload + "}");
      out.member_if("note", told["payload"]["note"].str());
    }
    out.member("actor", what.actor).end_object();
    return true;
  });
  return out.end_array().take();
}

}  // namespace

std::string dossier_line(const message_entry& message, const ledger& book, date today) {
  record rec(line_of(message, today));
  auto known = std::string(rec["ledger"].json());
  known.pop_back();
  rec.set("ledger",
          known + R"(,"links":)" + links_json(message, book) + R"(,"history":)" + history_json(message, book) + "}");
  return rec.line();
}

std::vector<std::string> dossier_lines(const message_entry& message, const ledger& book, date today) {
  std::vector<std::string> lines = {dossier_line(message, book, today)};
  std::vector<std::string> seen = {message.id};
  for (const auto& link : links_of(message, book)) {
    if (std::find(seen.begin(), seen.end(), link.id) != seen.end()) continue;
    seen.push_back(link.id);
    if (const auto other = book.find(link.id)) lines.push_back(dossier_line(*other, book, today));
  }
  return lines;
}

}  // namespace intake
