// What intake-render can make harmless, by media type. The type is the one that intake-scan found in the content; the
// name of a file decides nothing.
#pragma once

#include <string_view>

namespace intake {

/// Which engine reads it, and as what.
enum class document_family {
  writer,
  calc,
  impress,        ///< LibreOffice, opened as this kind of document and as no other
  locked_office,  ///< LibreOffice, as whatever is found behind the password
  plain_text,
  table,  ///< LibreOffice too, after the text was decoded and wrapped by us
  pdf,
  image,  ///< MuPDF
  tiff,
  webp,
  heif,  ///< images that MuPDF does not read, or not all of
};

struct document_kind {
  std::string_view type;  ///< media type, lower case
  document_family family;
  std::string_view extension;  ///< that makes LibreOffice take the filter for this type first
};

/// nullptr: a type that cannot be made harmless. `type` is compared without regard to case (RFC 2045, 5.1) and may
/// carry parameters, which are not looked at.
[[nodiscard]] const document_kind* find_document_kind(std::string_view type);

[[nodiscard]] constexpr bool needs_office(document_family family) {
  return family < document_family::pdf;
}

}  // namespace intake
