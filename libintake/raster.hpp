// Documents and pictures to pages: MuPDF for PDF and most pictures, libtiff, libwebp and libheif for the others. The
// bytes are hostile; each document is read in a process of its own that can neither open a file nor reach anything but
// the socket on which it hands over its pages.
#pragma once

#include <chrono>
#include <string_view>

#include "document_kind.hpp"
#include "nursery.hpp"
#include "page.hpp"

namespace intake {

struct raster_request {
  document_family family = document_family::pdf;  ///< pdf or one of the pictures
  unsigned dpi = 150;
  /// The PDF comes from our own LibreOffice, so that a private-use character in it is one that no font could draw.
  bool own_fonts = false;
  std::string_view bytes;
  bool sheets_whole = false;              ///< cut each page into pages of its width, as long as paper is
  std::string_view passwords = {};        ///< document_passwords::packed, for a document that asked for one
  std::chrono::milliseconds visiting{0};  ///< that the visitor may take for all pages, the child waiting meanwhile
};

class raster {
 public:
  /// Starts the process that keeps fonts and decoders at hand. Call before anything received is read.
  raster();

  /// Reads a document within `time`; pages arrive in order.
  [[nodiscard]] page_outcome run(const raster_request& request, std::chrono::milliseconds time,
                                 const page_visitor& visitor) const;
  /// A page that shows `lines` (trusted text), for what must be told within the PDF itself.
  [[nodiscard]] page_outcome notice(std::string_view lines, unsigned dpi, const page_visitor& visitor) const;

  [[nodiscard]] int descriptor() const { return nursery_.descriptor(); }

 private:
  nursery nursery_;
};

}  // namespace intake
