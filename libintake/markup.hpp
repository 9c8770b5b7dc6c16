// Writes HTML and SVG: elements that are always closed, and text that is always escaped, so that whatever a received
// value holds it stays text. Control characters and those that reorder or hide text are made visible as on the
// terminal.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace intake {

/// One octet of UTF-8 for an element's content or a quoted attribute, in HTML or XML.
void append_escaped(std::string& out, char c);

/// `text` for an element's content or a quoted attribute.
[[nodiscard]] std::string escaped(std::string_view text);

class markup {
 public:
  using attributes = std::initializer_list<std::pair<std::string_view, std::string>>;

  /// Opens an element until the matching close(). Names come from the program, values may come from anywhere.
  markup& open(std::string_view name, attributes with = {});
  markup& close();
  /// An element with nothing but text in it.
  markup& element(std::string_view name, std::string_view text, attributes with = {});
  /// An element that has neither content nor an end tag in HTML, and is closed at once in SVG.
  markup& empty(std::string_view name, attributes with = {});
  markup& text(std::string_view text);
  /// As it is: for what the program itself wrote.
  markup& raw(std::string_view made);

  /// The whole text. Throws std::logic_error when an element is still open.
  [[nodiscard]] std::string take();

 private:
  void start(std::string_view name, attributes with);
  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace intake
