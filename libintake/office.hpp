// Office documents to PDF by LibreOfficeKit. LibreOffice is started once, warmed with documents of our own making, and
// forked for each received document; the fork confines itself before it reads one byte. The PDF that comes back is as
// hostile as the document: it goes to raster, never to a reader.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "document_kind.hpp"
#include "document_passwords.hpp"
#include "nursery.hpp"

namespace intake {

/// What a document holds that its pages do not show, or not as such. Said by a process that has read the document.
struct office_notes {
  std::uint32_t hidden_sheets = 0, comments = 0, changes = 0;
};

struct office_answer {
  enum class outcome { failed, timeout, damaged, password, done };
  outcome what = outcome::failed;
  std::string untrusted_pdf;
  office_notes notes = {};
  bool sheets_whole = false;   ///< each page is a whole sheet, to be cut into pages of its width
  std::uint32_t password = 0;  ///< which of the passwords opened it, from 1; 0: none was needed
};

class office {
 public:
  /// Starts the process; LibreOffice itself starts with the first document. `fonts` is a fontconfig file. Throws
  /// failure(unavailable) when there is no LibreOffice, failure(os) when the kernel gives no private file systems.
  explicit office(const std::string& fonts);

  /// One retry when the child does not answer in time or dies. Only a document that asks for a password is given them.
  [[nodiscard]] office_answer convert(const document_kind& kind, std::string_view bytes, std::chrono::milliseconds time,
                                      const document_passwords& passwords) const;

  [[nodiscard]] int descriptor() const { return nursery_.descriptor(); }

 private:
  nursery nursery_;
};

}  // namespace intake
