// Text for a person's terminal: widths of East Asian characters, wrapping, colour, and the neutralising of what a
// received message could do to a terminal or to the reader's eye. Text is hostile; the functions only read and copy.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace intake::terminal {

enum class language { english, japanese };

/// By LC_ALL, LC_MESSAGES or LANG, the first that is set.
[[nodiscard]] language language_of_environment();

/// How to write on one output.
struct style {
  std::size_t columns = 80;
  bool colour = false;
  language words = language::english;

  [[nodiscard]] bool japanese() const { return words == language::japanese; }
};

/// Of a descriptor: its window's width (else $COLUMNS, else 80), colour only on a terminal and without NO_COLOR, words
/// by LC_ALL, LC_MESSAGES or LANG. Opens locale data, so it comes before confinement.
[[nodiscard]] style style_of(int fd);

/// `text` with everything made visible that would move the cursor, reorder or hide characters: control characters as
/// their pictures (␛), bidirectional controls, zero-width and tag characters as <U+202E>. Invalid UTF-8 becomes
/// U+FFFD. Line ends and tabs become one space, unless `keep_lines`.
[[nodiscard]] std::string neutralised(std::string_view text, bool keep_lines = false);

/// Columns that neutralised text takes: 2 for wide characters, 0 for combining ones.
[[nodiscard]] std::size_t width(std::string_view text);

/// Cut to at most `columns`, with … where something is missing.
[[nodiscard]] std::string cut(std::string_view text, std::size_t columns);
/// Exactly `columns`: cut or filled with spaces.
[[nodiscard]] std::string padded(std::string_view text, std::size_t columns);
/// Lines of at most `columns` each, broken at spaces where there are some, else between characters.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

enum class tint { none, good, doubtful, bad, faint, strong };
/// `text` in a colour, or as it is when the style has none.
[[nodiscard]] std::string tinted(std::string_view text, tint tint, const style& style);

}  // namespace intake::terminal
