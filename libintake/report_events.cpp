#include "report_events.hpp"

#include <simdjson.h>

#include <chrono>

#include "acts.hpp"
#include "findings.hpp"

namespace intake {
namespace {

namespace dom = simdjson::dom;

std::int64_t start_of(date day, int offset_minutes) {
  return std::chrono::sys_days(day).time_since_epoch().count() * 86400 - std::int64_t{60} * offset_minutes;
}

}  // namespace

struct report_events::facts {
  dom::parser parser;
  dom::element root;
  bool usable = false;

  explicit facts(const std::string& json) { usable = parser.parse(json).get(root) == simdjson::SUCCESS; }

  [[nodiscard]] std::string_view text(std::string_view key) const {
    std::string_view found;
    return usable && root[key].get(found) == simdjson::SUCCESS ? found : std::string_view();
  }
  [[nodiscard]] std::int64_t number(std::string_view key) const {
    std::int64_t found = 0;
    return usable && root[key].get(found) == simdjson::SUCCESS ? found : 0;
  }
  [[nodiscard]] bool flag(std::string_view key) const {
    bool found = false;
    return usable && root[key].get(found) == simdjson::SUCCESS && found;
  }
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> out;
    dom::array array;
    if (!usable || root[key].get(array) != simdjson::SUCCESS) return out;
    for (const auto element : array) {
      std::string_view found;
      if (element.get(found) == simdjson::SUCCESS) out.emplace_back(found);
    }
    return out;
  }
};

std::string_view clause_of_action(std::string_view action, std::string_view subject, bool malware) {
  if (action == delete_copy_action) return "no_storage";
  if (action == "ask_resubmit" && subject.starts_with("day:")) return "missed";
  if (action == "ask_resubmit" && !malware) return "regular_file";
  const auto* known = find_action(action);
  return known ? known->clause : std::string_view("fault");
}

report_events::report_events(const ledger& book, date since, date from, date to, int offset_minutes)
    : since_(since), from_(from), to_(to), offset_(offset_minutes) {
  book.each_event({}, [&](const event& what) {
    first = civil_day({what.at.seconds, offset_});
    return false;
  });
  event_filter filter;
  filter.from = start_of(since, offset_minutes);
  book.each_event(filter, [&](const event& what) {
    take(what);
    return true;
  });
  if (last_judged_.empty()) return;
  dom::parser parser;
  dom::element root, scan;
  if (parser.parse(last_judged_).get(root) != simdjson::SUCCESS) return;
  if (root["circumstances"]["scan"].get(scan) == simdjson::SUCCESS) scanner = simdjson::minify(scan);
}

void report_events::take(const event& what) {
  const facts told(what.facts);
  const date day = civil_day({what.at.seconds, offset_});
  const bool in_period = from_ <= day && day <= to_;
  if (what.kind == "checked") {
    auto& tally = days[day];
    told.text("result") == "ok" ? ++tally.checks : ++tally.failed;
  } else if (what.kind == "received") {
    take_arrival(what, told);
  } else if (what.kind == "judged") {
    take_arrival(what, told);
    for (const auto& code : told.texts("codes"))
      if (code == "malware.found") malware_.insert(what.subject);
    if (what.payload.find("\"scan\":{\"engine\"") != what.payload.npos) {
      last_judged_ = what.payload;
      scanned_at = to_rfc3339({what.at.seconds, offset_});
    }
  } else if (what.kind == "reconciled") {
    if (const auto about = parse_iso_date(told.text("day")))
      reconciled[*about] = {std::string(told.text("list")), told.number("matched"), told.number("missed"),
                            told.number("unlisted")};
  } else if (what.kind == "acted" && in_period) {
    if (told.text("act") == "saved-copy") ++copies_saved;
    if (const auto settled = told.text("settles"); !settled.empty())
      ++actions[std::string(clause_of_action(settled, what.subject, malware_.contains(what.subject)))].done;
  } else if (what.kind == "noticed" && in_period) {
    if (const auto drafted = told.text("do"); !drafted.empty())
      ++actions[std::string(clause_of_action(drafted, what.subject, malware_.contains(what.subject)))].drafted;
  } else if (what.kind == "erased" && in_period) {
    ++erased;
  }
}

void report_events::take_arrival(const event& what, const facts& told) {
  const auto at = told.number("arrived");
  if (at == 0 || !arrived_.insert(what.subject).second) return;
  const date day = civil_day({at, offset_});
  if (day < since_) return;
  ++days[day].arrived;
  if (day > to_) return;
  const std::int64_t local = at + std::int64_t{60} * offset_;
  ++hours[static_cast<std::size_t>(local % 86400 / 3600)];
  ++weekdays[std::chrono::weekday(std::chrono::sys_days(day)).c_encoding()];
}

message_tally report_events::of_message(const ledger& book, std::string_view id) {
  message_tally out;
  event_filter filter;
  filter.subject = id;
  book.each_event(filter, [&](const event& what) {
    const facts told(what.facts);
    out.insecure = out.insecure || told.flag("insecure");
    if (what.kind == "judged") out.codes = told.texts("codes");
    if (what.kind == "exported") {
      out.exported = true;
      out.files = told.number("files");
      out.pages = told.number("pages");
    }
    return true;
  });
  return out;
}

}  // namespace intake
