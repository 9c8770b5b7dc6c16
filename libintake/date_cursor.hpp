// The signs that written dates are made of, taken off the front of a text one after the other: numbers in ASCII or
// kanji digits, separators, words. The text comes from mails; era.cpp, which says what a date is, gives it in NFKC.
#pragma once

#include <optional>
#include <string_view>

namespace intake {

class date_cursor {
 public:
  explicit date_cursor(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  /// Takes this piece if it stands there; says whether it did.
  bool eat(std::string_view piece);
  /// A letter in either case.
  bool eat_letter(char upper);
  void spaces();
  /// A number; `digits` says how many characters it had. Nothing for a number that is longer.
  std::optional<int> number(int longest, int* digits = nullptr);
  /// One of the separators of numeric dates as a character, any dash as '-'; 0 when there is none.
  char separator();

 private:
  std::optional<int> kanji(int longest, int* digits);

  std::string_view rest_;
};

}  // namespace intake
