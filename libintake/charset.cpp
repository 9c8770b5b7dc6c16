#include "charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>

#include "jis.hpp"

namespace intake::charset {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

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

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  return out;
}

/// Canonical name of a label; empty if it is not known.
std::string resolve(std::string_view label) {
  const auto low = lower(label);
  for (const auto& known : aliases)
    if (low == known.label || low == lower(known.name)) return std::string(known.name);
  if (low.size() > 40) return {};
  const bool known = std::any_of(families.begin(), families.end(), [&](auto f) { return low.starts_with(f); });
  return known ? low : std::string();
}

void U_CALLCONV count_undecodable(const void* context, UConverterToUnicodeArgs* arguments, const char*, int32_t length,
                                  UConverterCallbackReason reason, UErrorCode* status) {
  if (reason > UCNV_IRREGULAR) return;
  *static_cast<std::size_t*>(const_cast<void*>(context)) += static_cast<std::size_t>(length);
  *status = U_ZERO_ERROR;
  const UChar shown = 0xFFFD;
  ucnv_cbToUWriteUChars(arguments, &shown, 1, 0, status);
}

struct close_converter {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};
using converter = std::unique_ptr<UConverter, close_converter>;

converter open_converter(const char* name, std::size_t& undecodable) {
  UErrorCode status = U_ZERO_ERROR;
  converter out(ucnv_open(name, &status));
  if (U_FAILURE(status)) return nullptr;
  ucnv_setToUCallBack(out.get(), count_undecodable, &undecodable, nullptr, nullptr, &status);
  if (U_FAILURE(status)) return nullptr;
  return out;
}

void convert(UConverter* from, std::string_view bytes, std::string& out) {
  std::array<UChar, 4096> buffer;  // NOLINT: filled before it is read
  icu::UnicodeString text;
  const char* source = bytes.data();
  const char* end = source + bytes.size();
  for (;;) {
    UErrorCode status = U_ZERO_ERROR;
    UChar* target = buffer.data();
    ucnv_toUnicode(from, &target, buffer.data() + buffer.size(), &source, end, nullptr, true, &status);
    text.append(buffer.data(), static_cast<int32_t>(target - buffer.data()));
    // Whole code points only, or a surrogate pair across two buffers would be lost.
    const auto size = text.length();
    const bool more = status == U_BUFFER_OVERFLOW_ERROR;
    const bool split = more && size > 0 && U16_IS_LEAD(text.charAt(size - 1));
    text.tempSubString(0, split ? size - 1 : size).toUTF8String(out);
    if (!more) break;
    text.remove(0, split ? size - 1 : size);
  }
}

void read_utf8(std::string_view bytes, decoded& out) {
  if (is_utf8(bytes)) {
    out.text.assign(bytes);
    return;
  }
  out.text.reserve(bytes.size() + 16);
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  for (std::size_t i = 0; i < bytes.size();) {
    const auto start = i;
    UChar32 point = 0;
    U8_NEXT(data, i, bytes.size(), point);
    if (point >= 0) {
      out.text.append(bytes.substr(start, i - start));
    } else {
      out.undecodable += i - start;
      out.text += replacement;
    }
  }
}

void read_japanese(std::string_view bytes, void (*read)(std::string_view, const jis::sink&), decoded& out) {
  const auto cp932 = open_converter("ibm-943_P15A-2003", out.undecodable);
  const auto euc = open_converter("euc-jp-2007", out.undecodable);
  if (!cp932 || !euc) {
    out.undecodable += bytes.size();
    return;
  }
  read(bytes, {.cp932 = [&](std::string_view run) { convert(cp932.get(), run, out.text); },
               .euc = [&](std::string_view run) { convert(euc.get(), run, out.text); },
               .undecodable =
                   [&](std::size_t count) {
                     out.undecodable += count;
                     out.text += replacement;
                   }});
}

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

}  // namespace

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_utf8(std::string_view bytes) {
  if (is_ascii(bytes)) return true;
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  for (std::size_t i = 0; i < bytes.size();) {
    UChar32 point = 0;
    U8_NEXT(data, i, bytes.size(), point);
    if (point < 0) return false;
  }
  return true;
}

bool has_jis_escape(std::string_view bytes) {
  for (auto at = bytes.find('\x1B'); at != std::string_view::npos; at = bytes.find('\x1B', at + 1)) {
    const auto after = bytes.substr(at + 1, 3);
    if (after.starts_with("$B") || after.starts_with("$@") || after.starts_with("$(") || after.starts_with("(I") ||
        after.starts_with("(J"))
      return true;
  }
  return false;
}

decoded read_as(std::string_view bytes, std::string_view name) {
  decoded out;
  out.name = resolve(name);
  if (out.name == "UTF-8" || out.name == "US-ASCII") {
    read_utf8(bytes, out);
  } else if (out.name == "ISO-2022-JP") {
    read_japanese(bytes, jis::read_iso_2022_jp, out);
  } else if (out.name == "EUC-JP") {
    read_japanese(bytes, jis::read_euc_jp, out);
  } else if (!out.name.empty()) {
    const auto from = open_converter(out.name == "Shift_JIS" ? "ibm-943_P15A-2003" : out.name.c_str(), out.undecodable);
    if (!from) return {};
    convert(from.get(), bytes, out.text);
  }
  return out;
}

decoded detect(std::string_view bytes) {
  decoded out;
  if (is_ascii(bytes)) {
    if (!has_jis_escape(bytes)) return {.text = std::string(bytes), .name = "US-ASCII"};
    out = read_as(bytes, "ISO-2022-JP");
    out.guessed = true;
    return out;
  }
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

decoded decode(std::string_view bytes, std::string_view label) {
  const auto name = resolve(label);
  const bool weak = name.empty() || name == "US-ASCII";
  if (!weak) {
    auto labelled = read_as(bytes, name);
    // Western sets take any byte: Japanese text under such a label shows by its bytes alone.
    const bool western = name.starts_with("windows-125") || name.starts_with("iso-8859-");
    if (!labelled.name.empty() && labelled.undecodable == 0) {
      const bool jis_inside = name != "ISO-2022-JP" && has_jis_escape(bytes) && is_ascii(bytes);
      if (!jis_inside && (!western || is_ascii(bytes))) return labelled;
      auto other = detect(bytes);
      if (other.name == "windows-1252" || other.undecodable != 0) return labelled;
      other.guessed = true;
      return other;
    }
    auto other = detect(bytes);
    // Windows-1252 reads anything: as a guess it is worse than the gaps of the labelled reading.
    if (!labelled.name.empty() && (other.undecodable != 0 || other.name == "windows-1252")) return labelled;
    other.guessed = true;
    return other;
  }
  auto seen = detect(bytes);
  // Plain ASCII is right under any label of a superset; an unknown label may not be one.
  seen.guessed = seen.name != "US-ASCII" || (name.empty() && !label.empty());
  return seen;
}

std::string decoded::doubt(std::string_view label) const {
  std::string out;
  if (guessed) {
    out = label.empty() ? "without a charset"
                        : "labelled " + without_controls(read_as(label, "UTF-8").text.substr(0, 40));
    out += ", read as " + name;
  }
  if (undecodable != 0) {
    if (!out.empty()) out += "; ";
    out += std::to_string(undecodable) + " bytes cannot be read as " + name;
  }
  return out;
}

std::string without_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  for (std::size_t i = 0; i < text.size();) {
    const auto start = i;
    UChar32 c = 0;
    U8_NEXT(data, i, text.size(), c);
    if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      out += replacement;
    } else {
      out.append(text.substr(start, i - start));
    }
  }
  return out;
}

}  // namespace intake::charset
