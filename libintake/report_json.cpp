#include "json.hpp"
#include "report_view.hpp"
#include "report_words.hpp"

namespace intake {
namespace {

void write_message(json::writer& out, const reported_message& one, const desk_report& made) {
  out.begin_object().member("id", one.id);
  if (one.arrived != 0) out.member("arrived_at", to_rfc3339({one.arrived, made.made_at.offset_minutes}));
  if (one.handling_day) out.member("handling_day", to_string(*one.handling_day));
  out.member_if("kind", one.kind).member_if("disposition", one.disposition).member("finished", one.finished);
  if (one.cleared) out.member("cleared", true);
  if (one.erased) out.member("erased", true);
  out.member_if("receipt_no", one.receipt_no).member_if("applicant", one.applicant);
  out.member_if("procedure", one.procedure).key("codes").begin_array();
  for (const auto& code : one.codes) out.string(code);
  out.end_array().key("open").begin_array();
  for (const auto& item : one.open)
    out.begin_object().member("do", item.action).member("due", to_string(item.due)).end_object();
  out.end_array();
  if (!one.links.empty()) {
    out.key("links").begin_array();
    for (const auto& link : one.links) out.begin_object().member("is", link.kind).member("id", link.id).end_object();
    out.end_array();
  }
  out.end_object();
}

void write_actions(json::writer& out, std::string_view name, const std::vector<reported_action>& actions) {
  out.key(name).begin_array();
  for (const auto& one : actions) {
    out.begin_object()
        .member("subject", one.subject)
        .member("do", one.action)
        .member("clause", clause_label(one.clause));
    out.member("due", to_string(one.due)).member("days_late", one.days_late);
    out.member_if("receipt_no", one.receipt_no).member_if("applicant", one.applicant).end_object();
  }
  out.end_array();
}

void write_days(json::writer& out, std::string_view name, const std::vector<reported_day>& days, date today) {
  out.key(name).begin_array();
  for (const auto& one : days) {
    out.begin_object().member("day", to_string(one.day)).member("open", one.open).member("known", one.known);
    out.member_if("holiday", one.holiday).member("checks", one.checks).member("failed", one.failed);
    if (one.unchecked(today)) out.member("unchecked", true);
    out.member("arrived", one.arrived);
    if (one.reconciled)
      out.member("list", one.list)
          .member("matched", one.matched)
          .member("missed", one.missed)
          .member("unlisted", one.unlisted);
    out.end_object();
  }
  out.end_array();
}

template <class Numbers>
void write_numbers(json::writer& out, std::string_view name, const Numbers& numbers) {
  out.key(name).begin_array();
  for (const auto number : numbers) out.number(number);
  out.end_array();
}

void write_clauses(json::writer& out, const desk_report& made) {
  out.key("clauses").begin_array();
  for (const auto& one : made.clauses) {
    out.begin_object().member("clause", one.label).member("key", one.key);
    out.member("state", report_words::state(one.state).key).key("evidence").begin_object();
    for (const auto& [name, number] : one.numbers) out.member(name, number);
    if (!one.days.empty()) {
      out.key("on").begin_array();
      for (const auto day : one.days) out.string(to_string(day));
      out.end_array();
    }
    out.end_object().end_object();
  }
  out.end_array();
}

}  // namespace

std::string report_json(const desk_report& made) {
  json::writer out;
  out.begin_object().member("report", 1).member("made_at", to_rfc3339(made.made_at));
  out.member("from", to_string(made.from)).member("to", to_string(made.to)).member("redacted", made.redacted);
  out.member("station", made.station).key("profile").begin_object().member_if("title", made.profile_title);
  out.member_if("reference", made.profile_reference).member_if("valid_from", made.valid_from);
  out.member_if("valid_until", made.valid_until).member("expired", made.profile_expired).end_object();
  out.key("ledger").begin_object().member("sealed", made.ledger_sealed).member("head", made.ledger_head).end_object();
  out.key("scanner").begin_object().member_if("engine", made.scanner.engine);
  out.member_if("version", made.scanner.version).member_if("built", made.scanner.built);
  if (made.scanner.signatures != 0) out.member("signatures", made.scanner.signatures);
  out.member_if("at", made.scanner.at).end_object();
  out.key("totals").begin_object();
  for (const auto& [name, number] : made.totals) out.member(name.empty() ? "unjudged" : name, number);
  out.end_object().key("messages").begin_array();
  for (const auto& one : made.messages) write_message(out, one, made);
  out.end_array();
  write_actions(out, "open", made.open);
  write_actions(out, "copies", made.copies);
  write_days(out, "days", made.days, made.today);
  write_days(out, "year", made.year, made.today);
  out.key("arrivals").begin_object();
  write_numbers(out, "hours", made.hours);
  write_numbers(out, "weekdays", made.weekdays);
  out.end_object();
  write_clauses(out, made);
  return out.end_object().take();
}

}  // namespace intake
