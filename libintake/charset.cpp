#include "charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/ucnv_cb.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>

#include "charset_labels.hpp"
#include "jis.hpp"

namespace intake::charset {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

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

decoded read_as(std::string_view bytes, std::string_view name) {
  decoded out;
  out.name = canonical_name(name);
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

decoded decode(std::string_view bytes, std::string_view label) {
  const auto name = canonical_name(label);
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
