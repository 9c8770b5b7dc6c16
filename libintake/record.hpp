// Records: newline-delimited JSON, one message a line (docs/record.md). Input is hostile: a line may be anything.
// simdjson reads and validates; changes are spliced into the line as it came, so that bytes which a filter does not
// know pass through untouched. No object keeps more than a few times its line in memory.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "findings.hpp"
#include "json.hpp"
#include "line_edits.hpp"

namespace intake {

inline constexpr int record_version = 1;

/// Why a line is not a record. what() is an English phrase for input.unusable's detail.
class unusable_line : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class large_strings;
struct document_state;

/// A read-only view of a JSON value. Cheap to copy; valid as long as its record. A value that is absent, or of another
/// kind than asked for, answers with the default: nothing here throws on hostile content.
class value {
 public:
  value() = default;

  enum class kind { absent, null, boolean, number, string, array, object };
  [[nodiscard]] kind type() const;
  [[nodiscard]] explicit operator bool() const { return type() != kind::absent; }
  [[nodiscard]] bool is_object() const { return type() == kind::object; }
  [[nodiscard]] bool is_array() const { return type() == kind::array; }
  [[nodiscard]] bool is_string() const { return type() == kind::string; }

  /// Member of an object.
  [[nodiscard]] value operator[](std::string_view key) const;
  [[nodiscard]] std::string_view str(std::string_view otherwise = {}) const;
  [[nodiscard]] std::int64_t integer(std::int64_t otherwise = 0) const;
  [[nodiscard]] bool boolean(bool otherwise = false) const;
  /// Decoded base64 of a string; nullopt if absent or not base64.
  [[nodiscard]] std::optional<std::string> bytes() const;
  /// Elements of an array (none for anything else), in order.
  [[nodiscard]] std::vector<value> items() const;
  /// Members of an object (none for anything else), in order.
  [[nodiscard]] std::vector<std::pair<std::string_view, value>> members() const;
  /// Calls `visit` for each element without building a vector.
  void each(const std::function<void(value)>& visit) const;
  /// This value as compact JSON text (not the bytes as they came).
  [[nodiscard]] std::string json() const;

 private:
  friend class record;
  alignas(8) unsigned char element_[16] = {};
  const large_strings* large_ = nullptr;  ///< of the record; null: absent
};

/// Optional members of a finding.
struct finding_details {
  std::string_view file;    ///< id of the file it is about
  std::string_view detail;  ///< what exactly, in words or data; quoted, never interpreted
};

class record {
 public:
  /// `line` without its LF. Throws unusable_line: not UTF-8, not JSON, not an object, duplicate keys, nested too deep,
  /// a newer version, no id.
  explicit record(std::string line);
  record(record&&) noexcept;
  record& operator=(record&&) noexcept;
  ~record();

  [[nodiscard]] std::string_view id() const;
  [[nodiscard]] value root() const;
  [[nodiscard]] value operator[](std::string_view key) const { return root()[key]; }
  /// Elements of "files".
  [[nodiscard]] std::vector<value> files() const { return root()["files"].items(); }
  /// Whether the record already carries this finding (as it came, or added since).
  [[nodiscard]] bool has_finding(std::string_view code) const;
  /// Whether the record, as it came, carries a finding about this file whose code begins so.
  [[nodiscard]] bool has_finding_of(std::string_view file, std::string_view code_prefix) const;

  // Changes. They are collected and take effect in line(); reads go on seeing the line as it came. `json` must be
  // valid JSON on one line. "id" and "intake" cannot be changed.

  /// Sets a top-level member, or replaces it.
  void set(std::string_view key, json::text json);
  void erase(std::string_view key);
  /// Sets a member of a top-level object (mail, raw, scan …); the object is made if absent.
  void set_in(std::string_view object, std::string_view key, json::text json);
  void erase_in(std::string_view object, std::string_view key);
  /// Sets or erases a member of files[index].
  void set_in_file(std::size_t index, std::string_view key, json::text json);
  void erase_in_file(std::size_t index, std::string_view key);
  /// Appends to a top-level array; the array is made if absent.
  void append(std::string_view array, json::text json);
  /// Appends to "findings", with severity from the table and the clause's label (see clause_labels).
  void find(finding_code code, const finding_details& details = {});

  /// The line with all changes, without LF.
  [[nodiscard]] std::string line() const;
  /// The line as it came.
  [[nodiscard]] std::string_view original() const;
  /// The changes alone; they may be moved away, after which there are none.
  [[nodiscard]] const line_edits& edits() const;
  [[nodiscard]] line_edits& edits();

  /// A record over bytes that the caller keeps for as long as the record lives. At least line_padding bytes behind the
  /// line must be readable.
  [[nodiscard]] static record over(std::string_view line);
  static constexpr std::size_t line_padding = octets::padding;

 private:
  record();
  void parse();
  std::unique_ptr<document_state> state_;
};

/// Throws unusable_line unless `text` is one JSON value without a line feed and without duplicate keys. At least
/// record::line_padding bytes behind it must be readable.
void check_json_value(std::string_view text);

/// Labels that findings carry for clause keys, from the profile; set once at start by the tool. A key without a label
/// is shown as the key itself.
void set_clause_labels(std::vector<std::pair<std::string, std::string>> labels);
[[nodiscard]] std::string_view clause_label(std::string_view key);

/// The error record that stands for a line which is none: {"intake":1,"id":"x-…","input":{…},"findings":[…],…}.
/// `kept` is what was kept of the line (all of it up to limits::unusable_kept_bytes), `size` and `sha256` tell of all.
[[nodiscard]] std::string unusable_record(std::string_view kept, std::uint64_t size, std::string_view sha256_hex,
                                          std::string_view reason);

}  // namespace intake
