#include "libintake/history.hpp"

#include <sys/wait.h>

#include <csignal>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "ledger_sample.hpp"
#include "libintake/sandbox.hpp"

using namespace ledger_sample;
using intake::history;

namespace {

/// A new ledger, or one that is there, is told of a judged message.
void told(const std::string& path, const sample& mail) {
  ledger it(path, mode::write, key());
  tell(it, mail.judged());
}

history history_of(const std::string& path, mode how = mode::read) {
  return history([=] { return ledger(path, how, key()); });
}

/// Status of a worker that is confined to memory and keeps what the history names.
int in_worker(const history& past, const std::function<bool()>& body) {
  const pid_t child = fork();
  if (child == 0) {
    try {
      (void)signal(SIGPIPE, SIG_IGN);
      intake::sandbox::access access;
      access.descriptors = past.descriptors();
      intake::sandbox::enter(intake::sandbox::role::parser, access);
      _exit(body() ? 1 : 0);
    } catch (const intake::failure& error) {
      _exit(static_cast<int>(error.status()));
    }
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// The process behind a history: the youngest child.
pid_t youngest_child() {
  std::ifstream file("/proc/self/task/" + std::to_string(getpid()) + "/children");
  pid_t child = 0, last = 0;
  while (file >> child) last = child;
  return last;
}

}  // namespace

TEST_SUITE("history") {
  TEST_CASE("receipt numbers and malware of other messages are known, in any width and case") {
    const folder dir;
    told(dir / "l.db", sample{.n = 1, .receipt_no = "Ｒ－１"});
    told(dir / "l.db", sample{.n = 2,
                              .disposition = "return",
                              .receipt_no = "R-2",
                              .applicant = "見本　花子",
                              .from = "Bad@Example.jp",
                              .codes = R"({"code":"malware.found"})"});
    told(dir / "l.db", sample{.n = 3, .disposition = "list", .kind = "list", .receipt_no = ""});
    const auto past = history_of(dir / "l.db");
    CHECK(past.receipt_seen_elsewhere("r-1", id_of(9)));
    CHECK_FALSE(past.receipt_seen_elsewhere("R-1", id_of(1)));
    CHECK_FALSE(past.receipt_seen_elsewhere("R-3", id_of(9)));
    CHECK_FALSE(past.receipt_seen_elsewhere("", id_of(9)));
    CHECK(past.malware_from_applicant("見本花子", id_of(9)));
    CHECK_FALSE(past.malware_from_applicant("見本花子", id_of(2)));
    CHECK_FALSE(past.malware_from_applicant("架空太郎", id_of(9)));
    CHECK(past.malware_from_sender("bad@example.jp", id_of(9)));
    CHECK_FALSE(past.malware_from_sender("noreply@proc.example.go.jp", id_of(9)));
    CHECK_FALSE(history().receipt_seen_elsewhere("R-1", id_of(9)));
    CHECK(history().descriptors().empty());
  }

  TEST_CASE("every answer is the one that the events themselves give") {
    const folder dir;
    std::mt19937 draw(20261117);
    std::map<std::string, std::set<int>> receipts, applicants, addresses;
    {
      ledger it(dir / "l.db", mode::write, key());
      ledger::batch batch(it);
      for (int n = 1; n <= 600; ++n) {
        const auto receipt = "R-" + std::to_string(draw() % 400), applicant = "架空 " + std::to_string(draw() % 200);
        const auto address = "a" + std::to_string(draw() % 200) + "@applicant.example.jp";
        const bool malware = draw() % 4 == 0;
        const sample mail{.n = n,
                          .receipt_no = receipt,
                          .applicant = applicant,
                          .from = address,
                          .codes = malware ? R"({"code":"malware.found"})" : R"({"code":"body.url"})",
                          .uid = std::to_string(n)};
        tell(it, mail.judged());
        receipts[receipt].insert(n);
        if (malware) applicants[applicant].insert(n), addresses[address].insert(n);
      }
      batch.commit();
    }
    const auto past = history_of(dir / "l.db");
    const auto elsewhere = [](const std::set<int>& of, int n) { return of.size() > of.count(n); };
    std::size_t known = 0;
    for (int n = 1; n <= 700; ++n) {
      const auto receipt = "R-" + std::to_string(draw() % 500), applicant = "架空 " + std::to_string(draw() % 250);
      const auto address = "a" + std::to_string(draw() % 250) + "@applicant.example.jp";
      // Some ask about what they have themselves named.
      const auto& of = receipts[receipt];
      const int who = n % 2 == 0 && !of.empty() ? *of.begin() : n;
      const bool expected = elsewhere(of, who);
      CHECK(past.receipt_seen_elsewhere(receipt, id_of(who)) == expected);
      CHECK(past.malware_from_applicant(applicant, id_of(n)) == elsewhere(applicants[applicant], n));
      CHECK(past.malware_from_sender(address, id_of(n)) == elsewhere(addresses[address], n));
      known += expected ? 1 : 0;
    }
    CHECK(known > 100);
    CHECK(known < 600);
  }

  TEST_CASE("a worker confined to memory may ask, and so may its successor") {
    const folder dir;
    told(dir / "l.db", sample{.n = 1, .receipt_no = "R-1"});
    const auto past = history_of(dir / "l.db");
    REQUIRE(past.descriptors().size() == 1);
    CHECK(in_worker(past, [&] { return past.receipt_seen_elsewhere("R-1", id_of(9)); }) == 1);
    CHECK(in_worker(past, [&] { return past.receipt_seen_elsewhere("R-1", id_of(1)); }) == 0);
    // One dies between a question and its answer.
    CHECK(in_worker(past, [&] {
            const char question[32] = "of nobody";
            return write(past.descriptors()[0], question, sizeof question) == sizeof question && raise(SIGKILL) == 0;
          }) == 128 + SIGKILL);
    CHECK(in_worker(past, [&] { return past.receipt_seen_elsewhere("R-1", id_of(9)); }) == 1);
    CHECK(in_worker(past, [&] { return past.receipt_seen_elsewhere("R-7", id_of(9)); }) == 0);
  }

  TEST_CASE("what others add or erase meanwhile is known from then on") {
    const folder dir;
    told(dir / "l.db", sample{.n = 1, .receipt_no = "R-1"});
    const auto past = history_of(dir / "l.db");
    for (int n = 2; n < 5; ++n) {
      const auto receipt = "R-" + std::to_string(n);
      CHECK_FALSE(past.receipt_seen_elsewhere(receipt, id_of(9)));
      ledger it(dir / "l.db", mode::write, key());  // ends, and takes its log up, each time
      tell(it, sample{.n = n, .receipt_no = receipt, .uid = std::to_string(n)}.judged());
      CHECK(past.receipt_seen_elsewhere(receipt, id_of(9)));
      CHECK(it.erase(id_of(n), "test", ""));
      CHECK_FALSE(past.receipt_seen_elsewhere(receipt, id_of(9)));
    }
    CHECK(past.receipt_seen_elsewhere("R-1", id_of(9)));
  }

  TEST_CASE("nothing is known any more without the process that knew it, and that is no clean answer") {
    const folder dir;
    told(dir / "l.db", sample{.n = 1, .receipt_no = "R-1"});
    const auto past = history_of(dir / "l.db");
    const pid_t keeper = youngest_child();
    ::kill(keeper, SIGKILL);
    int status = 0;
    waitpid(keeper, &status, 0);
    CHECK(in_worker(past, [&] { return past.receipt_seen_elsewhere("R-1", id_of(9)); }) ==
          static_cast<int>(intake::exit_status::unavailable));
  }

  TEST_CASE("why a ledger cannot be opened is told as by opening it") {
    const folder dir;
    const auto status_of = [](const auto& open) {
      try {
        const history past(open);
        return intake::exit_status::ok;
      } catch (const intake::failure& error) {
        CHECK(std::string(error.what()).find("l.db") != std::string::npos);
        return error.status();
      }
    };
    CHECK(status_of([&] { return ledger(dir / "l.db", mode::read, key()); }) == intake::exit_status::no_input);
    { const ledger it(dir / "l.db", mode::write, key()); }
    CHECK(status_of([&] { return ledger(dir / "l.db", mode::read, key('x')); }) == intake::exit_status::no_permission);
    CHECK(status_of([&] { return ledger(dir / "l.db", mode::read, no_key()); }) == intake::exit_status::config);
    CHECK(status_of([&] { return ledger(dir / "l.db", mode::read, key()); }) == intake::exit_status::ok);
  }
}
