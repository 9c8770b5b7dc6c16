#include "ledger_schema.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <thread>

#include "limits.hpp"

namespace intake::ledger_schema {
namespace {

constexpr auto version_1 = R"sql(
CREATE TABLE meta(name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE subjects(
  subject INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  key BLOB                     -- of its payloads, sealed; NULL: erased
) STRICT;
CREATE TABLE events(
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,         -- UTC seconds
  zone INTEGER NOT NULL,       -- minutes east
  subject INTEGER NOT NULL REFERENCES subjects,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  facts TEXT NOT NULL,         -- JSON, nothing personal
  payload BLOB,                -- JSON, sealed; NULL: none
  digest BLOB NOT NULL,        -- keyed, of kind, facts and payload: tells a repetition
  chain BLOB NOT NULL          -- SHA-256 of the chain before and of this row
) STRICT;
CREATE INDEX events_subject ON events(subject, kind);
CREATE INDEX events_at ON events(at);
CREATE TRIGGER events_keep BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER events_stay BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
)sql";
constexpr auto version_2 = R"sql(
-- Payloads may be packed from here on, which version 1 does not know; those that are there stay as the chain holds them.
)sql";
/// Each brings a ledger from its own index to the next version; never changed once released, only added to.
constexpr const char* migrations[] = {version_1, version_2};
static_assert(std::size(migrations) == version);

class directory_lock {
 public:
  explicit directory_lock(const std::string& path) {
    auto folder = std::filesystem::path(path).parent_path();
    if (folder.empty()) folder = ".";
    fd_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd_ < 0) {
      const auto status = errno == EACCES ? exit_status::no_permission : exit_status::cant_create;
      throw system_failure(status, "{}: its directory", path);
    }
    const auto until = std::chrono::steady_clock::now() + limits::ledger_busy;
    while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK || std::chrono::steady_clock::now() >= until) {
        const auto told = system_failure(exit_status::temp_fail, "{}: lock of its directory", path);
        ::close(fd_);
        throw told;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  directory_lock(const directory_lock&) = delete;
  directory_lock& operator=(const directory_lock&) = delete;
  ~directory_lock() { ::close(fd_); }
  /// A name that was put into the directory outlives a loss of power.
  void sync() const {
    if (::fsync(fd_) != 0) throw system_failure(exit_status::io, "a directory");
  }

 private:
  int fd_ = -1;
};

bool is_there(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 || errno != ENOENT;
}

}  // namespace

void must_exist(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    throw system_failure(errno == EACCES ? exit_status::no_permission : exit_status::no_input, path);
  if (!S_ISREG(status.st_mode)) throw failure(exit_status::config, "{}: not a ledger (no regular file)", path);
  if ((status.st_mode & 07) != 0)
    throw failure(exit_status::no_permission, "{}: others may read or write it; chmod o= it", path);
}

namespace {

constexpr auto journal = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL";

void migrate(database& db, std::int64_t from, std::int64_t to = version) {
  for (auto step = from; step < to; ++step) db.script(migrations[step]);
  db.script("PRAGMA application_id=" + std::to_string(application_id) + "; PRAGMA user_version=" + std::to_string(to));
}

/// Version of the schema. Throws failure(config) for what is no ledger of ours.
std::int64_t version_of(database& db) {
  const auto refuse = [&](const phrase& why) -> failure {
    return {exit_status::config, "{}: {}; it was left as it is", db.path(), why};
  };
  const auto owner = db.number("PRAGMA application_id").value_or(0);
  const auto found = db.number("PRAGMA user_version").value_or(0);
  // An empty file may be what is left of a ledger. Going on with a new one would forget everything without a word.
  if (owner == 0 && found == 0 && db.number("SELECT count(*) FROM sqlite_schema") == 0)
    throw refuse(phrase("empty, so not a ledger (put a backup in its place, or remove it to begin a new one)"));
  if (owner != application_id) throw refuse(phrase("not a ledger (a database of another program)"));
  if (found > version) throw refuse(phrase("made by a newer intake (schema {}, this one knows {})", found, version));
  if (found < 1) throw refuse(phrase("damaged (no schema version)"));
  return found;
}

/// Makes a whole ledger beside its place and then puts it there: no one ever sees half of one, and what a killed maker
/// leaves is never taken for one.
void make(const std::string& path, const std::function<void(database&)>& fill) {
  const auto fresh = path + ".new";
  const auto clear = [&] {
    for (const auto* companion : {"", "-journal"}) ::unlink((fresh + companion).c_str());
  };
  clear();
  const int fd = ::open(fresh.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) throw system_failure(errno == EACCES ? exit_status::no_permission : exit_status::cant_create, fresh);
  ::close(fd);  // before SQLite opens it: closing it later would drop the locks that SQLite holds on it
  try {
    {
      // Without a write-ahead log, so that the file alone is the whole when it gets its name.
      database db(fresh, database::mode::write);
      db.script("PRAGMA synchronous=FULL");
      transaction first(db);
      migrate(db, 0);
      db.script(derived_tables("main"));
      fill(db);
      first.commit();
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) throw system_failure(exit_status::cant_create, path);
  } catch (...) {
    clear();
    throw;
  }
}

}  // namespace

