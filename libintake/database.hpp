// One SQLite connection. The file is our own but may be damaged, foreign, or in use by another process; every way that
// can go wrong becomes a failure with the right exit status. SQL texts are literals; values are bound.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "failure.hpp"

namespace intake {

/// Bound as BLOB, where a plain text is bound as TEXT.
struct blob {
  std::string_view bytes;
};

class database {
 public:
  enum class mode {
    write,
    read,
    frozen,  ///< read, on a file system that cannot be written and where no other process writes
  };

  /// Opens an existing file. Throws failure: config (not SQLite, damaged), no_permission, no_input, temp_fail (locked
  /// for longer than limits::ledger_busy), io.
  database(const std::string& path, mode how);
  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database();

  /// Rows of one statement. Columns count from 0; texts are valid until the next step.
  class rows {
   public:
    rows(rows&& other) noexcept;
    rows& operator=(rows&&) = delete;
    rows(const rows&) = delete;
    ~rows();
    /// False after the last row.
    [[nodiscard]] bool next();
    [[nodiscard]] bool null(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    /// Text or blob.
    [[nodiscard]] std::string_view bytes(int column) const;
    [[nodiscard]] std::string text(int column) const { return std::string(bytes(column)); }

   private:
    friend class database;
    rows(database& owner, const char* sql);
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view value);
    void bind(int index, blob value);
    void bind(int index, std::nullopt_t);
    template <class T>
    void bind(int index, const std::optional<T>& value) {
      value ? bind(index, *value) : bind(index, std::nullopt);
    }
    database* owner_;
    const char* sql_;
    void* statement_;
  };

  /// `sql` must be a string literal: prepared statements are kept by its address.
  template <class... T>
  [[nodiscard]] rows query(const char* sql, const T&... values) {
    rows result(*this, sql);
    int index = 0;
    (result.bind(++index, values), ...);
    return result;
  }
  /// Runs a statement to its end. Returns how many rows it changed.
  template <class... T>
  std::int64_t run(const char* sql, const T&... values) {
    auto result = query(sql, values...);
    while (result.next()) {
    }
    return changes();
  }
  /// First column of the first row as a number; nullopt when there is no row.
  template <class... T>
  [[nodiscard]] std::optional<std::int64_t> number(const char* sql, const T&... values) {
    auto result = query(sql, values...);
    if (!result.next()) return std::nullopt;
    return result.integer(0);
  }
  /// Whether a query that is made up at run time (of names, never of values) has a row.
  [[nodiscard]] bool any(const std::string& sql);
  /// Several statements without values.
  void script(const std::string& sql);
  /// Copies the whole database, page by page, while others go on using it.
  void copy_to(database& destination);

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  [[nodiscard]] std::int64_t changes() const;
  [[noreturn]] void fail(int code) const;

  std::string path_;
  mode mode_;
  void* handle_ = nullptr;
  std::chrono::steady_clock::time_point waiting_since_;  ///< for the lock that another process holds
  std::unordered_map<const char*, std::vector<void*>> idle_;
};

/// While it lives, every query sees the file as it was at the first of them, and none asks for a lock of its own.
/// Others may write meanwhile; this connection may not.
class one_view {
 public:
  explicit one_view(database& owner);
  one_view(const one_view&) = delete;
  one_view& operator=(const one_view&) = delete;
  ~one_view();

 private:
  database* owner_;
};

/// BEGIN IMMEDIATE … COMMIT; rolled back unless committed.
class transaction {
 public:
  explicit transaction(database& owner);
  transaction(const transaction&) = delete;
  transaction& operator=(const transaction&) = delete;
  ~transaction();
  void commit();

 private:
  database* owner_;
};

}  // namespace intake
