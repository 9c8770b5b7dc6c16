#include "libintake/ledger_schema.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger_sample.hpp"

using namespace ledger_sample;

TEST_SUITE("ledger_schema") {
  TEST_CASE("a foreign, damaged or newer file is refused and left as it is") {
    const folder dir;
    const auto path = dir / "l.db";
    const auto refused = [&](const std::string& what, const char* said) {
      ::chmod(path.c_str(), 0600);
      const auto before = all_bytes(path);
      for (const auto how : {mode::write, mode::change, mode::read, mode::inspect}) {
        std::string told;
        CHECK_MESSAGE(status_of([&] { ledger(path, how, key()); }, &told) == intake::exit_status::config, what);
        CHECK_MESSAGE(told.find(said) != std::string::npos, what << ": " << told);
        CHECK_MESSAGE(told.find(path) != std::string::npos, told);
      }
      CHECK_MESSAGE(all_bytes(path) == before, what);
      CHECK_MESSAGE(!std::filesystem::exists(path + ".new"), what);
      std::filesystem::remove(path);
    };
    const auto write = [&](const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; };
    write("");
    refused("empty", "empty");
    for (const std::size_t size : {1, 99, 100, 512, 5000, 70'000}) {
      std::string noise(size, '\0');
      std::uint32_t state = 12345;
      for (auto& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
      write(noise);
      refused("noise of " + std::to_string(size), "not a ledger");
      if (size < 100) continue;
      write(std::string("SQLite format 3") + '\0' + noise.substr(16));
      refused("noise that claims to be SQLite, " + std::to_string(size), "left as it is");
    }
    sql(path, "CREATE TABLE mine(a); INSERT INTO mine VALUES (1)");
    refused("another program's database", "another program");
    sql(path, "PRAGMA user_version=3");
    refused("another program's database without a table", "another program");
    fill(path, key());
    sql(path, "PRAGMA user_version=99");
    refused("a newer ledger", "made by a newer intake (schema 99, this one knows 2)");
    fill(path, key());
    sql(path, "PRAGMA user_version=0");
    refused("a ledger without a version", "damaged");
    sql(path, "PRAGMA journal_mode=WAL");
    refused("an empty database", "empty");
  }

  TEST_CASE("what is no regular file is refused, and a link is followed to nothing but a ledger") {
    const folder dir;
    const auto path = dir / "l.db";
    const auto status = [&](mode how) { return status_of([&] { ledger(path, how, key()); }); };
    std::filesystem::create_directory(path);
    CHECK(status(mode::write) == intake::exit_status::config);
    CHECK(status(mode::read) == intake::exit_status::config);
    std::filesystem::remove(path);
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    CHECK(status(mode::write) == intake::exit_status::config);
    CHECK(status(mode::read) == intake::exit_status::config);
    std::filesystem::remove(path);
    // A link to nothing makes nothing at its end.
    std::filesystem::create_symlink(dir / "elsewhere", path);
    CHECK(status(mode::write) == intake::exit_status::no_input);
    CHECK_FALSE(std::filesystem::exists(dir / "elsewhere"));
    std::ofstream(dir / "elsewhere") << "my notes";
    ::chmod((dir / "elsewhere").c_str(), 0600);
    CHECK(status(mode::write) == intake::exit_status::config);
    CHECK(all_bytes(dir / "elsewhere") == "my notes");
    std::filesystem::remove(dir / "elsewhere");
    fill(dir / "elsewhere", key());
    CHECK(status(mode::write) == intake::exit_status::ok);
  }

  TEST_CASE("a ledger that was cut off is a failure or a fault, and is left as it is") {
    const folder dir;
    fill(dir / "l.db", key());
    const auto whole = all_bytes(dir / "l.db");
    const auto path = dir / "cut.db";
    // SQLite reads what is missing of the last page as zeros: cutting off zeros takes nothing away.
    for (const std::size_t size : {whole.find_last_not_of('\0'), whole.size() - 4096, whole.size() / 2,
                                   whole.size() / 2 + 100, std::size_t{8192}, std::size_t{4097}, std::size_t{4096},
                                   std::size_t{4095}, std::size_t{512}, std::size_t{100}, std::size_t{16}}) {
      std::ofstream(path, std::ios::binary) << whole.substr(0, size);
      ::chmod(path.c_str(), 0600);
      for (const auto how : {mode::write, mode::read}) {
        bool told = false;
        const auto status = status_of([&] { told = !ledger(path, how, key()).check().empty(); });
        CHECK_MESSAGE((told || status == intake::exit_status::config), size);
      }
      CHECK_MESSAGE(all_bytes(path) == whole.substr(0, size), size);
    }
  }

  TEST_CASE("damage in the middle of the file is a failure or a fault, never an answer as if it were whole") {
    const folder dir;
    fill(dir / "l.db", key());
    auto bytes = all_bytes(dir / "l.db");
    for (std::size_t page = 1; page * 4096 < bytes.size(); ++page) {
      auto broken = bytes;
      for (std::size_t i = 0; i < 4096; ++i) broken[page * 4096 + i] = static_cast<char>(i * 31);
      const auto path = dir / "broken.db";
      std::ofstream(path, std::ios::binary) << broken;
      ::chmod(path.c_str(), 0600);
      bool told = false;
      const auto status = status_of([&] { told = !ledger(path, mode::read, key()).check().empty(); });
      CHECK_MESSAGE((told || status == intake::exit_status::config || status == intake::exit_status::no_permission),
                    page);
    }
  }

  TEST_CASE("a file that others may read is refused") {
    const folder dir;
    fill(dir / "l.db", key());
    ::chmod((dir / "l.db").c_str(), 0644);
    CHECK(status_of([&] { ledger(dir / "l.db", mode::read, key()); }) == intake::exit_status::no_permission);
  }

  TEST_CASE("what a killed maker left beside the place of the ledger is in nobody's way") {
    const folder dir;
    std::ofstream(dir / "l.db.new") << "half a ledger";
    std::ofstream(dir / "l.db.new-journal") << "its journal";
    CHECK(status_of([&] { ledger(dir / "l.db", mode::read, key()); }) == intake::exit_status::no_input);
    fill(dir / "l.db", key());
    CHECK(ledger(dir / "l.db", mode::read, key()).check().empty());
    CHECK_FALSE(std::filesystem::exists(dir / "l.db.new"));
    CHECK_FALSE(std::filesystem::exists(dir / "l.db.new-journal"));
  }

  TEST_CASE("a ledger of version 1 answers as it is, and is brought up to date with its chain whole") {
    const folder dir;
    const auto path = dir / "l.db";
    const auto key = [] { return secret(std::string(63, '0') + '7'); };  // a child has none of its parent's
    const secret its_key = key();
    sql(path, all_bytes(INTAKE_SOURCE_DIR "/tests/data/ledger-v1.sql"));
    ::chmod(path.c_str(), 0600);
    const auto head = intake::ledger_head::parse("16:01e78aa64d7904afd140950f0b6c665c12c86c7bd69ed814391a49e96c9a1c6d");
    REQUIRE(head);
    const auto answers = [&](const ledger& it) {
      CHECK(it.check({*head}).empty());
      CHECK(it.finished(id_of(1)));
      CHECK(it.find(id_of(1))->payload.find("架空 太郎") != std::string::npos);
      CHECK(it.find(id_of(4))->erased);
      CHECK(it.find(id_of(4))->payload.empty());
      CHECK(it.cleared() == std::set<std::string>{id_of(2)});
      CHECK(it.resolve("Ｒ－３") == id_of(3));
      CHECK(it.malware_from_applicant("感染太郎", id_of(9)));
      CHECK_FALSE(it.receipt_seen_elsewhere("R-4", id_of(9)));
      CHECK(it.open_items().size() == 5);
    };
    const auto before = all_bytes(path);
    answers(ledger(path, mode::read, its_key));
    CHECK(status_of([&] { ledger(path, mode::inspect, no_key()); }) == intake::exit_status::ok);
    CHECK(all_bytes(path) == before);

    // Two at once, as cron and a clerk may be after an update of the programs.
    std::vector<pid_t> children;
    for (int child = 0; child < 2; ++child) {
      const auto pid = ::fork();
      REQUIRE(pid >= 0);
      if (pid == 0)
        ::_exit(static_cast<int>(status_of([&] { ledger(path, mode::write, key()).note_check("chuo", 0, "", "t"); })));
      children.push_back(pid);
    }
    for (const auto pid : children) {
      int status = -1;
      ::waitpid(pid, &status, 0);
      CHECK(status == 0);
    }
    ledger it(path, mode::write, its_key);
    CHECK(number_in(path, "PRAGMA user_version") == 2);
    answers(it);
    CHECK(count_events(it) == 18);
    // The events that were there are the ones that are there.
    sql(dir / "v1.db", all_bytes(INTAKE_SOURCE_DIR "/tests/data/ledger-v1.sql"));
    CHECK(number_in(path, "ATTACH '" + (dir / "v1.db") +
                              "' AS v1; SELECT count(*) FROM (SELECT * FROM v1.events EXCEPT "
                              "SELECT * FROM main.events)") == 0);
    CHECK(it.erase(id_of(2), "t", ""));
    CHECK(it.check({*head}).empty());
  }

  TEST_CASE("derived tables of another version are made anew from the events") {
    const folder dir;
    fill(dir / "l.db", key());
    sql(dir / "l.db",
        "UPDATE meta SET value = 0 WHERE name = 'derived'; DROP TABLE items; DELETE FROM messages; "
        "ALTER TABLE sources RENAME COLUMN uid TO old_uid");
    {
      // Who only reads answers from the events, and leaves the file as it is.
      const ledger reading(dir / "l.db", mode::read, key());
      CHECK(reading.finished(id_of(1)));
      CHECK(reading.find(id_of(2))->open.empty());
      CHECK(reading.check().empty());
    }
    const ledger renewed(dir / "l.db", mode::write, key());
    CHECK(renewed.finished(id_of(1)));
    CHECK(renewed.check().empty());
  }
}
