#include "libintake/message_links.hpp"

#include <doctest/doctest.h>

#include "libintake/record.hpp"
#include "scratch.hpp"

using namespace intake;

namespace {

struct desk {
  scratch::folder folder;
  ledger book{folder.path("ledger.db"), ledger::mode::write, secret(std::string(32, 'k'))};

  /// `day` of November 2026; `rest`: further members of the record.
  void judged(const std::string& id, int day, const std::string& kind, const std::string& disposition,
              const std::string& rest) {
    const std::string at = "2026-11-" + std::string(day < 10 ? "0" : "") + std::to_string(day) + "T10:00:00+09:00";
    book.record(record(R"({"intake":1,"id":")" + id + R"(","arrived_at":")" + at + R"(","handling_day":")" +
                       at.substr(0, 10) + R"(","kind":")" + kind + R"(","disposition":")" + disposition + "\"," + rest +
                       R"(,"stages":{"verify":{}}})"),
                "test");
  }
  void application(const std::string& id, int day, const std::string& disposition, const std::string& number,
                   const std::string& applicant = "架空 太郎", const std::string& procedure = "見本届") {
    judged(id, day, "application", disposition,
           R"("application":{"receipt_no":")" + number + R"(","applicant":")" + applicant + R"(","procedure":")" +
               procedure + "\"}");
  }
  [[nodiscard]] std::string links(const std::string& id) const {
    std::string out;
    for (const auto& link : links_of(*book.find(id), book))
      out += (out.empty() ? "" : ", ") + std::string(link.kind) + " " + link.id;
    return out;
  }
};

}  // namespace

TEST_SUITE("message_links") {
  TEST_CASE("a correction and the list are linked with the application of that number, however it is written") {
    desk it;
    it.application("m-a", 2, "accept", "R-1");
    it.judged("m-c", 4, "correction", "accept", R"("correction":{"receipt_no":"Ｒ－１"})");
    it.judged("m-l", 3, "list", "list", R"("list":{"day":"2026-11-02","entries":[{"receipt_no":"R-1"}]})");
    CHECK(it.links("m-a") == "listed_by m-l, corrected_by m-c");
    CHECK(it.links("m-c") == "corrects m-a, listed_by m-l");
    CHECK(it.links("m-l").empty());
  }

  TEST_CASE("an application that was turned back and made again is one row, linked to its first") {
    desk it;
    it.application("m-1", 2, "return", "R-1");
    it.application("m-2", 4, "return", "R-2", "架空　太郎");
    it.application("m-3", 6, "accept", "R-3");
    it.application("m-4", 8, "accept", "R-4");
    CHECK(it.links("m-1") == "resubmitted_as m-2, resubmitted_as m-3");
    CHECK(it.links("m-2") == "resubmission_of m-1");
    CHECK(it.links("m-3") == "resubmission_of m-1");
    CHECK(it.links("m-4").empty());  // the third was accepted: this is a new one
  }

  TEST_CASE("another applicant, another procedure, and what came much later are no resubmissions") {
    desk it;
    it.application("m-1", 2, "return", "R-1");
    it.application("m-2", 3, "accept", "R-2", "見本 花子");
    it.application("m-3", 4, "accept", "R-3", "架空 太郎", "別の届");
    CHECK(it.links("m-1").empty());
    CHECK(it.links("m-2").empty());
    CHECK(it.links("m-3").empty());
    it.book.record(record(R"({"intake":1,"id":"m-9","arrived_at":"2027-11-03T10:00:00+09:00","kind":"application",)"
                          R"("disposition":"accept","application":{"receipt_no":"R-9","applicant":"架空 太郎",)"
                          R"("procedure":"見本届"},"stages":{"verify":{}}})"),
                   "test");
    CHECK(it.links("m-9").empty());
  }

  TEST_CASE("what a clerk cleared ends a row as what was accepted does") {
    desk it;
    it.application("m-1", 2, "return", "R-1");
    it.application("m-2", 3, "confirm", "R-2");
    it.application("m-3", 4, "accept", "R-3");
    CHECK(it.links("m-3") == "resubmission_of m-1");
    it.book.act("m-2", "cleared", {}, {}, "clerk");
    CHECK(it.links("m-3").empty());
    CHECK(it.links("m-1") == "resubmitted_as m-2");
  }

  TEST_CASE("a direct mail and the application that follows it belong together") {
    desk it;
    it.judged("m-d", 2, "direct", "return", R"("application":{"applicant":"架空 太郎","procedure":"見本届"})");
    it.application("m-a", 3, "accept", "R-1");
    CHECK(it.links("m-a") == "resubmission_of m-d");
  }

  TEST_CASE("two messages with one number point at each other") {
    desk it;
    it.application("m-1", 2, "accept", "R-1");
    it.application("m-2", 3, "confirm", "R-1", "見本 花子");
    CHECK(it.links("m-1") == "same_receipt m-2");
    CHECK(it.links("m-2") == "same_receipt m-1");
  }

  TEST_CASE("what was erased has no links, and without the key nothing is looked for") {
    desk it;
    it.application("m-1", 2, "return", "R-1");
    it.application("m-2", 3, "accept", "R-2");
    CHECK(it.book.erase("m-1", "clerk", ""));
    CHECK(it.links("m-1").empty());
    CHECK(it.links("m-2").empty());
    const ledger blind(it.folder.path("ledger.db"), ledger::mode::inspect, {});
    CHECK(links_of(*blind.find("m-2"), blind).empty());
  }
}
