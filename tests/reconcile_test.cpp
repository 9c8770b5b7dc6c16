#include "libintake/reconcile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "libintake/json.hpp"

using namespace intake;
using namespace std::chrono;

namespace {

list_entry listed(const std::string& number, const std::string& applicant = "架空 太郎",
                  const std::string& time = "09:00", const std::string& station = "中央署") {
  return {number, "2026-11-17T" + time + ":00+09:00", "見本届", station, applicant};
}

received_application came(const std::string& id, const std::string& number, const std::string& applicant = "架空 太郎",
                          const std::string& time = "09:00") {
  return {.id = id,
          .receipt_no = number,
          .procedure = "見本届",
          .station = "中央署",
          .applicant = applicant,
          .submitted = parse_rfc3339("2026-11-17T" + time + ":00+09:00")->seconds,
          .of_day = true};
}

const reconcile_rules rules{1800, [](std::string_view station) { return station == "北署"; }};

std::string told(const reconciliation& made) {
  std::string out = std::to_string(made.matched) + " matched";
  for (const auto& one : made.missed) out += ", missed " + one.receipt_no;
  for (const auto& one : made.unlisted) out += ", unlisted " + one.id;
  for (const auto& one : made.probable) out += ", probable " + one.listed.receipt_no + "=" + one.application.id;
  for (const auto& one : made.elsewhere) out += ", elsewhere " + one.receipt_no;
  for (const auto& one : made.duplicates) {
    out += ", twice " + one.receipt_no;
    for (const auto& id : one.ids) out += " " + id;
  }
  for (const auto& one : made.doubts) out += (one.cleared ? ", cleared " : ", kept ") + one.id;
  return out;
}

std::string told(const std::vector<std::vector<list_entry>>& lists, const std::vector<received_application>& all) {
  return told(reconcile(lists, all, rules));
}

}  // namespace

