#include "libintake/scanner.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "libintake/failure.hpp"
#include "sample_files.hpp"
#include "sample_signatures.hpp"

using namespace intake;

namespace {

/// Signatures and the engine's folder for its temporary files.
struct desk {
  sample::folder database{"db"}, temporary{"tmp"};
  scanner_options options;
  desk() {
    sample::write_signatures(database);
    options.database = database.path();
    options.temporary = temporary.path();
  }
};

int status_of(const scanner_options& options) {
  try {
    scanner engine(options);
    return 0;
  } catch (const failure& error) {
    return static_cast<int>(error.status());
  }
}

bool has(const scan_result& result, std::string_view code) {
  return std::any_of(result.items.begin(), result.items.end(),
                     [&](const auto& item) { return item.code.kind().code == code; });
}

}  // namespace

TEST_SUITE("scanner") {
  TEST_CASE("an infected file is infected, a harmless one clean, and the signature is named") {
    const desk desk;
    scanner engine(desk.options);
    CHECK(engine.detects_canary());
    CHECK(engine.database().signatures == 2);
    CHECK(engine.database().version == "custom");
    CHECK(engine.engine().starts_with("ClamAV "));
    const auto bad = engine.scan(sample::eicar());
    CHECK(bad.verdict == verdict::infected);
    CHECK(bad.signature.starts_with("Eicar-Test"));
    CHECK(has(bad, "malware.found"));
    CHECK(engine.scan(sample::zip({{"a", "x"}, {"b", sample::marker}})).verdict == verdict::infected);
    const auto good = engine.scan("申請書");
    CHECK(good.verdict == verdict::clean);
    CHECK(good.items.empty());
    CHECK(engine.scan("").verdict == verdict::clean);
  }

  TEST_CASE("a database that is missing, empty or damaged ends the run as unavailable") {
    desk desk;
    desk.options.database = desk.database.path() + "/none";
    CHECK(status_of(desk.options) == 69);
    const sample::folder other("other");
    desk.options.database = other.path();
    CHECK(status_of(desk.options) == 69);
    other.write("README", "no signatures");
    CHECK(status_of(desk.options) == 69);
    other.write("a.ndb", "not a signature\n");
    CHECK(status_of(desk.options) == 69);
    other.write("a.ndb", "");
    CHECK(status_of(desk.options) == 69);
    other.write("a.ndb", "A:0:*:616263646566\n");
    CHECK(status_of(desk.options) == 0);
    other.write("daily.cvd", std::string(1000, 'x'));
    CHECK(status_of(desk.options) == 69);
  }

  TEST_CASE("without the signature of the test file the engine does not prove itself") {
    const desk desk;
    desk.database.write("test.ndb", "A:0:*:616263646566\n");
    scanner engine(desk.options);
    CHECK_FALSE(engine.detects_canary());
  }

  TEST_CASE("a temporary folder that cannot be used is never read as clean") {
    desk desk;
    desk.options.temporary = desk.temporary.path() + "/none";
    scanner engine(desk.options);
    CHECK_FALSE(engine.detects_canary());
  }

  TEST_CASE("every limit that is crossed keeps the verdict unknown") {
    const std::string inner(2 * limits::mib, 'x');
    SUBCASE("our own, of the file") {
      desk desk;
      desk.options.file_bytes = limits::mib;
      const auto result = scanner(desk.options).scan(inner);
      CHECK(result.verdict == verdict::unknown);
      CHECK(has(result, "scan.limit"));
    }
    SUBCASE("the engine's, of the file: a detection without a name") {
      desk desk;
      desk.options.engine_file_bytes = limits::mib;
      const auto result = scanner(desk.options).scan(inner);
      CHECK(result.verdict == verdict::unknown);
      CHECK(has(result, "scan.limit"));
    }
    SUBCASE("the engine's, of all that is unpacked") {
      desk desk;
      desk.options.engine_total_bytes = 3 * limits::mib;
      const auto result = scanner(desk.options).scan(sample::zip({{"a", inner}, {"b", inner}, {"c", inner}}));
      CHECK(result.verdict == verdict::unknown);
      CHECK(has(result, "scan.limit"));
    }
    SUBCASE("the engine's, of files") {
      desk desk;
      desk.options.engine_files = 5;
      sample::parts many;
      for (int i = 0; i < 20; ++i) many.emplace_back(std::to_string(i), "x");
      const auto result = scanner(desk.options).scan(sample::zip(many));
      CHECK(result.verdict == verdict::unknown);
      CHECK(has(result, "scan.limit"));
    }
    SUBCASE("the engine's, of depth") {
      desk desk;
      desk.options.engine_recursion = 4;
      std::string deep = "x";
      for (int i = 0; i < 10; ++i) deep = sample::zip({{"a.zip", deep}});
      const auto result = scanner(desk.options).scan(deep);
      CHECK(result.verdict == verdict::unknown);
      CHECK(has(result, "scan.limit"));
    }
    SUBCASE("the engine's, of time") {
      desk desk;
      desk.options.time = std::chrono::milliseconds(1);
      sample::parts many;
      for (int i = 0; i < 3000; ++i) many.emplace_back(std::to_string(i), std::string(3000, 'x'));
      const auto result = scanner(desk.options).scan(sample::zip(many));
      CHECK(result.verdict == verdict::unknown);
      CHECK(has(result, "scan.limit"));
    }
  }

  TEST_CASE("a limit does not hide malware that was found before it") {
    desk desk;
    desk.options.engine_files = 5;
    sample::parts many = {{"first", sample::marker}};
    for (int i = 0; i < 20; ++i) many.emplace_back(std::to_string(i), "x");
    const auto result = scanner(desk.options).scan(sample::zip(many));
    CHECK(result.verdict == verdict::infected);
  }

  TEST_CASE("encrypted archives are unknown") {
    desk desk;
    std::string zip = sample::zip({{"a.txt", "xxxxxxxxxxxxxxxx"}});
    zip[6] = 1;                       // the local header's flag
    zip[zip.find("PK\1\2") + 8] = 1;  // the directory's
    const auto result = scanner(desk.options).scan(zip);
    CHECK(result.verdict == verdict::unknown);
    CHECK(has(result, "scan.encrypted"));
  }

  TEST_CASE("what the engine only guesses is told by its own code, real signatures are malware") {
    const auto code = [](std::string_view name) { return meaning_of_signature(name).kind().code; };
    CHECK(code("") == "scan.limit");
    CHECK(code("Heuristics.Limits.Exceeded.MaxFileSize") == "scan.limit");
    CHECK(code("Heuristics.Encrypted.Zip") == "scan.encrypted");
    CHECK(code("Heuristics.OLE2.ContainsMacros.VBA") == "macro.vba");
    CHECK(code("Heuristics.OLE2.ContainsMacros.XLM") == "macro.xlm");
    CHECK(code("Win.Test.EICAR_HDB-1") == "malware.found");
    CHECK(code("Heuristics.Exploit.X") == "malware.found");
  }

  TEST_CASE("the age of a database is that of its newest part, and a future date is not believed") {
    const signature_database database{"x", "1", 1, 1'000'000'000};
    constexpr std::time_t day = 86400;
    CHECK(database.age_days(1'000'000'000 + 3 * day) == 3);
    CHECK_FALSE(database.stale(3, 1'000'000'000 + 4 * day - 1));
    CHECK(database.stale(3, 1'000'000'000 + 4 * day));
    CHECK_FALSE(database.stale(3, 1'000'000'000 - day / 2));
    CHECK(database.stale(3, 1'000'000'000 - 2 * day));
    CHECK(database.built_at() == "2001-09-09T01:46:40Z");
  }

  TEST_CASE("the head of daily tells the age, and no other file hides it") {
    const auto head = [](const std::string& version, const std::string& time) {
      std::string text =
          "ClamAV-VDB:22 Nov 2026 08-00 +0000:" + version + ":10:90:" + std::string(32, 'a') + ":sig:builder:" + time;
      text.resize(512, ' ');
      return text;
    };
    const sample::folder database("heads");
    database.write("own.ndb", "A:0:*:616263646566\n");
    CHECK(read_signature_database(database.path()).version == "custom");
    database.write("main.cvd", head("62", "1500000000"));
    CHECK(read_signature_database(database.path()).version == "62");
    database.write("daily.cld", head("27000", "1400000000"));
    const auto read = read_signature_database(database.path());
    CHECK(read.version == "27000");
    CHECK(read.built == 1400000000);
  }
}
