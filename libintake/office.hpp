// Office documents to PDF by LibreOfficeKit. LibreOffice is started once, warmed with documents of our own making, and
// forked for each received document; the fork confines itself before it reads one byte. The PDF that comes back is as
// hostile as the document: it goes to raster, never to a reader.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "document_kind.hpp"
#include "nursery.hpp"

namespace intake {

struct office_answer {
  enum class outcome { failed, timeout, damaged, password, done };
  outcome what = outcome::failed;
  std::string untrusted_pdf;
};

class office {
 public:
  /// Starts the process; LibreOffice itself starts with the first document. `fonts` is a fontconfig file. Throws
  /// failure(unavailable) when there is no LibreOffice, failure(os) when the kernel gives no private file systems.
  explicit office(const std::string& fonts);

  /// One retry when the child does not answer in time or dies.
  [[nodiscard]] office_answer convert(const document_kind& kind, std::string_view bytes,
                                      std::chrono::milliseconds time) const;

  [[nodiscard]] int descriptor() const { return nursery_.descriptor(); }

 private:
  nursery nursery_;
};

}  // namespace intake
