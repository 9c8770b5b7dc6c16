#include "libintake/report.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "libintake/record.hpp"
#include "libintake/report_chart.hpp"
#include "libintake/report_view.hpp"
#include "scratch.hpp"

using namespace intake;

namespace {

timestamp at(const std::string& day, const std::string& clock = "10:00") {
  return *parse_rfc3339(day + "T" + clock + ":00+09:00");
}

struct desk_and_ledger {
  scratch::folder folder;
  ledger book{folder.path("ledger.db"), ledger::mode::write, secret(std::string(32, 'k'))};
  config desk;
  profile rule;

  desk_and_ledger() {
    desk.station = "chuo";
    desk.stations = {{"chuo", "架空中央警察署", {}, "chuo@police.example.jp", ""}};
    rule.reference = "見本第1号";
    rule.valid_until = "2027-03-31";
    for (const auto& clause : clause_keys) rule.clauses.emplace_back(clause.key, "条 " + std::string(clause.key));
  }

  void add(const std::string& subject, const std::string& kind, const std::string& facts, timestamp when,
           const std::string& payload = {}) {
    event what;
    what.subject = subject;
    what.kind = kind;
    what.actor = "test";
    what.facts = facts;
    what.payload = payload;
    what.at = when;
    book.append(what);
  }
  void checked(const std::string& day, const std::string& result = "ok") {
    add("account:chuo", "checked", R"({"account":"chuo","result":")" + result + "\",\"messages\":0}", at(day));
  }
  void judged(const std::string& id, const std::string& day, const std::string& disposition,
              const std::string& codes = {}, const std::string& actions = {}) {
    add(id, "judged",
        R"({"kind":"application","disposition":")" + disposition + R"(","arrived":)" + std::to_string(at(day).seconds) +
            R"(,"handling_day":")" + day + R"(","codes":[)" + codes + R"(],"actions":[)" + actions + "]}",
        at(day),
        R"({"intake":1,"id":")" + id + R"(","application":{"receipt_no":"R-)" + id +
            R"(","applicant":"<b>架空 太郎</b>","procedure":"見本届"}})");
  }
  void reconciled(const std::string& day, const std::string& list, int missed, const std::string& actions,
                  const std::string& due) {
    add("day:" + day, "reconciled",
        R"({"day":")" + day + R"(","list":")" + list + R"(","matched":2,"missed":)" + std::to_string(missed) +
            R"(,"unlisted":0,"due":")" + due + R"(","actions":[)" + actions + "]}",
        at(due));
  }
  [[nodiscard]] desk_report report(const std::string& from, const std::string& to, timestamp now,
                                   bool redact = false) const {
    return make_report({*parse_iso_date(from), *parse_iso_date(to), now, redact}, book, desk, rule);
  }
};

const reported_clause& clause(const desk_report& made, std::string_view key) {
  return *std::find_if(made.clauses.begin(), made.clauses.end(), [&](const auto& one) { return one.key == key; });
}

std::int64_t number(const desk_report& made, std::string_view key, std::string_view name) {
  for (const auto& [known, value] : clause(made, key).numbers)
    if (known == name) return value;
  return -1;
}

}  // namespace

