#include "detail.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "detail_forms.hpp"
#include "phrase.hpp"

namespace intake {
namespace {

constexpr std::size_t most_pieces = 20;  // of one detail; a hostile one is not worth more

std::optional<std::string> retold(std::string_view text, bool within);

std::optional<std::string> sentence(std::string_view text) {
  for (const char* const each : detail_sentences)
    if (text == each) return tr(each);
  return std::nullopt;
}

/// A value that is words of ours.
std::string named(const std::string& value) {
  for (const char* const each : detail_fields)
    if (value == each) return tr(each);
  return retold(value, true).value_or(value);
}

std::optional<std::string> by_form(std::string_view text, bool within) {
  if (auto found = sentence(text)) return found;
  for (const auto& [form, words] : detail_forms) {
    auto values = read_back(text, form);
    if (!values) continue;
    for (std::size_t i = 0; i < values->size() && !within; ++i)
      if ((words >> i & 1) != 0) (*values)[i] = named((*values)[i]);
    return filled_in(form, *values);
  }
  return std::nullopt;
}

/// "what (where)", as for a part of a document.
std::optional<std::string> with_place(std::string_view text, bool within) {
  if (auto found = by_form(text, within)) return found;
  const auto place = text.ends_with(')') ? text.find(" (") : text.npos;
  if (place == text.npos) return std::nullopt;
  auto what = by_form(text.substr(0, place), within);
  if (what) *what += text.substr(place);
  return what;
}

/// "where: what", as for a member of an archive; a name may hold ": ".
std::optional<std::string> of_something(std::string_view text, bool within) {
  if (auto found = with_place(text, within)) return found;
  std::size_t tries = 0;
  for (auto at = text.find(": "); at != text.npos && ++tries < most_pieces; at = text.find(": ", at + 2))
    if (const auto what = with_place(text.substr(at + 2), within)) return std::string(text.substr(0, at + 2)) + *what;
  return std::nullopt;
}

/// Two or more of them in a row. Unless `all` are known, one is enough; nullopt else.
std::optional<std::string> row_of(std::string_view text, std::string_view between, bool all, bool within) {
  std::string out;
  std::size_t known = 0, pieces = 0;
  for (;; ++pieces) {
    const auto end = pieces < most_pieces ? std::min(text.find(between), text.size()) : text.size();
    const auto piece = text.substr(0, end);
    const auto words = of_something(piece, within);
    known += words ? 1 : 0;
    out += words ? *words : std::string(piece);
    if (end == text.size()) break;
    out += between;
    text.remove_prefix(end + between.size());
  }
  return pieces != 0 && known > (all ? pieces : 0) ? std::optional(out) : std::nullopt;
}

std::optional<std::string> retold(std::string_view text, bool within) {
  // "what: quoted"
  if (const auto colon = text.find(": "); colon != text.npos)
    if (const auto what = sentence(text.substr(0, colon))) return *what + std::string(text.substr(colon));
  // A form that ends with a value would take the rest of a row for it.
  for (const auto* const between : {"; ", ", "})
    if (auto found = row_of(text, between, true, within)) return found;
  if (auto found = of_something(text, within)) return found;
  return row_of(text, "; ", false, within);
}

}  // namespace

std::string detail_words(std::string_view english) {
  return retold(english, false).value_or(std::string(english));
}

}  // namespace intake
