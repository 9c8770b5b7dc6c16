// The linear pre-scan of a message: where its parts are, and whether it keeps within the limits. Handles hostile bytes;
// runs before any other parser sees one. Time and memory are linear in the message whatever it holds, and the scan
// stops at the first limit that is crossed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "mime_field.hpp"

namespace intake {

struct header_field {
  std::string_view name;  ///< as written
  std::string_view raw;   ///< value with its folds
};

struct mime_part {
  std::vector<header_field> fields;
  structured_field type;  ///< of Content-Type, or the default
  bool typed = false;     ///< there is a Content-Type
  std::string_view body;  ///< of a leaf: encoded bytes; of a multipart: everything between header and end
  std::size_t header_begin = 0, header_end = 0;  ///< offsets in the message; the blank line belongs to the header
  std::size_t parent = 0, depth = 0;             ///< part 0 is the message, its own parent
  std::vector<std::size_t> children;
  bool multipart = false;  ///< it was opened as one: it has a boundary
  std::string boundary;    ///< of a multipart, decoded
};

struct mime_structure {
  std::vector<mime_part> parts;      ///< in the order of the message
  std::vector<std::string> defects;  ///< English phrases, each once
  std::string limit;                 ///< the first limit that was crossed; empty: none, and `parts` is all of it

  void defect(std::string_view what);
};

/// Views point into `message`, which must outlive the result.
[[nodiscard]] mime_structure scan_mime(std::string_view message);

/// Offset of the next line that begins with "--", after the line at `at`; the size of `text` if there is none.
[[nodiscard]] std::size_t next_dashed_line(std::string_view text, std::size_t at);

/// First field of a name (lower case), or nullptr.
[[nodiscard]] const header_field* find_field(const mime_part& part, std::string_view name);

/// A second reading of the same structure, by mimetic, from headers and delimiter lines only: bodies, which hold
/// nothing structural, are never copied. Empty, or how it differs. Two parsers that disagree mean that mail readers
/// will too. Call only for a structure without `limit`: mimetic bounds nothing itself.
[[nodiscard]] std::string second_reading(std::string_view message, const mime_structure& structure);

}  // namespace intake