TEST_SUITE("report") {
  TEST_CASE("open days without a successful check are told, closed days and today are not") {
    desk_and_ledger it;
    it.checked("2026-11-17");
    it.checked("2026-11-19", "failed");  // tried, and not done
    // The 21st and 22nd are a weekend, the 23rd is a holiday.
    const auto made = it.report("2026-11-17", "2026-11-24", at("2026-11-24"));
    CHECK(clause(made, "mail_check").state == clause_state::attention);
    CHECK(number(made, "mail_check", "open_days") == 5);
    CHECK(number(made, "mail_check", "checks") == 1);
    CHECK(number(made, "mail_check", "failed_checks") == 1);
    std::string days;
    for (const auto day : clause(made, "mail_check").days) days += to_string(day) + " ";
    CHECK(days == "2026-11-18 2026-11-19 2026-11-20 ");
    CHECK(made.days[6].holiday == "勤労感謝の日");
    CHECK(clause(it.report("2026-11-24", "2026-11-24", at("2026-11-24")), "mail_check").state == clause_state::open);
    CHECK(clause(it.report("2026-11-17", "2026-11-17", at("2026-11-24")), "mail_check").state == clause_state::met);
    // Before the ledger was kept nothing is known, so nothing is held against anyone.
    CHECK(clause(it.report("2026-11-10", "2026-11-13", at("2026-11-24")), "mail_check").state == clause_state::none);
  }

  TEST_CASE("messages of the period are told with their outcome, open actions by age") {
    desk_and_ledger it;
    it.judged("m-1", "2026-11-17", "accept");
    it.judged("m-2", "2026-11-18", "confirm", "\"macro.vba\"", "\"phone_confirm\"");
    it.judged("m-3", "2026-11-18", "return", "\"malware.found\"", "\"ask_resubmit\"");
    it.judged("m-4", "2026-11-20", "return", "\"archive.password\"", "\"ask_resubmit\"");
    const auto made = it.report("2026-11-17", "2026-11-18", at("2026-11-20"));
    REQUIRE(made.messages.size() == 3);
    CHECK(made.totals == decltype(made.totals){{"accept", 1}, {"confirm", 1}, {"return", 1}, {"list", 0}, {"", 0}});
    REQUIRE(made.open.size() == 4);
    CHECK(made.open[0].action == "finish");  // accepted on the 17th, and not exported
    CHECK(made.open[0].days_late == 3);
    CHECK(made.open[3].subject == "m-4");
    CHECK(made.open[3].days_late == 0);
    // The same action rests on different clauses.
    CHECK(number(made, "malware", "open") == 1);
    CHECK(number(made, "malware", "overdue") == 1);
    CHECK(number(made, "regular_file", "open") == 1);
    CHECK(clause(made, "macro").state == clause_state::open);
    CHECK(clause(made, "suspicious").state == clause_state::attention);
    CHECK(clause(made, "harmless").state == clause_state::attention);
    it.book.act("m-2", "telephoned", {}, {}, "clerk");
    it.book.act("m-2", "cleared", {}, {}, "clerk");
    const auto later = it.report("2026-11-17", "2026-11-18", at("2026-11-20"));
    CHECK(number(later, "suspicious", "open") == -1);
    CHECK(clause(later, "macro").state == clause_state::met);
  }

  TEST_CASE("days without list, missed applications and days that were not reconciled are told") {
    desk_and_ledger it;
    it.checked("2026-11-16");
    it.reconciled("2026-11-16", "received", 1, "\"ask_resubmit\"", "2026-11-17");
    it.reconciled("2026-11-17", "missing", 0, "\"report_list_missing\"", "2026-11-19");
    const auto made = it.report("2026-11-16", "2026-11-18", at("2026-11-19"));
    CHECK(number(made, "list_check", "unreconciled") == 1);
    CHECK(clause(made, "list_check").state == clause_state::attention);
    CHECK(number(made, "missed", "missed") == 1);
    CHECK(number(made, "missed", "overdue") == 1);
    CHECK(clause(made, "list_missing").state == clause_state::open);
    REQUIRE(clause(made, "list_missing").days.size() == 1);
    CHECK(to_string(clause(made, "list_missing").days[0]) == "2026-11-17");
    it.book.act("day:2026-11-17", "done", "report_list_missing", {}, "clerk");
    CHECK(clause(it.report("2026-11-16", "2026-11-18", at("2026-11-19")), "list_missing").state == clause_state::met);
  }

  TEST_CASE("a copy that a clerk had to save stays until it is deleted") {
    desk_and_ledger it;
    it.judged("m-1", "2026-11-17", "confirm");
    CHECK(clause(it.report("2026-11-17", "2026-11-17", at("2026-11-18")), "no_storage").state == clause_state::met);
    it.add("m-1", "acted", R"({"act":"saved-copy"})", at("2026-11-17"));
    auto made = it.report("2026-11-17", "2026-11-17", at("2026-11-18"));
    CHECK(clause(made, "no_storage").state == clause_state::attention);
    REQUIRE(made.copies.size() == 1);
    CHECK(made.copies[0].days_late == 1);
    it.book.act("m-1", "deleted-copy", {}, {}, "clerk");
    made = it.report("2026-11-17", "2026-11-17", at("2026-11-18"));
    CHECK(made.copies.empty());
    CHECK(clause(made, "no_storage").state == clause_state::met);
    CHECK(number(made, "no_storage", "copies_saved") == 1);
  }

  TEST_CASE("a rule that has expired is told") {
    desk_and_ledger it;
    it.checked("2026-11-17");
    CHECK(!it.report("2026-11-17", "2026-11-17", at("2027-03-31")).profile_expired);
    CHECK(it.report("2026-11-17", "2026-11-17", at("2027-04-01")).profile_expired);
    CHECK(report_html(it.report("2026-11-17", "2026-11-17", at("2027-04-01")), terminal::language::japanese)
              .find("id=\"expired\"") != std::string::npos);
  }

  TEST_CASE("arrivals are counted once a message, by the desk's clock") {
    desk_and_ledger it;
    const auto facts = [&](const char* day, const char* clock) {
      return R"({"arrived":)" + std::to_string(at(day, clock).seconds) + "}";
    };
    it.add("m-1", "received", facts("2026-11-17", "23:40"), at("2026-11-18"));
    it.add("m-1", "received", R"({"again":1,)" + facts("2026-11-17", "23:40").substr(1), at("2026-11-18"));
    it.add("m-2", "received", facts("2026-11-18", "00:10"), at("2026-11-18"));
    const auto made = it.report("2026-11-17", "2026-11-18", at("2026-11-18"));
    CHECK(made.hours[23] == 1);
    CHECK(made.hours[0] == 1);
    CHECK(made.weekdays[2] == 1);  // a Tuesday
    CHECK(made.days[0].arrived == 1);
    CHECK(made.year.size() == 53 * 7);
    CHECK(std::chrono::weekday(std::chrono::sys_days(made.year.front().day)) == std::chrono::Sunday);
  }

  TEST_CASE("names are text in the page, and absent from a redacted report") {
    desk_and_ledger it;
    it.judged("m-1", "2026-11-17", "confirm", "\"macro.vba\"", "\"phone_confirm\"");
    const auto open = it.report("2026-11-17", "2026-11-17", at("2026-11-17"));
    const auto html = report_html(open, terminal::language::japanese);
    CHECK(html.find("<b>架空") == std::string::npos);
    CHECK(html.find("&lt;b&gt;架空 太郎&lt;/b&gt;") != std::string::npos);
    CHECK(report_json(open).find("R-m-1") != std::string::npos);
    const auto redacted = it.report("2026-11-17", "2026-11-17", at("2026-11-17"), true);
    for (const auto& text : {report_json(redacted), report_html(redacted, terminal::language::english),
                             report_text(redacted, terminal::style{})}) {
      CHECK(text.find("架空 太郎") == std::string::npos);
      CHECK(text.find("R-m-1") == std::string::npos);
      CHECK(text.find("macro") != std::string::npos);
    }
  }

  TEST_CASE("JSON is one record-like line, and the same ledger gives the same report") {
    desk_and_ledger it;
    it.judged("m-1", "2026-11-17", "confirm", "\"macro.vba\"", "\"phone_confirm\"");
    const auto text = report_json(it.report("2026-11-17", "2026-11-17", at("2026-11-18")));
    CHECK_NOTHROW(check_json_value(text));
    CHECK(text == report_json(it.report("2026-11-17", "2026-11-17", at("2026-11-18"))));
    CHECK(it.report("2026-11-17", "2026-11-17", at("2026-11-18")).ledger_head == it.book.head().text());
  }

  TEST_CASE("bars reach from zero to the highest, and every value stands in words") {
    markup out;
    draw_bars(out, "見本", {{"9", 4}, {"10", 2}, {"11", 0}});
    const auto drawn = out.take();
    CHECK(drawn.find(
              "data-key=\"9\" data-value=\"4\"><rect class=\"bar\" x=\"6\" y=\"18\" width=\"24\" height=\"90\"/>") !=
          std::string::npos);
    CHECK(drawn.find("height=\"45\"/><text") != std::string::npos);
    CHECK(drawn.find("height=\"0\"/><text") != std::string::npos);
    CHECK(drawn.find(">4</text>") != std::string::npos);
    markup none;
    draw_bars(none, "見本", {{"a", 0}});
    CHECK(none.take().find("height=\"0\"") != std::string::npos);
  }
}
