#include "libintake/file_check.hpp"

#include <doctest/doctest.h>

#include "libintake/base64.hpp"
#include "libintake/json.hpp"
#include "sample_files.hpp"
#include "sample_signatures.hpp"

using namespace intake;

namespace {

struct desk {
  sample::folder database{"check"};
  scanner engine;
  type_reader types;
  static scanner_options options(const sample::folder& database) {
    sample::write_signatures(database);
    scanner_options made;
    made.database = database.path();
    made.temporary = database.path();
    return made;
  }
  desk() : engine(options(database)) {}

  record check(const std::string& files, const file_check_options& how = {}, const std::string& more = {}) {
    record rec("{\"intake\":1,\"id\":\"m-1\",\"files\":[" + files + "]" + more + "}");
    file_checker(engine, types, how).check(rec);
    return record(rec.line());
  }
};

std::string file(const std::string& id, const std::string& path, const std::string& bytes) {
  return "{\"id\":\"" + id + "\",\"path\":" + json::quoted(path) + ",\"data\":\"" + base64::encode(bytes) + "\"}";
}

std::string verdict_of(const record& rec, std::size_t file) {
  return std::string(rec.files()[file]["scan"]["verdict"].str());
}

}  // namespace

TEST_SUITE("file_check") {
  TEST_CASE("what is declared or named as a message is looked into as one, however it begins") {
    desk desk;
    const std::string inside = "Content-Type: application/octet-stream; name=a.vbs\r\n\r\nx";
    auto declared = file("f0", "", inside);
    declared.insert(declared.size() - 1, ",\"declared_type\":\"message/rfc822\"");
    CHECK(desk.check(declared).has_finding_of("f0", "attachment.unexpected"));
    CHECK(desk.check(file("f0", "a.eml", inside)).has_finding_of("f0", "attachment.unexpected"));
    CHECK_FALSE(desk.check(file("f0", "a.txt", inside)).has_finding_of("f0", "attachment.unexpected"));
  }

  TEST_CASE("every file gets its type, a verdict and what is active in it; the record gets the worst verdict") {
    desk desk;
    const auto rec = desk.check(file("f0", "申請書.docx", sample::docx()) + "," +
                                file("f1", "b.docx", sample::docx("<w:fldSimple w:instr='DDE x'/>")));
    CHECK(rec.files()[0]["type"].str() == row_of(file_kind::docx).mime);
    CHECK(verdict_of(rec, 0) == "clean");
    CHECK(rec.files()[0]["active"].json() == "[]");
    CHECK(rec.files()[1]["active"].json() == "[\"dde\"]");
    CHECK(rec["scan"]["verdict"].str() == "clean");
    CHECK(rec["scan"]["database"]["signatures"].integer() == 2);
    CHECK(rec.has_finding("macro.dde"));
    const auto bad = desk.check(file("f0", "a.txt", "x") + "," + file("f1", "b.txt", sample::marker));
    CHECK(verdict_of(bad, 1) == "infected");
    CHECK(bad.files()[1]["scan"]["signature"].str().starts_with("Intake.Test"));
    CHECK(bad["scan"]["verdict"].str() == "infected");
    CHECK(bad.has_finding("malware.found"));
  }

  TEST_CASE("a file without data was not scanned, unless it was opened") {
    desk desk;
    const auto opened = desk.check("{\"id\":\"f0\",\"path\":\"a.zip\",\"opened\":true}");
    CHECK_FALSE(opened.has_finding("scan.missing"));
    CHECK(opened["scan"]["verdict"].str() == "clean");
    const auto missing = desk.check("{\"id\":\"f0\",\"path\":\"a.zip\"}");
    CHECK(missing.has_finding("scan.missing"));
    CHECK(missing["scan"]["verdict"].str() == "unknown");
    const auto whole = desk.check("", {}, ",\"raw\":{\"data\":\"eA==\"}");
    CHECK(whole.has_finding("scan.missing"));
  }

  TEST_CASE("data that is not base64 was not scanned") {
    desk desk;
    const auto rec = desk.check("{\"id\":\"f0\",\"data\":\"!\"}");
    CHECK(rec.has_finding("scan.failed"));
    CHECK(verdict_of(rec, 0) == "unknown");
  }

  TEST_CASE("a document that cannot be read is not clean, whatever the engine says") {
    desk desk;
    const auto rec = desk.check(file("f0", "a.docx", sample::docx("<w:p>")));
    CHECK(verdict_of(rec, 0) == "unknown");
    CHECK(rec["scan"]["verdict"].str() == "unknown");
    CHECK(rec.has_finding("scan.failed"));
  }

  TEST_CASE("names that deceive and programs are told") {
    desk desk;
    CHECK(desk.check(file("f0", "申請書.pdf", sample::docx())).has_finding("attachment.type_mismatch"));
    const auto program = desk.check(file("f0", "a.exe", "MZ" + std::string(100, 'x')));
    CHECK(program.has_finding("attachment.unexpected"));
    CHECK_FALSE(program.has_finding("attachment.type_mismatch"));
  }

  TEST_CASE("what may hold programs and is not read is never clean") {
    desk desk;
    const auto one = [&](const std::string& name, const std::string& bytes, const std::string& code) {
      CAPTURE(name);
      const auto rec = desk.check(file("f0", name, bytes));
      REQUIRE(rec["findings"].items().size() == 1);
      CHECK(rec["findings"].items()[0]["code"].str() == code);
      return verdict_of(rec, 0);
    };
    CHECK(one("手引.chm", "ITSF\3" + std::string(95, '\0'), "attachment.unexpected") == "clean");
    CHECK(one("a.cab", "MSCF" + std::string(32, '\0'), "scan.failed") == "unknown");
    CHECK(one("a.iso", std::string(32769, '\0') + "CD001", "scan.failed") == "unknown");
    CHECK(one("a.accdb", std::string("\0\1\0\0Standard ACE DB\0", 20), "scan.failed") == "unknown");
    const std::string notebook = "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3";
    CHECK(one("a.one", notebook, "scan.failed") == "unknown");
    const auto holding =
        desk.check(file("f0", "a.one", notebook + "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC"));
    CHECK(holding.has_finding("macro.ole_object"));
  }

  TEST_CASE("when the engine stops finding its test file no file is clean, until it finds it again") {
    desk desk;
    // Its temporary folder vanishes with the signatures, which are in memory by now.
    std::filesystem::remove_all(desk.database.path());
    const auto rec = desk.check(file("f0", "a.txt", "x") + "," + file("f1", "empty.txt", ""));
    CHECK(verdict_of(rec, 0) == "unknown");
    CHECK(verdict_of(rec, 1) == "unknown");  // which the engine never saw
    CHECK(rec.has_finding("scan.failed"));
    CHECK(rec["scan"]["verdict"].str() == "unknown");
    std::filesystem::create_directories(desk.database.path());
    CHECK(verdict_of(desk.check(file("f0", "a.txt", "x")), 0) == "clean");
  }

  TEST_CASE("the engine has to prove itself again within a batch of files") {
    desk desk;
    file_checker checker(desk.engine, desk.types, {});
    const auto verdict_after = [&](int records) {
      std::string verdict;
      for (int i = 0; i < records; ++i) {
        record rec("{\"intake\":1,\"id\":\"m-1\",\"files\":[" + file("f0", "empty.txt", "") + "]}");
        checker.check(rec);
        verdict = verdict_of(record(rec.line()), 0);
      }
      return verdict;
    };
    CHECK(verdict_after(1) == "clean");
    std::filesystem::remove_all(desk.database.path());
    CHECK(verdict_after(limits::scan_batch_files) == "unknown");
  }

  TEST_CASE("files for which no time is left are unknown") {
    desk desk;
    const auto rec = desk.check(file("f0", "a.txt", "x"), {.time = std::chrono::milliseconds(0)});
    CHECK(verdict_of(rec, 0) == "unknown");
    CHECK(rec.has_finding("scan.limit"));
  }

  TEST_CASE("signatures that are too old are told on every record") {
    desk desk;
    CHECK_FALSE(desk.check("").has_finding("scan.stale_database"));
    const auto now = std::filesystem::file_time_type::clock::now();
    std::filesystem::last_write_time(desk.database.path() + "/test.ndb", now - std::chrono::hours(24 * 10));
    scanner_options options;
    options.database = options.temporary = desk.database.path();
    scanner stale(options);
    record rec("{\"intake\":1,\"id\":\"m-1\"}");
    file_checker(stale, desk.types, {.max_age_days = 3}).check(rec);
    CHECK(record(rec.line()).has_finding("scan.stale_database"));
  }
}
