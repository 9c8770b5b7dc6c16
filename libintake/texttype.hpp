// Kinds of file that are text: plain, tables, mark-up, scripts, messages. Handles hostile bytes. Part of filetype.
#pragma once

#include <string>
#include <string_view>

#include "filetype.hpp"

namespace intake {

/// txt, csv, html, svg, xml, rtf, eml, script or unknown.
[[nodiscard]] file_kind recognise_text(std::string_view untrusted_bytes);

/// The text as bytes that ASCII can be looked for in: UTF-16 (marked or plain to see) narrowed, with '?' for what is
/// not ASCII; a byte order mark taken off; anything else as it is. At most `limit` bytes of the input are read.
[[nodiscard]] std::string narrowed(std::string_view untrusted_bytes, std::size_t limit);

/// Whether a cell of this table runs a program when a spreadsheet opens it: "=cmd|'/c …'!A1".
[[nodiscard]] bool has_dde_cell(std::string_view untrusted_text);

/// The first element's name without its prefix, lower case, of a text that begins as XML; empty if none.
[[nodiscard]] std::string root_element(std::string_view untrusted_text);

}  // namespace intake
