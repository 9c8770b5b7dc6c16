// What is said to people: English in the source, Japanese by the catalog of translations (po/ja.po, made by msgfmt).
// A phrase is kept in both: records and the ledger hold the English one, which is the same wherever a tool runs, and a
// person's terminal shows the other. A log holds the English one without the values that are a message's. Nothing here
// reads what was received; values may come from there, and are only copied.
#pragma once

#include <concepts>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

/// `text` in the language of LC_ALL, LC_MESSAGES or LANG, as terminal::style_of reads them; itself when it is English
/// or not in the catalog. The first call reads the catalog into memory, whether the machine has generated the locale or
/// not; tool::run makes it before confinement.
[[nodiscard]] const char* tr(const char* text);
[[nodiscard]] std::string tr(const std::string& text);

/// A text with values, in English and in the user's language.
class phrase {
 public:
  /// What is the same in both: a name, a path, what another program said.
  phrase(std::string as_it_is)
      : english_(as_it_is), local_(as_it_is), logged_(std::move(as_it_is)) {}  // NOLINT: implicit on purpose
  /// Put together by the caller.
  phrase(std::string english, std::string local)
      : english_(std::move(english)), local_(std::move(local)), logged_(english_) {}
  /// `format` is translated; {} or {0}, {1}, … stand for the values: texts, numbers, phrases. Braces in a format
  /// without values stand for themselves.
  template <typename... Values>
  explicit phrase(const char* format, const Values&... values) : phrase(format, {part(values)...}) {}

  [[nodiscard]] const std::string& english() const { return english_; }
  [[nodiscard]] const std::string& local() const { return local_; }
  /// English, with … for each value that is withheld().
  [[nodiscard]] const std::string& logged() const { return logged_; }

 private:
  phrase(const char* format, std::initializer_list<phrase> values);
  template <typename Value>
  static phrase part(const Value& value) {
    if constexpr (std::same_as<Value, phrase>)
      return value;
    else if constexpr (std::integral<Value>)
      return phrase(std::to_string(value));
    else
      return phrase(std::string(value));
  }

  friend phrase withheld(std::string);
  friend phrase recognised(const std::string& english, std::initializer_list<const char*> formats);
  std::string english_, local_, logged_;
};

/// Marks a text for the catalog; tr() and phrase translate it later.
[[nodiscard]] constexpr const char* marked(const char* text) {
  return text;
}

/// A value that names a message or comes from one, such as its receipt number: told to the person at the terminal, and
/// not kept in a log.
[[nodiscard]] phrase withheld(std::string value);

/// The values for which `format`, with {} for each, says `english`: the shortest that fit, from the left.
[[nodiscard]] std::optional<std::vector<std::string>> read_back(std::string_view english, std::string_view format);
/// `format` translated, with the values in their places.
[[nodiscard]] std::string filled_in(const char* format, const std::vector<std::string>& values);
/// What a library says in English, where it is one of `formats`, each with at most two {}.
[[nodiscard]] phrase recognised(const std::string& english, std::initializer_list<const char*> formats);
/// strerror(3) of a number, translated where the catalog has it.
[[nodiscard]] phrase system_error(int number);

}  // namespace intake
