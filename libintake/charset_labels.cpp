#include "charset_labels.hpp"

#include <algorithm>
#include <array>

namespace intake::charset {
namespace {

struct alias {
  std::string_view label, name;
};

// Labels whose meaning in Japanese mail is not ICU's, and the usual ones for speed. Windows-1252 for ISO-8859-1 and
// US-ASCII is what every mail reader does.
constexpr std::array aliases = {
    alias{"utf-8", "UTF-8"},
    alias{"utf8", "UTF-8"},
    alias{"unicode-1-1-utf-8", "UTF-8"},
    alias{"us-ascii", "US-ASCII"},
    alias{"ascii", "US-ASCII"},
    alias{"ansi_x3.4-1968", "US-ASCII"},
    alias{"iso-2022-jp", "ISO-2022-JP"},
    alias{"csiso2022jp", "ISO-2022-JP"},
    alias{"iso-2022-jp-ms", "ISO-2022-JP"},
    alias{"iso-2022-jp-1", "ISO-2022-JP"},
    alias{"iso-2022-jp-2", "ISO-2022-JP"},
    alias{"iso-2022-jp-3", "ISO-2022-JP"},
    alias{"iso-2022-jp-2004", "ISO-2022-JP"},
    alias{"cp50220", "ISO-2022-JP"},
    alias{"cp50221", "ISO-2022-JP"},
    alias{"cp50222", "ISO-2022-JP"},
    alias{"jis", "ISO-2022-JP"},
    alias{"jis7", "ISO-2022-JP"},
    alias{"jis8", "ISO-2022-JP"},
    alias{"shift_jis", "Shift_JIS"},
    alias{"shift-jis", "Shift_JIS"},
    alias{"sjis", "Shift_JIS"},
    alias{"x-sjis", "Shift_JIS"},
    alias{"cp932", "Shift_JIS"},
    alias{"ms932", "Shift_JIS"},
    alias{"windows-31j", "Shift_JIS"},
    alias{"windows-932", "Shift_JIS"},
    alias{"x-ms-cp932", "Shift_JIS"},
    alias{"cswindows31j", "Shift_JIS"},
    alias{"csshiftjis", "Shift_JIS"},
    alias{"ms_kanji", "Shift_JIS"},
    alias{"sjis-win", "Shift_JIS"},
    alias{"shift_jis-2004", "Shift_JIS"},
    alias{"shift_jisx0213", "Shift_JIS"},
    alias{"euc-jp", "EUC-JP"},
    alias{"eucjp", "EUC-JP"},
    alias{"x-euc-jp", "EUC-JP"},
    alias{"x-euc", "EUC-JP"},
    alias{"eucjp-win", "EUC-JP"},
    alias{"eucjp-ms", "EUC-JP"},
    alias{"cp51932", "EUC-JP"},
    alias{"ujis", "EUC-JP"},
    alias{"euc-jp-ms", "EUC-JP"},
    alias{"iso-8859-1", "windows-1252"},
    alias{"latin1", "windows-1252"},
    alias{"windows-1252", "windows-1252"},
};

// Families of what ICU would open besides: single-byte sets, and the multi-byte ones of other scripts. Everything else
// (EBCDIC, SCSU, UTF-7, HZ …) is in honest mail unknown and a way past filters: it is treated as an unknown label.
constexpr std::array<std::string_view, 16> families = {
    "iso-8859-", "windows-125", "cp125",  "koi8-",   "gb2312",      "gbk",         "gb18030", "big5",
    "euc-kr",    "ks_c_5601",   "euc-tw", "tis-620", "windows-874", "iso-2022-kr", "utf-16",  "macintosh"};

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_same(std::string_view low, std::string_view name) {
  return std::equal(low.begin(), low.end(), name.begin(), name.end(), [](char l, char n) { return l == lower(n); });
}

}  // namespace

std::string canonical_name(std::string_view label) {
  std::string low(label);
  std::transform(low.begin(), low.end(), low.begin(), lower);
  for (const auto& known : aliases)
    if (low == known.label || is_same(low, known.name)) return std::string(known.name);
  // ICU passes over what is no letter or digit; the name must be fit to be shown (RFC 2978, section 2.3).
  const bool fit = std::all_of(low.begin(), low.end(), [](char c) { return c > ' ' && c < '\x7F'; });
  if (low.size() > 40 || !fit) return {};
  const bool known = std::any_of(families.begin(), families.end(), [&](auto f) { return low.starts_with(f); });
  return known ? low : std::string();
}

}  // namespace intake::charset
