// What the suites of the ledger share: a folder, sample records, and the file as SQLite and as bytes see it.
#pragma once

#include <doctest/doctest.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "libintake/failure.hpp"
#include "libintake/ledger.hpp"
#include "libintake/record.hpp"

namespace ledger_sample {

using intake::ledger;
using intake::record;
using intake::secret;
using mode = intake::ledger::mode;

class folder {
 public:
  folder() {
    std::string name = (std::filesystem::temp_directory_path() / "ledger-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline secret key(char fill = 'k') {
  return secret(std::string(32, fill));
}
inline secret no_key() {
  return {};
}

inline std::string id_of(int n) {
  std::string digits = std::to_string(n);
  return "m-" + std::string(32 - digits.size(), '0') + digits;
}

struct sample {
  int n = 1;
  std::string disposition = "confirm", kind = "application", receipt_no = "R-1", applicant = "架空 太郎";
  std::string from = "noreply@proc.example.go.jp";
  std::string codes = R"j({"code":"body.url","severity":"warning","clause":"第8-1(2)"})j";
  std::string actions = R"({"do":"phone_confirm","to":"clerk"})";
  std::string database = "27000";
  std::string uid = "7", uidvalidity = "1";

  [[nodiscard]] std::string head() const {
    return R"({"intake":1,"id":")" + id_of(n) + R"(","source":{"kind":"imap","account":"chuo","mailbox":"INBOX",)" +
           R"("uidvalidity":)" + uidvalidity + R"(,"uid":)" + uid +
           R"(},"arrived_at":"2026-11-22T23:40:01+09:00","handling_day":"2026-11-24",)" +
           R"("raw":{"sha256":"00","size":3,"data":"UkFX"})";
  }
  [[nodiscard]] record received() const { return record(head() + R"(,"stages":{"fetch":{"at":"x"}}})"); }
  [[nodiscard]] std::string judged_text() const {
    return head() + R"(,"mail":{"message_id":"<a@example.jp>","from":[{"name":"手続サイト","address":")" + from +
           R"("}],"subject":"申請 見本 花子","text":"本文の秘密","headers":[["X","ヘッダ"]]},"files":[{"id":"f0",)" +
           R"("path":"申請書.docx","data":"RklMRQ==","sha256":"ff"}],"scan":{"database":{"version":")" + database +
           R"("}},"kind":")" + kind + R"(","application":{"receipt_no":")" + receipt_no + R"(","applicant":")" +
           applicant + R"("},"findings":[)" + codes + R"(],"actions":[)" + actions + R"(],"disposition":")" +
           disposition + '"';
  }
  [[nodiscard]] record judged() const { return record(judged_text() + R"(,"stages":{"verify":{"at":"y"}}})"); }
  [[nodiscard]] record exported() const {
    auto text = judged_text();
    const std::string data = R"("data":"RklMRQ==")";
    text.replace(text.find(data), data.size(), R"("pdf":{"pages":2,"path":"out/a.pdf","sha256":"ee","data":"UERG"})");
    return record(text + R"(,"stages":{"verify":{"at":"y"},"export":{"at":"z"}}})");
  }
};

inline unsigned tell(ledger& to, const record& what) {
  return to.record(what, "intake-ledger");
}

inline intake::exit_status status_of(const std::function<void()>& run, std::string* told = nullptr) {
  try {
    run();
  } catch (const intake::failure& error) {
    if (told != nullptr) *told = error.what();
    return error.status();
  }
  return intake::exit_status::ok;
}

inline void sql(const std::string& path, const std::string& text) {
  sqlite3* db = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  char* error = nullptr;
  const int code = sqlite3_exec(db, text.c_str(), nullptr, nullptr, &error);
  INFO(text, ": ", error == nullptr ? "" : error);
  CHECK(code == SQLITE_OK);
  sqlite3_free(error);
  sqlite3_close(db);
}

/// First number that the statements give, as SQLite itself sees the file.
inline std::int64_t number_in(const std::string& path, const std::string& text) {
  sqlite3* db = nullptr;
  std::int64_t number = -1;
  REQUIRE(sqlite3_open(path.c_str(), &db) == SQLITE_OK);
  const auto take = [](void* into, int, char** values, char**) {
    *static_cast<std::int64_t*>(into) = std::atoll(values[0]);
    return 0;
  };
  CHECK(sqlite3_exec(db, text.c_str(), take, &number, nullptr) == SQLITE_OK);
  sqlite3_close(db);
  return number;
}

inline std::string all_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline int count_events(const ledger& of) {
  int count = 0;
  of.each_event({}, [&](const intake::event&) { return ++count > 0; });
  return count;
}

/// A ledger of some life: two applications, one exported, an act, a check.
inline void fill(const std::string& path, const secret& with) {
  ledger it(path, mode::write, with);
  for (int n = 1; n <= 2; ++n) {
    sample mail{.n = n,
                .disposition = n == 1 ? "accept" : "confirm",
                .receipt_no = "R-" + std::to_string(n),
                .uid = std::to_string(n)};
    tell(it, mail.received());
    tell(it, mail.judged());
    if (n == 1) tell(it, mail.exported());
  }
  it.act(id_of(2), "telephoned", "", "名義人に確認", "tanaka");
  it.note_check("chuo", 2, "", "intake-fetch");
}

}  // namespace ledger_sample
