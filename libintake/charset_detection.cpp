// Text whose label is missing or wrong: the part of charset.hpp that goes by the bytes alone.
#include <unicode/utf8.h>

#include <algorithm>
#include <optional>

#include "charset.hpp"

namespace intake::charset {
namespace {

/// How Japanese a text looks: kana and common kanji speak for it, half-width kana and the private area against it.
long japanese_score(std::string_view utf8) {
  long score = 0;
  const auto* data = reinterpret_cast<const std::uint8_t*>(utf8.data());
  for (std::size_t i = 0; i < utf8.size();) {
    UChar32 c = 0;
    U8_NEXT(data, i, utf8.size(), c);
    if (c >= 0x3041 && c <= 0x30FE) {
      score += 3;
    } else if (c >= 0xFF61 && c <= 0xFF9F) {
      score -= 1;
    } else if (c >= 0xE000 && c <= 0xF8FF) {
      score -= 5;
    } else if ((c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3001 && c <= 0x3017) || (c >= 0xFF01 && c <= 0xFF5E)) {
      score += 1;
    } else if (c == 0xFFFD || (c >= 0x80 && c < 0xA0)) {
      score -= 20;
    }
  }
  return score;
}

/// Whether the double bytes of a text are mostly kana, punctuation and common (level 1) kanji. Letters of Western sets
/// make rare kanji when they are read as Japanese.
bool mostly_common(std::string_view bytes, bool (*is_lead)(unsigned char), bool (*is_common)(unsigned char)) {
  std::size_t common = 0, rare = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto c = static_cast<unsigned char>(bytes[i]);
    if (!is_lead(c)) continue;
    (is_common(c) ? common : rare) += 1;
    ++i;
  }
  return common != 0 && common >= rare;
}

bool sjis_is_common(std::string_view bytes) {
  return mostly_common(
      bytes, [](unsigned char c) { return (c >= 0x81 && c <= 0x9F) || (c >= 0xE0 && c <= 0xFC); },
      [](unsigned char c) { return c <= 0x97; });
}

bool euc_is_common(std::string_view bytes) {
  return mostly_common(
      bytes, [](unsigned char c) { return c >= 0xA1 && c <= 0xFE; },
      [](unsigned char c) { return c <= 0xA5 || (c >= 0xB0 && c <= 0xCF); });
}

/// UTF-16 begins with a mark that no other text begins with; half a character at its end is damage.
std::optional<decoded> read_marked(std::string_view bytes) {
  const bool little = bytes.starts_with("\xFF\xFE");
  if ((!little && !bytes.starts_with("\xFE\xFF")) || bytes.size() < 4) return std::nullopt;
  auto out = read_as(bytes.substr(2), little ? "utf-16le" : "utf-16be");
  out.guessed = true;
  return out;
}

}  // namespace

bool has_jis_escape(std::string_view bytes) {
  for (auto at = bytes.find('\x1B'); at != std::string_view::npos; at = bytes.find('\x1B', at + 1)) {
    const auto after = bytes.substr(at + 1, 3);
    if (after.starts_with("$B") || after.starts_with("$@") || after.starts_with("$(") || after.starts_with("(I") ||
        after.starts_with("(J"))
      return true;
  }
  return false;
}

decoded detect(std::string_view bytes) {
  decoded out;
  if (is_ascii(bytes)) {
    if (!has_jis_escape(bytes)) return {.text = std::string(bytes), .name = "US-ASCII"};
    out = read_as(bytes, "ISO-2022-JP");
    out.guessed = true;
    return out;
  }
  if (const auto marked = read_marked(bytes)) return *marked;
  if (is_utf8(bytes)) return {.text = std::string(bytes), .name = "UTF-8"};
  auto sjis = read_as(bytes, "Shift_JIS");
  auto euc = read_as(bytes, "EUC-JP");
  const auto score = [](const decoded& d) { return japanese_score(d.text); };
  const bool sjis_likely = sjis_is_common(bytes) && score(sjis) > 0;
  const bool euc_likely = euc_is_common(bytes) && score(euc) > 0;
  const bool sjis_fits = sjis_likely && sjis.undecodable == 0;
  const bool euc_fits = euc_likely && euc.undecodable == 0;
  if (sjis_fits && (!euc_fits || score(sjis) > score(euc))) {
    out = std::move(sjis);
  } else if (euc_fits) {
    out = std::move(euc);
  } else if (has_jis_escape(bytes)) {
    out = read_as(bytes, "ISO-2022-JP");
  } else {
    // Damaged text of a Japanese set is still told from Western text by what its readable part looks like.
    auto utf8 = read_as(bytes, "UTF-8");
    decoded* best = &utf8;
    if (sjis_likely && score(sjis) > score(*best)) best = &sjis;
    if (euc_likely && score(euc) > score(*best)) best = &euc;
    out = score(*best) > 0 ? std::move(*best) : read_as(bytes, "windows-1252");
  }
  out.guessed = true;
  return out;
}

}  // namespace intake::charset
