// Reading of TOML settings with every mistake told at once, as file:line. Trusted input: the desk's own files. A key is
// known because it was asked for; whatever nobody asked for is an error, with a suggestion. Used by config and profile.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "phrase.hpp"

namespace intake {

/// Of `known`, the word nearest to `wrong` by edit distance, if one is near enough to be meant; else empty.
[[nodiscard]] std::string nearest_word(std::string_view wrong, const std::vector<std::string>& known);

class toml_document;

/// A table being read. Each accessor makes its key known; a wrong type is told once and reads as absent. Valid as long
/// as its document. A table that is absent answers every question with "absent", and tells of no missing keys.
class toml_table {
 public:
  toml_table() = default;

  [[nodiscard]] bool present() const { return table_ != nullptr; }
  /// Line of `key`, or of the table when the key is absent.
  [[nodiscard]] unsigned line(std::string_view key = {}) const;
  /// Adds an error at the line of `key`.
  void error(std::string_view key, const phrase& text) const;
  /// `format` and `values` as phrase takes them.
  template <typename... Values>
  void error(std::string_view key, const char* format, const Values&... values) const {
    error(key, phrase(format, values...));
  }

  /// Absent: empty. Control characters other than line ends and tabs are refused.
  [[nodiscard]] std::string text(std::string_view key) const;
  /// Absent or empty: an error.
  [[nodiscard]] std::string required_text(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;
  /// Out of range: an error, and `otherwise`.
  [[nodiscard]] std::int64_t number(std::string_view key, std::int64_t otherwise, std::int64_t low,
                                    std::int64_t high) const;
  [[nodiscard]] bool boolean(std::string_view key, bool otherwise) const;
  /// A TOML date, or text of the same form, as "YYYY-MM-DD"; absent: empty.
  [[nodiscard]] std::string day(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> days(std::string_view key) const;

  [[nodiscard]] bool has(std::string_view key) const;
  [[nodiscard]] toml_table table(std::string_view key) const;
  [[nodiscard]] toml_table required_table(std::string_view key) const;
  /// Elements of an array of tables.
  [[nodiscard]] std::vector<toml_table> tables(std::string_view key) const;
  /// All keys in the order of the file; for tables whose keys are names of the user's. Makes none of them known.
  [[nodiscard]] std::vector<std::string> keys() const;

 private:
  friend class toml_document;
  toml_table(toml_document* document, const void* table, std::string name)
      : document_(document), table_(table), name_(std::move(name)) {}

  /// The library's node of that key, or nullptr; makes the key known.
  [[nodiscard]] const void* node(std::string_view key) const;
  void wrong_type(std::string_view key, const phrase& wanted) const;

  toml_document* document_ = nullptr;
  const void* table_ = nullptr;  ///< the library's table
  std::string name_;             ///< "[site]" as errors show it; empty: the top level
};

class toml_document {
 public:
  /// Throws failure: no_input, no_permission, or config with file:line for what is not TOML.
  explicit toml_document(const std::string& path);
  ~toml_document();
  toml_document(const toml_document&) = delete;
  toml_document& operator=(const toml_document&) = delete;

  [[nodiscard]] toml_table root();
  void error(unsigned line, const phrase& text);
  /// Adds an error for every key that was not asked for; throws failure(config) if there is any error, with all of
  /// them in the order of lines. To be called once, when all was read.
  void finish();

 private:
  friend class toml_table;
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace intake
