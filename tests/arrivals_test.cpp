#include "libintake/arrivals.hpp"

#include <vector>

#include "ledger_sample.hpp"
#include "libintake/limits.hpp"

using namespace intake;
using ledger_sample::id_of;
using ledger_sample::sample;

namespace {

constexpr std::int64_t noon_of_the_24th = 1795489200;  // 2026-11-24T12:00:00+09:00

struct watched_desk {
  ledger_sample::folder folder;
  ledger book{folder / "ledger.db", ledger::mode::write, ledger_sample::key()};
  ledger seen{folder / "ledger.db", ledger::mode::read, ledger_sample::key()};
  arrivals coming{seen};

  /// What a look tells: ids and outcomes.
  std::string look(std::int64_t at = noon_of_the_24th) {
    std::string told;
    coming.look({at, 540}, [&](const std::string& line) {
      if (!line.starts_with("{\"intake\"")) {
        told += line + " ";
        return;
      }
      const record rec(line);
      told += std::string(rec.id().substr(rec.id().size() - 1)) + ":" + std::string(rec["disposition"].str("-")) + " ";
    });
    return told;
  }
  void record_sample(const sample& it) { (void)book.record(it.judged(), "test"); }
  void append(const char* subject, const char* kind, const char* facts, const char* payload, std::int64_t at = 0) {
    event what;
    what.subject = subject;
    what.kind = kind;
    what.facts = facts;
    what.payload = payload;
    what.at = {at, 540};
    (void)book.append(what);
  }
};

}  // namespace

TEST_SUITE("arrivals") {
  TEST_CASE("the first look tells what is to be handled today or later, the next ones what came since") {
    watched_desk it;
    it.record_sample({.n = 1});  // handling day 2026-11-24
    CHECK(it.look() == "1:confirm ");
    CHECK(it.look().empty());
    it.record_sample({.n = 2, .disposition = "accept", .receipt_no = "R-2", .uid = "8"});
    it.record_sample({.n = 3, .disposition = "return", .receipt_no = "R-3", .uid = "9"});
    CHECK(it.look() == "2:accept 3:return ");
    CHECK(it.look().empty());
  }

  TEST_CASE("what was handled on an earlier day is not told at first, and is when it is judged differently") {
    watched_desk it;
    it.record_sample({.n = 1});
    CHECK(it.look(noon_of_the_24th + 86400).empty());
    it.record_sample({.n = 1});  // the same judgement is no event
    CHECK(it.look(noon_of_the_24th + 86400).empty());
    it.record_sample({.n = 1, .disposition = "return"});
    CHECK(it.look(noon_of_the_24th + 86400) == "1:return ");
  }

  TEST_CASE("a message whose judgement does not come is told all the same, once, and again when it comes") {
    watched_desk it;
    CHECK(it.look().empty());
    const auto facts = R"({"handling_day":"2026-11-24"})";
    const auto id = id_of(4);
    it.append(id.c_str(), "received", facts, "", noon_of_the_24th);
    CHECK(it.look(noon_of_the_24th + 1).empty());
    CHECK(it.look(noon_of_the_24th + limits::follow_patience.count()) == "4:- ");
    CHECK(it.look(noon_of_the_24th + 1000).empty());
    it.record_sample({.n = 4});
    CHECK(it.look(noon_of_the_24th + 1001) == "4:confirm ");
  }

  TEST_CASE("a reconciled day and an account that fails again and again are told, a check that went well is not") {
    watched_desk it;
    CHECK(it.look().empty());
    it.book.note_check("chuo", 0, "", "test");
    it.book.note_check("chuo", 0, "connection refused", "test");
    CHECK(it.look().empty());
    it.book.note_check("chuo", 0, "connection refused", "test", "report_fault");
    CHECK(it.look().starts_with(R"({"subject":"account:chuo","open":[{"do":"report_fault",)"));
    it.append("day:2026-11-23", "reconciled", "{}", R"({"reconcile":1,"day":"2026-11-23","list":"missing"})");
    CHECK(it.look().starts_with(R"({"reconcile":1,"day":"2026-11-23","list":"missing")"));
  }

  TEST_CASE("a message that was erased before it could be shown is told without what was personal") {
    watched_desk it;
    CHECK(it.look().empty());
    it.record_sample({.n = 5});
    REQUIRE(it.book.erase(id_of(5), "test", ""));
    CHECK(it.look() == "5:confirm ");
  }
}
