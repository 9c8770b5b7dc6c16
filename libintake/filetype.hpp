// What a file really is, by its content. Handles hostile bytes: call inside the sandbox. The types an office may
// receive are recognised by structure here; libmagic gives a second opinion where there is no structure to go by.
#pragma once

#include <memory>
#include <span>
#include <string>
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
  chm,
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

/// By content. `name` only tells a script of a language without a signature from plain text.
[[nodiscard]] file_kind recognise(std::string_view untrusted_bytes, std::string_view untrusted_name = {});

/// Kinds that run when they are opened.
[[nodiscard]] bool is_program(file_kind kind);
/// Whether the container behind it is OLE2, or zip.
[[nodiscard]] bool is_ole(file_kind kind);
[[nodiscard]] bool is_zip(file_kind kind);

struct file_type {
  file_kind kind = file_kind::unknown;
  std::string mime;     ///< of the kind; of libmagic for an unknown one
  std::string contest;  ///< why the content is doubtful as this kind; empty: it is not
};

/// Holds libmagic's tables. Make it before the sandbox is entered; forked workers share it.
class type_reader {
 public:
  /// Throws failure(unavailable) without libmagic's tables.
  type_reader();
  ~type_reader();
  type_reader(const type_reader&) = delete;
  type_reader& operator=(const type_reader&) = delete;
  [[nodiscard]] file_type identify(std::string_view untrusted_bytes, std::string_view untrusted_name) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace intake
