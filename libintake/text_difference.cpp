// Whether the plain and the HTML alternative of a body say the same.
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <string>

#include "html_text.hpp"

namespace intake {
namespace {

bool is_url_start(const icu::UnicodeString& text, int32_t at) {
  for (const auto* scheme : {u"http://", u"https://", u"mailto:", u"cid:", u"tel:"}) {
    if (text[at] != *scheme) continue;
    const icu::UnicodeString wanted(true, scheme, -1);
    if (text.compare(at, wanted.length(), wanted) == 0) return true;
  }
  return false;
}

/// Letters and digits only, one width and case, without links: mailers write those into the plain text alone.
icu::UnicodeString essence(std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* nfkc = icu::Normalizer2::getNFKCCasefoldInstance(status);
  auto text = icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<int32_t>(utf8.size())));
  if (U_SUCCESS(status)) text = nfkc->normalize(text, status);
  icu::UnicodeString out;
  for (int32_t i = 0; i < text.length();) {
    if (is_url_start(text, i)) {
      while (i < text.length() && text[i] > 0x20 && text[i] < 0x7F && text[i] != '>' && text[i] != ')' &&
             text[i] != ']')
        ++i;
      continue;
    }
    const UChar32 c = text.char32At(i);
    if (u_isalnum(c)) out.append(c);
    i += U16_LENGTH(c);
  }
  return out;
}

std::string around(const icu::UnicodeString& text, int32_t at) {
  std::string out;
  text.tempSubString(std::max(0, at - 10), 40).toUTF8String(out);
  return out;
}

}  // namespace

std::string text_difference(std::string_view plain, std::string_view html) {
  const auto a = essence(plain);
  const auto b = essence(html);
  if (a == b) return {};
  int32_t at = 0;
  while (at < a.length() && at < b.length() && a[at] == b[at]) ++at;
  return "plain \"" + around(a, at) + "\", HTML \"" + around(b, at) + "\"";
}

}  // namespace intake
