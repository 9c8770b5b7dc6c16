// The entries of a day's list mails in little memory: a million of them in some 130 MB. Their texts come from mails;
// they are kept as they are and never trusted.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "list_mail.hpp"

namespace intake {

class entry_table {
 public:
  /// Members in the order of list_fields.
  using fields = std::array<std::string_view, 5>;

  void add(const fields& entry);
  [[nodiscard]] std::size_t size() const { return rows_.size(); }
  /// Valid until the table goes.
  [[nodiscard]] std::string_view receipt_no(std::size_t at) const;
  [[nodiscard]] list_entry entry(std::size_t at) const;

 private:
  struct row {
    std::uint32_t block = 0, offset = 0;
    std::array<std::uint32_t, std::tuple_size_v<fields>> sizes{};
  };
  std::vector<std::string> blocks_;  ///< never grown beyond what was reserved, so that no large block is ever copied
  std::vector<row> rows_;
};

}  // namespace intake
