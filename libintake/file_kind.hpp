// The kinds of file that are told apart, and the one table of their names. Nothing here reads a file.
#pragma once

#include <span>
#include <string_view>

namespace intake {

enum class file_kind {
  unknown,
  empty,
  pdf,
  doc,
  docx,
  docm,
  dotm,
  xls,
  xlsx,
  xlsm,
  xlsb,
  ppt,
  pptx,
  pptm,
  odt,
  ods,
  odp,
  odg,
  rtf,
  txt,
  csv,
  jpeg,
  png,
  tiff,
  heic,
  bmp,
  gif,
  webp,
  jp2,
  zip,
  seven_zip,
  rar,
  lzh,
  gz,
  tar,
  other_archive,  ///< one that is not opened: cab, xz, bz2, …
  disk_image,
  html,
  svg,
  xml,
  eml,
  msg,
  tnef,             ///< winmail.dat
  ooxml_encrypted,  ///< an OLE2 file that holds an encrypted OOXML package
  ole,              ///< any other OLE2 file
  onenote,
  access,
  chm,  ///< this and all behind it run when they are opened
  msi,  ///< an OLE2 file that Windows installs
  lnk,
  pe,
  elf,
  other_program,  ///< of Java, macOS, Android, the web
  script,
};

struct kind_row {
  file_kind kind;
  std::string_view name;        ///< "docx"
  std::string_view mime;        ///< member "type" of a file in a record
  std::string_view extensions;  ///< separated by spaces: what a file of this kind may be called
};

/// The one table of kinds.
[[nodiscard]] std::span<const kind_row> kind_rows();
[[nodiscard]] const kind_row& row_of(file_kind kind);

/// `extension` in lower case, without its dot.
[[nodiscard]] bool fits(const kind_row& row, std::string_view extension);

/// Kinds that run when they are opened.
[[nodiscard]] bool is_program(file_kind kind);
/// Whether the container behind it is OLE2, or zip.
[[nodiscard]] bool is_ole(file_kind kind);
[[nodiscard]] bool is_zip(file_kind kind);

}  // namespace intake
