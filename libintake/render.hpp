// Every file of an acceptable record to a harmless PDF, and no byte of an original any further. Runs in a worker that
// holds no engine itself: office and raster read the documents, in processes of their own.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "clearance.hpp"
#include "document_passwords.hpp"
#include "office.hpp"
#include "page_reader.hpp"
#include "progress.hpp"
#include "raster.hpp"
#include "record.hpp"
#include "vector_maker.hpp"

namespace intake {

struct render_options {
  unsigned dpi = 150;
  std::chrono::seconds time{120};  ///< for one document; half a second for each MiB is added
  document_passwords passwords;    ///< for documents that ask for one
  bool preview = false;            ///< a small picture of the first pages beside each PDF
  progress* shown = nullptr;       ///< told of each page and file
  /// Pages of documents are rebuilt by it as vectors; pictures stay pixels. nullptr: all pages are pixels.
  const vector_maker* vectors = nullptr;
  const page_reader* reader = nullptr;  ///< for the text of pages that bring none; nullptr: they stay without
};

class renderer {
 public:
  renderer(const office& office, const raster& raster, const clearance& cleared, render_options options);

  /// Sets `pdf` of every file that may be rendered and drops `data` of every file. A file may be rendered when its
  /// scan is clean and its record accepted or cleared. What could not be done is a render.* finding.
  void handle(record& rec) const;

 private:
  struct finished;
  [[nodiscard]] finished make(std::string_view type, std::string_view bytes, std::size_t room) const;
  void make_vectors(finished& made, std::string_view untrusted_pdf, std::chrono::milliseconds time) const;
  /// Fills in the text of a page that has none; a page that cannot be read is counted in `unread`.
  void read_text(page& of, unsigned& unread, std::chrono::steady_clock::time_point until) const;
  void finish(record& rec, std::size_t index, std::string_view id, finished& made, std::size_t& room) const;

  const office& office_;
  const raster& raster_;
  const clearance& cleared_;
  render_options options_;
};

/// One line for what the pages do not show; empty when there is nothing of the kind.
[[nodiscard]] std::string describe(const office_notes& notes);

/// One line for all missing characters of a document: "U+E000 (p. 1), …".
[[nodiscard]] std::string describe(const std::vector<missing_character>& missing);

}  // namespace intake
