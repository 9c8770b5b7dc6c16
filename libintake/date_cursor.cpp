#include "date_cursor.hpp"

#include <array>

namespace intake {
namespace {

struct digit_character {
  std::string_view text;
  int value;
};
constexpr std::array kanji_digits = {
    digit_character{"〇", 0}, digit_character{"零", 0}, digit_character{"○", 0},  digit_character{"一", 1},
    digit_character{"壱", 1}, digit_character{"二", 2}, digit_character{"弐", 2}, digit_character{"三", 3},
    digit_character{"参", 3}, digit_character{"四", 4}, digit_character{"五", 5}, digit_character{"六", 6},
    digit_character{"七", 7}, digit_character{"八", 8}, digit_character{"九", 9},
};
constexpr std::array kanji_powers = {digit_character{"千", 1000}, digit_character{"百", 100}, digit_character{"十", 10},
                                     digit_character{"拾", 10}};
// Dashes that people and input methods put between numbers, beside the ASCII one.
constexpr std::array<std::string_view, 5> dashes = {"‐", "‑", "–", "−", "ー"};

template <std::size_t N>
std::optional<int> one_of(date_cursor& at, const std::array<digit_character, N>& table) {
  for (const auto& entry : table)
    if (at.eat(entry.text)) return entry.value;
  return std::nullopt;
}

}  // namespace

bool date_cursor::eat(std::string_view piece) {
  if (!rest_.starts_with(piece)) return false;
  rest_.remove_prefix(piece.size());
  return true;
}

bool date_cursor::eat_letter(char upper) {
  if (rest_.empty() || (rest_[0] & ~0x20) != upper) return false;
  rest_.remove_prefix(1);
  return true;
}

void date_cursor::spaces() {
  while (eat(" ") || eat("\t")) {
  }
}

std::optional<int> date_cursor::number(int longest, int* digits) {
  int value = 0, count = 0;
  for (; count < longest && !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; ++count) {
    value = value * 10 + (rest_[0] - '0');
    rest_.remove_prefix(1);
  }
  if (count == 0) return kanji(longest, digits);
  if (digits) *digits = count;
  // A longer run of digits is another number than its head.
  return !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9' ? std::nullopt : std::optional(value);
}

char date_cursor::separator() {
  for (const auto dash : dashes)
    if (eat(dash)) return '-';
  for (const char c : {'-', '/', '.'})
    if (eat({&c, 1})) return c;
  return 0;
}

/// 二〇二六 (by position) or 二千二十六 (by powers).
std::optional<int> date_cursor::kanji(int longest, int* digits) {
  int total = 0, pending = -1, count = 0, last_power = 10000;
  bool powers = false;
  for (; count < 8; ++count) {
    if (const auto digit = one_of(*this, kanji_digits)) {
      if (pending >= 0 && powers) return std::nullopt;  // 十二三 is no number
      pending = pending < 0 ? *digit : pending * 10 + *digit;
      if (pending > 9999) return std::nullopt;
    } else if (const auto power = one_of(*this, kanji_powers)) {
      // Powers must fall, and a factor before one is a single digit from 1 to 9.
      if (*power >= last_power || pending == 0 || pending > 9) return std::nullopt;
      total += (pending < 0 ? 1 : pending) * *power;
      last_power = *power;
      pending = -1;
      powers = true;
    } else {
      break;
    }
  }
  if (count == 0) return std::nullopt;
  if (!powers && count > longest) return std::nullopt;
  if (powers && pending == 0) return std::nullopt;
  const int value = total + (pending < 0 ? 0 : pending);
  if (digits) *digits = powers ? (value >= 1000 ? 4 : 1) : count;
  return value;
}

}  // namespace intake
