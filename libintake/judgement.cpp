// A judgement as members of its record: the part of judge.hpp that writes.
#include "json.hpp"
#include "judge.hpp"

namespace intake {
namespace {

std::string application_json(const judgement& made) {
  json::writer out;
  out.begin_object();
  for (const auto& [name, text] : made.application) out.member(name, text);
  return out.end_object().take();
}

std::string list_json(const list_reading& list) {
  json::writer out;
  out.begin_object();
  if (list.day) out.member("day", to_string(*list.day));
  if (list.corrected) out.member("corrected", true);
  out.key("entries").begin_array();
  for (const auto& entry : list.entries) {
    out.begin_object().member("receipt_no", entry.receipt_no).member_if("submitted_at", entry.submitted_at);
    out.member_if("procedure", entry.procedure).member_if("station", entry.station);
    out.member_if("applicant", entry.applicant).end_object();
  }
  return out.end_array().end_object().take();
}

std::string actions_json(const std::vector<proposed_action>& actions) {
  json::writer out;
  out.begin_array();
  for (const auto& action : actions) {
    out.begin_object().member("do", action.what->name).member("clause", clause_label(action.clause));
    out.member("to", action.what->to).key("why").begin_array();
    for (const auto& code : action.why) out.string(code);
    out.end_array().end_object();
  }
  return out.end_array().take();
}

/// Sets a member, or takes away what an earlier judgement left there.
void put(record& rec, std::string_view key, bool present, const std::string& json) {
  if (present)
    rec.set(key, json);
  else
    rec.erase(key);
}

}  // namespace

void write(record& rec, const judgement& made) {
  for (const auto& one : made.findings) rec.find(one.code, {.file = one.file, .detail = one.detail});
  rec.set("kind", json::quoted(made.kind));
  put(rec, "application", !made.application.empty(), application_json(made));
  put(rec, "correction", !made.corrected_receipt_no.empty(),
      "{\"receipt_no\":" + json::quoted(made.corrected_receipt_no) + "}");
  put(rec, "list", made.kind == "list", list_json(made.list));
  rec.set("actions", actions_json(made.actions));
  rec.set("disposition", json::quoted(made.disposition));  // last: find() may have changed it
}

}  // namespace intake
