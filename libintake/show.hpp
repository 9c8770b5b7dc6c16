// Records as a person reads them: a table with one line a message, or one message on a page. Never a byte of a file,
// and nothing of a received text reaches the terminal before it was neutralised.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "record.hpp"
#include "terminal.hpp"
#include "wording.hpp"

namespace intake::show {

/// Rows are made as records come, so the columns depend on the width of the output alone, not on what comes later.
/// Findings follow below their message, indented, so that none is ever cut away.
class table {
 public:
  explicit table(const terminal::style& style);

  /// The row of a message with its findings and what the ledger says is still to be done; of a day's reconciliation;
  /// of a day, an account or the desk with what is to be done about it. The heading comes before the first message.
  [[nodiscard]] std::string lines(const record& rec);
  /// How many of each disposition; nothing when there was no row.
  [[nodiscard]] std::string foot() const;

 private:
  [[nodiscard]] std::string head() const;
  [[nodiscard]] std::string row(const record& rec);
  [[nodiscard]] std::string cells(const std::array<std::string, 7>& texts, terminal::tint tint) const;
  [[nodiscard]] std::string day_row(const record& rec) const;
  [[nodiscard]] std::string subject_row(const record& rec) const;
  [[nodiscard]] std::string open_lines(value open) const;

  terminal::style style_;
  std::array<std::size_t, 7> widths_{};
  std::vector<std::pair<const wording::word*, std::size_t>> counts_;
  std::size_t total_ = 0;
  bool started_ = false;
};

/// The record as JSON without any "data".
[[nodiscard]] std::string without_bytes(const record& rec);

/// The record that a line holds. A day's reconciliation is one too, and what intake-ledger says of a day, an account or
/// the desk, though these have no identity of their own. Throws
/// unusable_line.
[[nodiscard]] record read(const std::string& line);

}  // namespace intake::show