TEST_SUITE("reconcile") {
  TEST_CASE("what is on both sides is matched, whatever the width and case of its number") {
    CHECK(told({{listed("A-1"), listed("A-2")}}, {came("m1", "Ａ－１"), came("m2", " a-2")}) == "2 matched");
    CHECK(told({}, {}) == "0 matched");
    CHECK(told({{}}, {}) == "0 matched");
  }

  TEST_CASE("an entry that never came is missed, an application that is not named is unlisted") {
    CHECK(told({{listed("A-1"), listed("A-9", "未着 秋子")}}, {came("m1", "A-1"), came("m3", "A-3", "例示 冬子")}) ==
          "1 matched, missed A-9, unlisted m3");
    auto other_day = came("m4", "A-4");
    other_day.of_day = false;
    CHECK(told({{}}, {other_day}) == "0 matched");
    CHECK(told({{listed("A-4")}}, {other_day}) == "1 matched");
    CHECK(told({{}}, {came("m5", "")}) == "0 matched, unlisted m5");
  }

  TEST_CASE("one person's same procedure at about the same time is probably the same, if the number differs") {
    CHECK(told({{listed("A-1")}}, {came("m1", "A-7", "架空太郎", "09:20")}) == "0 matched, probable A-1=m1");
    CHECK(told({{listed("A-1")}}, {came("m1", "A-7", "架空太郎", "09:31")}) == "0 matched, missed A-1, unlisted m1");
    CHECK(told({{listed("A-1")}}, {came("m1", "A-7", "別人 次郎")}) == "0 matched, missed A-1, unlisted m1");
    auto other = came("m1", "A-7");
    other.procedure = "別の届";
    CHECK(told({{listed("A-1")}}, {other}) == "0 matched, missed A-1, unlisted m1");
    auto unknown = came("m1", "A-7");
    unknown.submitted.reset();
    CHECK(told({{listed("A-1")}}, {unknown}) == "0 matched, missed A-1, unlisted m1");
    // The nearest pair first, one to one.
    CHECK(told({{listed("A-1", "架空 太郎", "09:00"), listed("A-2", "架空 太郎", "09:10")}},
               {came("m1", "X-1", "架空 太郎", "09:09"), came("m2", "X-2", "架空 太郎", "09:15")}) ==
          "0 matched, probable A-1=m2, probable A-2=m1");
  }

  TEST_CASE("entries of other stations are told apart, unless they came here") {
    CHECK(told({{listed("A-1", "架空 太郎", "09:00", "北署")}}, {}) == "0 matched, elsewhere A-1");
    CHECK(told({{listed("A-1", "架空 太郎", "09:00", "北署")}}, {came("m1", "A-1")}) == "1 matched");
    CHECK(told({{listed("A-1", "架空 太郎", "09:00", "どこか署")}}, {}) == "0 matched, missed A-1");
    CHECK(told({{listed("A-1", "架空 太郎", "09:00", "")}}, {}) == "0 matched, missed A-1");
  }

  TEST_CASE("a number that comes twice is told, on either side") {
    CHECK(told({{listed("A-1"), listed("A-1")}}, {came("m1", "A-1")}) == "1 matched, twice A-1");
    CHECK(told({{listed("A-1")}}, {came("m1", "A-1"), came("m2", "A-1")}) == "1 matched, twice A-1 m1 m2");
    CHECK(told({{}}, {came("m1", "A-1"), came("m2", "A-1")}) == "0 matched, unlisted m1, unlisted m2, twice A-1 m1 m2");
  }

  TEST_CASE("several lists of a day are one; the last of them tells the details") {
    CHECK(told({{listed("A-1")}, {listed("A-1"), listed("A-2")}}, {came("m1", "A-1")}) == "1 matched, missed A-2");
    const auto made = reconcile({{listed("A-2", "誤記 太郎")}, {listed("A-2", "架空 太郎")}}, {}, rules);
    REQUIRE(made.missed.size() == 1);
    CHECK(made.missed[0].applicant == "架空 太郎");
  }

  TEST_CASE("a doubt is cleared only by an entry for this number, applicant and procedure, and kept otherwise") {
    auto doubted = came("m1", "A-1");
    doubted.doubted = true;
    CHECK(told({{listed("A-1")}}, {doubted}) == "1 matched, cleared m1");
    CHECK(told({{listed("A-1", "別人 次郎")}}, {doubted}) == "1 matched, kept m1");
    CHECK(told({{listed("A-2")}}, {doubted}).find("kept m1") != std::string::npos);
    auto unnamed = doubted;
    unnamed.applicant.clear();
    CHECK(told({{listed("A-1", "")}}, {unnamed}) == "1 matched, kept m1");
    // Of two mails with one number, one is not the one that the list means.
    CHECK(told({{listed("A-1")}}, {doubted, came("m2", "A-1")}).find("kept m1") != std::string::npos);
  }

  TEST_CASE("every entry and every application is in exactly one class, in whatever order they arrive") {
    std::mt19937 random(11);
    const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
    for (int round = 0; round < 400; ++round) {
      std::vector<list_entry> list;
      std::vector<received_application> all;
      const std::string people[] = {"架空 太郎", "見本 花子", "例示 次郎"};
      const std::string times[] = {"09:00", "09:10", "09:40", "12:00"};
      for (unsigned i = pick(12); i-- > 0;)
        list.push_back(
            listed("A-" + std::to_string(pick(12)), people[pick(3)], times[pick(4)], pick(5) ? "中央署" : "北署"));
      for (unsigned i = 0, n = pick(12); i < n; ++i) {
        all.push_back(came("m" + std::to_string(i), pick(8) ? "A-" + std::to_string(pick(16)) : "", people[pick(3)],
                           times[pick(4)]));
        all.back().of_day = pick(4) != 0;
        all.back().doubted = pick(3) == 0;
      }
      const auto made = reconcile({list}, all, rules);

      std::map<std::string, int> entries, applications;
      for (const auto& one : list) entries[one.receipt_no];
      for (const auto& one : made.missed) ++entries[one.receipt_no];
      for (const auto& one : made.elsewhere) ++entries[one.receipt_no];
      for (const auto& one : made.probable) ++entries[one.listed.receipt_no];
      std::size_t matched = 0;
      for (auto& [number, times_classed] : entries) {
        const bool here =
            std::any_of(all.begin(), all.end(), [&](const auto& one) { return one.receipt_no == number; });
        REQUIRE(times_classed == (here ? 0 : 1));
        matched += here;
      }
      REQUIRE(made.matched == matched);
      for (const auto& one : made.unlisted) ++applications[one.id];
      for (const auto& one : made.probable) ++applications[one.application.id];
      for (const auto& one : all) {
        const bool named = !one.receipt_no.empty() && entries.contains(one.receipt_no);
        REQUIRE(applications[one.id] == (one.of_day && !named ? 1 : 0));
      }

      // The list's own order decides which of two rows for one number counts, so only single ones are shuffled.
      auto shuffled = all;
      std::shuffle(shuffled.begin(), shuffled.end(), random);
      REQUIRE(told({list}, shuffled) == told(made));
      std::vector<list_entry> unique;
      for (const auto& [number, ignored] : entries)
        unique.push_back(
            *std::find_if(list.rbegin(), list.rend(), [&](const auto& one) { return one.receipt_no == number; }));
      auto turned = unique;
      std::shuffle(turned.begin(), turned.end(), random);
      REQUIRE(told({unique}, all) == told({turned}, shuffled));
    }
  }

  TEST_CASE("a list is received until it is due, late after, pending until the next day ends and missing then") {
    profile rule;
    rule.list.due = "09:00";
    const date day = 2026y / 11 / 17;
    const auto at = [](const char* text) { return *parse_rfc3339(text); };
    const auto now = at("2026-11-20T12:00:00+09:00");
    CHECK(state_of_list(day, at("2026-11-18T06:00:00+09:00").seconds, now, rule) == "received");
    CHECK(state_of_list(day, at("2026-11-18T09:00:00+09:00").seconds, now, rule) == "received");
    CHECK(state_of_list(day, at("2026-11-18T09:00:01+09:00").seconds, now, rule) == "late");
    CHECK(state_of_list(day, std::nullopt, at("2026-11-18T23:59:59+09:00"), rule) == "pending");
    CHECK(state_of_list(day, std::nullopt, at("2026-11-19T00:00:00+09:00"), rule) == "missing");
    const date sunday = 2026y / 11 / 22;
    CHECK(state_of_list(sunday, std::nullopt, at("2026-11-25T00:00:00+09:00"), rule) == "missing");
    rule.list.expect = "open_days";
    CHECK(state_of_list(sunday, std::nullopt, at("2026-11-25T00:00:00+09:00"), rule) == "not_expected");
    CHECK(state_of_list(day, std::nullopt, at("2026-11-25T00:00:00+09:00"), rule) == "missing");
  }
}
