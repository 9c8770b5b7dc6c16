// The writer of harmless PDFs: pages of pixels with an invisible text layer, and nothing else. Its input was received
// from a confined process and is checked again here; no byte of the original is copied into the result, which has no
// metadata but the producer. The same pages give the same bytes.
#pragma once

#include <memory>
#include <string>

#include "page.hpp"

namespace intake {

class safe_pdf {
 public:
  safe_pdf();
  ~safe_pdf();
  safe_pdf(const safe_pdf&) = delete;
  safe_pdf& operator=(const safe_pdf&) = delete;

  /// Throws std::invalid_argument when the page is not what it says (sizes, code points, boxes).
  void add(const page& page);
  /// About how large the file is by now.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] unsigned pages() const;
  /// The file. Call once, with at least one page.
  [[nodiscard]] std::string finish();

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace intake