bool is_derived(std::string_view table) {
  return std::find(std::begin(derived_names), std::end(derived_names), table) != std::end(derived_names);
}

std::string derived_tables(const std::string& schema) {
  std::string sql = R"sql(
CREATE TABLE @messages(
  subject INTEGER PRIMARY KEY,
  state INTEGER NOT NULL,      -- 1 received, 2 judged, 3 exported
  kind TEXT NOT NULL, disposition TEXT NOT NULL,
  day INTEGER NOT NULL,        -- handling day, days since 1970-01-01; 0: not known
  arrived INTEGER NOT NULL,
  judged BLOB NOT NULL,        -- digest of the latest judgement
  cleared BLOB NOT NULL,       -- digest of the judgement that a clerk cleared
  malware INTEGER NOT NULL, finished INTEGER NOT NULL, erased INTEGER NOT NULL,
  latest INTEGER NOT NULL,     -- event that describes it best
  dated INTEGER                -- its place in dated; NULL: it has none
) STRICT;
CREATE INDEX @messages_day ON messages(day);
CREATE INDEX @messages_unfinished ON messages(subject) WHERE finished = 0;
CREATE INDEX @messages_cleared ON messages(subject) WHERE cleared <> x'';
CREATE TABLE @mailboxes(
  mailbox INTEGER PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, uidvalidity TEXT NOT NULL,
  UNIQUE(account, name, uidvalidity)) STRICT;
CREATE TABLE @sources(
  mailbox INTEGER NOT NULL, uid ANY NOT NULL, subject INTEGER NOT NULL,
  PRIMARY KEY(mailbox, uid)) STRICT, WITHOUT ROWID;
CREATE INDEX @sources_subject ON sources(subject);
CREATE TABLE @ranges(                -- of finished numeric UIDs
  mailbox INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY(mailbox, first)) STRICT, WITHOUT ROWID;
CREATE TABLE @lookups(
  what INTEGER NOT NULL, hash BLOB NOT NULL, subject INTEGER NOT NULL,
  owner INTEGER NOT NULL,      -- short form of the message's id: a history is read without looking up each id
  PRIMARY KEY(what, hash, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE @dated(             -- what is held against a day's list
  kind INTEGER NOT NULL,       -- 1 application, 2 list
  at INTEGER NOT NULL,         -- UTC seconds: submitted, else arrived; noon UTC of a day that is told without a time
  subject INTEGER NOT NULL,
  receipt BLOB NOT NULL,       -- as in lookups; empty: none
  PRIMARY KEY(kind, at, subject)) STRICT, WITHOUT ROWID;
CREATE TABLE @repeats(           -- receipt numbers that several applications have named
  receipt BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE @items(
  subject INTEGER NOT NULL, action TEXT NOT NULL, basis BLOB NOT NULL, due INTEGER NOT NULL,
  settled INTEGER NOT NULL,    -- event that settled it; 0: open
  PRIMARY KEY(subject, action, basis)) STRICT, WITHOUT ROWID;
CREATE INDEX @items_open ON items(subject) WHERE settled = 0;
)sql";
  for (auto at = sql.find('@'); at != std::string::npos; at = sql.find('@', at)) sql.replace(at, 1, schema + ".");
  return sql;
}

std::unique_ptr<database> open_for_writing(const std::string& path, const std::function<void(database&)>& fill) {
  const directory_lock lock(path);
  if (!is_there(path)) {
    make(path, fill);
    lock.sync();
  }
  must_exist(path);
  auto db = std::make_unique<database>(path, database::mode::write);
  const auto found = version_of(*db);  // refused before the first write
  db->script(journal);
  if (found < version) {
    transaction update(*db);
    migrate(*db, found);
    update.commit();
  }
  return db;
}

std::unique_ptr<database> open_for_reading(const std::string& path) {
  must_exist(path);
  // Whoever is just making it comes to an end first: half a pipe starts while the other half makes the ledger.
  const directory_lock lock(path);
  try {
    auto db = std::make_unique<database>(path, database::mode::read);
    (void)version_of(*db);
    return db;
  } catch (const failure& refused) {
    // WAL mode needs the -shm file even for reading. Where it can be neither found nor made (a read-only medium),
    // nobody writes either, and the file is whole if no -wal lies beside it.
    std::error_code ignored;
    const auto wal = std::filesystem::file_size(path + "-wal", ignored);
    const bool rests = ignored || wal == 0;
    const auto status = refused.status();
    if (!rests || (status != exit_status::no_permission && status != exit_status::no_input)) throw;
    auto db = std::make_unique<database>(path, database::mode::frozen);
    (void)version_of(*db);
    return db;
  }
}

std::unique_ptr<database> example(std::int64_t of_version) {
  auto db = std::make_unique<database>(":memory:", database::mode::write);
  migrate(*db, 0, of_version);
  db->script(derived_tables("main"));
  return db;
}

}  // namespace intake::ledger_schema
