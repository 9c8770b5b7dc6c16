#include "database.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <thread>

#include "limits.hpp"

namespace intake {
namespace {

sqlite3* connection(void* handle) {
  return static_cast<sqlite3*>(handle);
}
sqlite3_stmt* prepared(void* statement) {
  return static_cast<sqlite3_stmt*>(statement);
}

phrase reason(sqlite3* handle, int code) {
  const int system = sqlite3_system_errno(handle);
  const bool has_errno = (code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN;
  return has_errno && system != 0 ? system_error(system) : phrase(sqlite3_errstr(code));
}

exit_status status_of_open(int system_error, database::mode how) {
  if (system_error == EACCES || system_error == EPERM || system_error == EROFS) return exit_status::no_permission;
  return how == database::mode::write ? exit_status::cant_create : exit_status::no_input;
}

/// Asks again every millisecond or two. SQLite's own handler sleeps for 100 ms at last, and then finds the lock taken
/// again by whoever writes one transaction after another: a clerk would wait for all of a long run.
int wait_a_little(void* since, int times) {
  using clock = std::chrono::steady_clock;
  auto& start = *static_cast<clock::time_point*>(since);
  if (times == 0) start = clock::now();
  if (clock::now() - start >= limits::ledger_busy) return 0;
  std::this_thread::sleep_for(std::chrono::milliseconds(times < 50 ? 1 : 2));
  return 1;
}

}  // namespace

void database::fail(int code) const {
  auto* const handle = connection(handle_);
  const phrase told("{}: {}", path_, reason(handle, code));
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      throw failure(exit_status::temp_fail, "{}: locked by another process", path_);
    case SQLITE_FULL:
      throw failure(exit_status::io, "{}: the disk is full", path_);
    case SQLITE_IOERR:
      throw failure(exit_status::io, told);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      throw failure(exit_status::no_permission, told);
    case SQLITE_CANTOPEN:
      throw failure(status_of_open(sqlite3_system_errno(handle), mode_), told);
    case SQLITE_NOTADB:
      throw failure(exit_status::config, "{}: not a ledger (no SQLite database); it was left as it is", path_);
    case SQLITE_CORRUPT:
    case SQLITE_FORMAT:
      throw failure(exit_status::config, "{}: damaged ({}); it was left as it is", path_, sqlite3_errmsg(handle));
    case SQLITE_NOMEM:
      throw failure(exit_status::os, told);
    default:
      throw failure(exit_status::software, "{} ({})", told, sqlite3_errmsg(handle));
  }
}

database::database(const std::string& path, mode how) : path_(path), mode_(how) {
  const int flags = how == mode::write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  std::string name = path;
  if (how == mode::frozen) {
    // immutable=1 takes no locks and needs no -shm file; the characters that a URI gives a meaning are escaped.
    name = "file:";
    for (const char c : path) {
      if (c == '%' || c == '?' || c == '#')
        name += c == '%' ? "%25" : c == '?' ? "%3f" : "%23";
      else
        name += c;
    }
    name += "?immutable=1";
  }
  sqlite3* handle = nullptr;
  const int opened = sqlite3_open_v2(
      name.c_str(), &handle,
      flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | (how == mode::frozen ? SQLITE_OPEN_URI : 0), nullptr);
  handle_ = handle;
  try {
    if (opened != SQLITE_OK) fail(opened);
    sqlite3_busy_handler(handle, wait_a_little, &waiting_since_);
    // A file that was tampered with must not run code of its own (triggers with functions, a changed schema).
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // Temporary tables stay in memory, deleted keys are overwritten.
    script("PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON; PRAGMA cell_size_check=ON; PRAGMA cache_size=-32768");
  } catch (...) {
    sqlite3_close_v2(handle);
    throw;
  }
}

database::~database() {
  for (auto& [sql, statements] : idle_)
    for (auto* statement : statements) sqlite3_finalize(prepared(statement));
  sqlite3_close_v2(connection(handle_));
}

void database::script(const std::string& sql) {
  const int code = sqlite3_exec(connection(handle_), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

bool database::any(const std::string& sql) {
  bool found = false;
  const auto visit = [](void* seen, int, char**, char**) {
    *static_cast<bool*>(seen) = true;
    return 1;  // one is enough
  };
  const int code = sqlite3_exec(connection(handle_), sql.c_str(), visit, &found, nullptr);
  if (code != SQLITE_OK && code != SQLITE_ABORT) fail(code);
  return found;
}

std::int64_t database::changes() const {
  return sqlite3_changes64(connection(handle_));
}

void database::copy_to(database& destination) {
  auto* const target = connection(destination.handle_);
  auto* const copy = sqlite3_backup_init(target, "main", connection(handle_), "main");
  if (copy == nullptr) destination.fail(sqlite3_extended_errcode(target));
  // All pages in one step: one consistent state, and writers are not held up because the source is in WAL mode.
  const int stepped = sqlite3_backup_step(copy, -1);
  const int finished = sqlite3_backup_finish(copy);
  if (stepped != SQLITE_DONE || finished != SQLITE_OK) destination.fail(finished != SQLITE_OK ? finished : stepped);
}

database::rows::rows(database& owner, const char* sql) : owner_(&owner), sql_(sql), statement_(nullptr) {
  auto& kept = owner.idle_[sql];
  if (!kept.empty()) {
    statement_ = kept.back();
    kept.pop_back();
    return;
  }
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(connection(owner.handle_), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) owner.fail(code);
  statement_ = statement;
}

database::rows::rows(rows&& other) noexcept
    : owner_(other.owner_), sql_(other.sql_), statement_(std::exchange(other.statement_, nullptr)) {}

database::rows::~rows() {
  if (statement_ == nullptr) return;
  sqlite3_reset(prepared(statement_));
  sqlite3_clear_bindings(prepared(statement_));
  owner_->idle_[sql_].push_back(statement_);
}

bool database::rows::next() {
  const int code = sqlite3_step(prepared(statement_));
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) owner_->fail(code);
  return false;
}

bool database::rows::null(int column) const {
  return sqlite3_column_type(prepared(statement_), column) == SQLITE_NULL;
}

std::int64_t database::rows::integer(int column) const {
  return sqlite3_column_int64(prepared(statement_), column);
}

std::string_view database::rows::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(prepared(statement_), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(prepared(statement_), column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

void database::rows::bind(int index, std::int64_t number) {
  if (const int code = sqlite3_bind_int64(prepared(statement_), index, number); code != SQLITE_OK) owner_->fail(code);
}

// The caller's bytes outlive the statement's run, but not always its rows: SQLite takes a copy.
void database::rows::bind(int index, std::string_view text) {
  const int code = sqlite3_bind_text64(prepared(statement_), index, text.data() == nullptr ? "" : text.data(),
                                       text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) owner_->fail(code);
}

void database::rows::bind(int index, blob value) {
  const int code =
      sqlite3_bind_blob64(prepared(statement_), index, value.bytes.data() == nullptr ? "" : value.bytes.data(),
                          value.bytes.size(), SQLITE_TRANSIENT);
  if (code != SQLITE_OK) owner_->fail(code);
}

void database::rows::bind(int index, std::nullopt_t) {
  sqlite3_bind_null(prepared(statement_), index);
}

one_view::one_view(database& owner) : owner_(&owner) {
  owner.run("BEGIN DEFERRED");
}

one_view::~one_view() {
  try {
    owner_->run("ROLLBACK");
  } catch (const failure&) {  // SQLite has already ended it by itself.
  }
}

transaction::transaction(database& owner) : owner_(&owner) {
  owner.run("BEGIN IMMEDIATE");
}

transaction::~transaction() {
  if (owner_ == nullptr) return;
  try {
    owner_->run("ROLLBACK");
  } catch (const failure&) {  // SQLite has already rolled back by itself, as it does on a full disk.
  }
}

void transaction::commit() {
  owner_->run("COMMIT");
  owner_ = nullptr;
}

}  // namespace intake
