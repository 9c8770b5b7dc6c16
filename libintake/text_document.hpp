// Plain text and comma-separated values as flat OpenDocument files, so that no import filter guesses at charset,
// separator or format: a text that begins like HTML is shown as the text it is. Hostile bytes: called in the confined
// child of office.
#pragma once

#include <string>
#include <string_view>

namespace intake {

/// `bytes` in any charset of Japanese mail; lines are kept, tabs too.
[[nodiscard]] std::string text_as_document(std::string_view bytes);

/// Cells as text, never as formulas; separated by whichever of comma, tab and semicolon the first lines use. As wide as
/// the page, landscape.
[[nodiscard]] std::string table_as_document(std::string_view bytes);

}  // namespace intake
