// Structured header fields of MIME (RFC 2045 section 5.1): a value and parameters, continued and encoded as RFC 2231
// says, or as mailers really write them. Handles hostile bytes; the pre-scan has bounded the field.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mime_words.hpp"

namespace intake {

struct parameter {
  std::string name;   ///< lower case, with its RFC 2231 marks: "filename*0*"
  std::string value;  ///< bytes, unquoted, not decoded
};

struct structured_field {
  std::string value;  ///< lower case, without comments: "text/plain", "attachment"
  std::vector<parameter> parameters;
  bool malformed = false;  ///< something in it is neither value nor parameter, or quotes do not end
};

/// Reads an unfolded value.
[[nodiscard]] structured_field parse_field(std::string_view unfolded);

/// A parameter by its plain name, every form of it joined and decoded. Of several forms the encoded one is taken (RFC
/// 6266 section 4.3); a form that says something else is a defect. `found` tells whether there is any.
struct parameter_text : header_text {
  bool found = false;
};
[[nodiscard]] parameter_text find_parameter(const structured_field& field, std::string_view name);

/// Index behind a run of ISO-2022-JP that starts at `at` with an escape to a double-byte set: its bytes may look like
/// quotes, brackets and semicolons. `at` itself when there is none.
[[nodiscard]] std::size_t skip_jis(std::string_view text, std::size_t at);

/// Appends the content of the quoted string that starts at `at` (which holds the quote) and moves `at` behind it.
/// `legacy`: the field is not UTF-8, so a backslash may be the second byte of a Shift_JIS character. False when it does
/// not end.
bool take_quoted(std::string_view text, std::size_t& at, bool legacy, std::string& out);

/// Moves `at` behind the comment that starts there; its text, without the outer parentheses, is appended to `out`.
bool take_comment(std::string_view text, std::size_t& at, std::string& out);

[[nodiscard]] std::string ascii_lower(std::string_view text);
[[nodiscard]] std::string_view trim_blanks(std::string_view text);

}  // namespace intake
