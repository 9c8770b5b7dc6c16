// What people tell the ledger beside the records that pass, seen in the bytes of the files.
#include <sys/wait.h>

#include <csignal>

#include "ledger_sample.hpp"
#include "libintake/ledger_state.hpp"

using namespace ledger_sample;

namespace {

std::string blob_in(const std::string& path, const std::string& text) {
  sqlite3* db = nullptr;
  sqlite3_stmt* rows = nullptr;
  std::string bytes;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(db, text.c_str(), -1, &rows, nullptr) == SQLITE_OK);
  if (sqlite3_step(rows) == SQLITE_ROW)
    bytes.assign(static_cast<const char*>(sqlite3_column_blob(rows, 0)),
                 static_cast<std::size_t>(sqlite3_column_bytes(rows, 0)));
  sqlite3_finalize(rows);
  sqlite3_close(db);
  return bytes;
}

/// Every file whose name begins so.
std::string bytes_beside(const std::string& path) {
  std::string bytes;
  const std::filesystem::path start(path);
  for (const auto& each : std::filesystem::directory_iterator(start.parent_path()))
    if (each.path().filename().string().starts_with(start.filename().string())) bytes += all_bytes(each.path());
  return bytes;
}

bool holds(const std::string& bytes, const std::string& what) {
  return bytes.find(what) != std::string::npos;
}

}  // namespace

