// The first pages of a document side by side, small, as one PNG: for a clerk's glance. Made of pixels that have passed
// every check; nothing received is decoded here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "page.hpp"

namespace intake {

class contact_sheet {
 public:
  static constexpr std::uint32_t most_pages = 6, thumbnail_columns = 300, thumbnail_rows = 424, gap = 12;

  /// Pages beyond the first six are not shown.
  void add(const page& page);
  /// Three pages a row on grey; empty without pages. The same pages give the same bytes.
  [[nodiscard]] std::string png() const;

 private:
  struct thumbnail {
    std::uint32_t columns = 0, rows = 0;
    std::string rgb;
  };
  std::vector<thumbnail> pages_;
};

}  // namespace intake
