#include "html_backdrop.hpp"

#include <initializer_list>

namespace intake::html {
namespace {

constexpr std::size_t most_colours = 64;

/// Calls `visit` for each word of a value; parentheses keep a word together.
template <typename Visit>
void each_word(std::string_view value, Visit visit) {
  std::size_t start = 0, depth = 0;
  for (std::size_t at = 0; at <= value.size(); ++at) {
    const char c = at < value.size() ? value[at] : ' ';
    if (c == '(') ++depth;
    if (c == ')' && depth > 0) --depth;
    const bool between = c == ' ' || c == ',' || c == '\t' || c == '\r' || c == '\n' || c == '/';
    if (at < value.size() && (depth > 0 || !between)) continue;
    if (at > start) visit(value.substr(start, at - start));
    start = at + 1;
  }
}

bool begins_with_one(std::string_view word, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (word.starts_with(name)) return true;
  return false;
}

void add_gradient(std::string_view inside, backdrop& out) {
  each_word(inside, [&](std::string_view word) {
    if (word.starts_with("var(")) out.picture = true;
    const auto stop = parse_colour(word);
    if (!stop) return;
    if (out.gradient.size() == most_colours) out.picture = true;
    if (out.gradient.size() < most_colours) out.gradient.push_back(*stop);
  });
}

}  // namespace

backdrop parse_backdrop(std::string_view value) {
  backdrop out;
  each_word(value, [&](std::string_view word) {
    const auto open = word.find('(');
    const auto name = word.substr(0, open);
    if (open != word.npos && name.ends_with("gradient")) {
      add_gradient(word.substr(open + 1, word.size() - open - (word.ends_with(')') ? 2 : 1)), out);
    } else if (begins_with_one(word, {"url(", "image(", "image-set(", "-webkit-image-set(", "cross-fade(", "element(",
                                      "paint(", "var("})) {
      out.picture = true;
    } else if (const auto plain = parse_colour(word)) {
      out.plain = plain;
    }
  });
  return out;
}

}  // namespace intake::html