TEST_SUITE("ledger_write") {
  TEST_CASE("what opens an erased message is in no byte of the file, of its log, or of a backup made after") {
    const folder dir;
    const auto path = dir / "l.db";
    for (const bool sealed : {true, false}) {
      const std::string name = sealed ? "l.db" : "plain.db";
      const auto file = dir / name, copy = dir / ("copy-of-" + name);
      ledger it(file, mode::write, sealed ? key() : no_key());
      for (int n = 1; n <= 30; ++n) {
        sample mail{.n = n,
                    .disposition = "accept",
                    .receipt_no = "R-" + std::to_string(n),
                    .applicant = "消去 次郎" + std::to_string(n),
                    .uid = std::to_string(n)};
        tell(it, mail.received());
        tell(it, mail.judged());
        tell(it, mail.exported());
      }
      it.act(id_of(7), "telephoned", "", "消去の人の覚書", "tanaka");
      const std::string of_it = "(SELECT subject FROM subjects WHERE id = '" + id_of(7) + "')";
      std::vector<std::string> traces = {blob_in(file, "SELECT key FROM subjects WHERE subject = " + of_it)};
      for (const auto* what : {"1", "4"})  // its receipt number and its applicant; the others it shares
        traces.push_back(
            blob_in(file, std::string("SELECT hash FROM lookups WHERE what = ") + what + " AND subject = " + of_it));
      traces.push_back(blob_in(file, "SELECT receipt FROM dated WHERE subject = " + of_it));
      for (const auto& trace : traces) {
        REQUIRE(trace.size() >= 16);
        CHECK(holds(bytes_beside(file), trace));
      }
      CHECK(it.erase(id_of(7), "tanaka", ""));
      it.backup(copy, "tanaka");
      for (const auto& trace : traces) {
        CHECK_FALSE(holds(bytes_beside(file), trace));
        CHECK_FALSE(holds(bytes_beside(copy), trace));
      }
      for (const auto* word : {"消去 次郎7", "R-7\"", "消去の人の覚書"}) CHECK_FALSE(holds(bytes_beside(file), word));
      CHECK(it.check().empty());
      const ledger kept(copy, mode::read, sealed ? key() : no_key());
      CHECK(kept.check().empty());
      CHECK(kept.find(id_of(7))->payload.empty());
      CHECK(holds(kept.find(id_of(8))->payload, "消去 次郎8"));
      CHECK(it.receipt_seen_elsewhere("R-8", id_of(9)));
    }
  }

  TEST_CASE("an erasure says so when another process still holds the log with the key") {
    const folder dir;
    const auto path = dir / "l.db";
    fill(path, key());
    ledger it(path, mode::write, key());
    it.note_check("chuo", 0, "", "t");
    sqlite3* reader = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &reader) == SQLITE_OK);
    REQUIRE(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM events", nullptr, nullptr, nullptr) == SQLITE_OK);
    std::string told;
    CHECK(status_of([&] { it.erase(id_of(1), "t", ""); }, &told) == intake::exit_status::temp_fail);
    CHECK_MESSAGE(holds(told, "erased, but"), told);
    CHECK(it.find(id_of(1))->erased);
    sqlite3_close(reader);
  }

  TEST_CASE("a number that two applications named is no longer repeated when one of them is erased") {
    const folder dir;
    const auto path = dir / "l.db";
    ledger it(path, mode::write, key());
    for (int n = 1; n <= 2; ++n) tell(it, sample{.n = n, .receipt_no = "R-1", .uid = std::to_string(n)}.judged());
    CHECK(number_in(path, "SELECT count(*) FROM repeats") == 1);
    it.erase(id_of(2), "t", "");
    CHECK(number_in(path, "SELECT count(*) FROM repeats") == 0);
    CHECK(it.check().empty());
    tell(it, sample{.n = 3, .receipt_no = "Ｒ－１", .uid = "3"}.judged());
    CHECK(number_in(path, "SELECT count(*) FROM repeats") == 1);
    CHECK(it.check().empty());
  }

  TEST_CASE("an application is entered under when it was submitted, and a list under its day") {
    const folder dir;
    const auto path = dir / "l.db";
    ledger it(path, mode::write, key());
    const auto tell_of = [&](int n, const std::string& members) {
      it.record(record(R"({"intake":1,"id":")" + id_of(n) + R"(","arrived_at":"2026-11-22T23:40:01+09:00",)" + members +
                       R"(,"disposition":"accept","stages":{"verify":{}}})"),
                "t");
      return number_in(path, "SELECT at FROM dated JOIN subjects USING (subject) WHERE id = '" + id_of(n) + "'");
    };
    const std::string application = R"("kind":"application","application":{"receipt_no":"R-1")";
    CHECK(tell_of(1, application + R"(,"submitted_at":"2026-11-17T10:00:00+09:00"})") == 1794877200);
    CHECK(tell_of(2, application + R"(,"submitted_at":"2026-11-17"})") == 1794916800);
    CHECK(tell_of(3, application + "}") == 1795358401);
    CHECK(tell_of(4, R"("kind":"list","list":{"day":"2026-11-17","entries":[]})") == 1794916800);
    CHECK(tell_of(5, R"("kind":"other")") == -1);
    CHECK(tell_of(4, R"("kind":"other","list":{"day":"2026-11-17"})") == -1);  // judged anew
    CHECK(tell_of(1, application + R"(,"submitted_at":"2026-11-18"})") == 1795003200);
    CHECK(it.check().empty());
  }

  TEST_CASE("a backup made while others write is whole and ends with the head that it tells") {
    const folder dir;
    const auto path = dir / "l.db";
    fill(path, key());
    const auto writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) {
      ledger it(path, mode::write, key());
      for (int n = 100;; ++n) {
        tell(it, sample{.n = n, .uid = std::to_string(n)}.received());
        std::ofstream(dir / "told") << n;
      }
    }
    const auto told = [&] {
      int n = 0;  // the file is empty for a moment whenever it is written
      while ((n = std::atoi(all_bytes(dir / "told").c_str())) == 0) ::usleep(1000);
      return n;
    };
    while (told() < 110) ::usleep(1000);
    std::vector<intake::ledger_head> heads;
    for (int n = 0; n < 5; ++n) {
      const auto before = told();
      ledger it(path, mode::write, key());
      heads.push_back(it.backup(dir / ("copy" + std::to_string(n)), "t"));
      const ledger copy(dir / ("copy" + std::to_string(n)), mode::read, key());
      CHECK(copy.head().text() == heads.back().text());
      CHECK(copy.check(heads).empty());
      CHECK(copy.known(id_of(before)));
      while (told() < before + 10) ::usleep(1000);  // the writer was not held up
    }
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    CHECK(ledger(path, mode::read, key()).check(heads).empty());
  }
}
