// The text of pages that bring none, read off their pixels by Tesseract. What a page shows is hostile: each page is
// read by a process of its own that can neither open a file nor reach anything but the socket on which it hands over
// lines.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "nursery.hpp"
#include "page.hpp"

namespace intake {

class page_reader {
 public:
  /// `languages` as Tesseract names them, "jpn+eng". Its library is loaded, and its data with the first page. Throws
  /// failure(usage) when that are no names, failure(unavailable) when the library or the data of one is not installed.
  explicit page_reader(const std::string& languages);

  /// The lines of a page, none when it shows no text; nullopt when it could not be read in time.
  [[nodiscard]] std::optional<std::vector<text_run>> read(const page& of, std::chrono::milliseconds time) const;

  [[nodiscard]] int descriptor() const { return nursery_.descriptor(); }

 private:
  nursery nursery_;
};

/// Text as Tesseract tells it, without the spaces that it puts between ideographs and without what is_text_character()
/// refuses.
[[nodiscard]] std::u32string plain_line(std::string_view utf8);

}  // namespace intake
