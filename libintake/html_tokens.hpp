// HTML cut into tags, text and comments the way browsers do it (WHATWG HTML, section 13.2.5). Handles hostile bytes;
// linear. Used by html_text and active.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace intake::html {

struct token {
  enum class kind { end_of_file, text, start_tag, end_tag, comment, unfinished };
  token::kind kind = kind::end_of_file;
  std::string name;                                             ///< of a tag, lower case
  std::vector<std::pair<std::string, std::string>> attributes;  ///< names lower case, values with entities resolved
  std::string_view text;                                        ///< raw: of text, of a comment, of what does not finish
  bool more_attributes = false;                                 ///< than are kept
  bool raw_text = false;  ///< text of script, style and the like: no entities, no tags

  [[nodiscard]] const std::string* attribute(std::string_view key) const;
};

class tokenizer {
 public:
  /// `html` is UTF-8 and must outlive the tokenizer.
  explicit tokenizer(std::string_view html) : html_(html) {}
  [[nodiscard]] token next();

 private:
  token tag(bool end);
  token comment();
  std::string_view html_;
  std::size_t at_ = 0;
  std::string raw_until_;  ///< element whose raw text comes next
};

/// Text with entities resolved.
[[nodiscard]] std::string resolve_entities(std::string_view text);

}  // namespace intake::html
