#include "nfkc.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "failure.hpp"

namespace intake {
namespace {

icu::UnicodeString normalized(std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* const form = icu::Normalizer2::getNFKCInstance(status);
  const auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  auto result = U_SUCCESS(status) ? form->normalize(text, status) : icu::UnicodeString();
  if (U_FAILURE(status)) throw failure(exit_status::software, "normalisation failed: {}", u_errorName(status));
  return result;
}

}  // namespace

std::string nfkc(std::string_view utf8) {
  std::string out;
  normalized(utf8).toUTF8String(out);
  return out;
}

std::string comparable(std::string_view utf8) {
  // Most numbers and addresses are ASCII, which is its own normal form, and lists have a million of them.
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    std::string out(utf8);
    std::erase_if(out, [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
    return out;
  }
  const auto text = normalized(utf8);
  icu::UnicodeString kept;
  for (int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1))
    if (const UChar32 c = text.char32At(at); !u_isUWhiteSpace(c)) kept.append(c);
  std::string out;
  kept.toUTF8String(out);
  return out;
}

std::string folded(std::string_view utf8) {
  std::string out = comparable(utf8);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

}  // namespace intake
