#include "large_strings.hpp"

#include <immintrin.h>

#include <algorithm>
#include <charconv>

#include "memory.hpp"

namespace intake {
namespace {

// A stand-in begins with U+0001, which JSON can only write in this one way, and goes on with the number of the string.
constexpr std::string_view mark = "\\u0001", decoded_mark = "\x01";
constexpr std::size_t digits = 8;

std::string stand_in(std::size_t number) {
  std::string text(digits, '0');
  for (auto at = text.rbegin(); number != 0; number /= 10) *at++ = static_cast<char>('0' + number % 10);
  return text;
}

bool is_plain(char c) {
  return c >= 0x20 && c != '"' && c != '\\';  // char is signed: what is not ASCII is below zero
}

__attribute__((target("avx2"))) std::size_t plain_avx2(const char* text, std::size_t size) {
  const __m256i space = _mm256_set1_epi8(0x20), quote = _mm256_set1_epi8('"'), slash = _mm256_set1_epi8('\\');
  std::size_t at = 0;
  for (; at + 32 <= size; at += 32) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + at));
    const __m256i other =
        _mm256_or_si256(_mm256_cmpgt_epi8(space, bytes),
                        _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, slash)));
    if (!_mm256_testz_si256(other, other)) break;
  }
  return at;
}

/// Offset of the first character from `at` on that is not plain, or the end.
std::size_t plain_end(std::string_view text, std::size_t at) {
  static const bool has_avx2 = __builtin_cpu_supports("avx2");
  if (has_avx2) at += plain_avx2(text.data() + at, text.size() - at);
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

/// Offset of the quote that ends a string, or the end.
std::size_t string_end(std::string_view text, std::size_t at) {
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at, text.size());
}

bool is_key(std::string_view text, std::size_t quote) {
  const auto next = text.find_first_not_of(" \t\r\n", quote + 1);
  return next != text.npos && text[next] == ':';
}

}  // namespace

large_strings::large_strings(std::string_view line, std::size_t least) {
  if (line.size() < least) return;
  std::size_t kept = 0;  // what lies before it is in text_
  for (std::size_t open = line.find('"'); open != line.npos;) {
    std::size_t end = plain_end(line, open + 1);
    if (end < line.size() && line[end] == '"') {
      if (end - open > least && !is_key(line, end)) {
        text_.append(line.substr(kept, open + 1 - kept)).append(mark).append(stand_in(taken_.size()));
        taken_.push_back(line.substr(open + 1, end - open - 1));
        kept = end;
      }
    } else {
      const std::size_t from = end;
      end = string_end(line, from);
      if (line.substr(from, end - from).find(mark) != line.npos) {
        taken_.clear();
        break;
      }
    }
    open = end < line.size() ? line.find('"', end + 1) : line.npos;
  }
  if (taken_.empty()) return;
  text_.append(line.substr(kept));
  text_.reserve(text_.size() + octets::padding);
}

std::string_view large_strings::content(std::string_view decoded) const {
  std::size_t number = 0;
  if (!decoded.starts_with(decoded_mark)) return decoded;
  const auto* const end = decoded.data() + decoded.size();
  const auto read = std::from_chars(decoded.data() + decoded_mark.size(), end, number);
  return read.ptr == end && number < taken_.size() ? taken_[number] : decoded;
}

std::string large_strings::restored(std::string_view json) const {
  std::string out;
  for (;;) {
    const auto at = taken_.empty() ? json.npos : json.find(mark);
    if (at == json.npos || json.size() - at < mark.size() + digits) return out.append(json);
    std::size_t number = 0;
    const auto* const first = json.data() + at + mark.size();
    std::from_chars(first, first + digits, number);
    out.append(json.substr(0, at)).append(number < taken_.size() ? taken_[number] : std::string_view());
    json.remove_prefix(at + mark.size() + digits);
  }
}

}  // namespace intake
