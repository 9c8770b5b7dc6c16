#include "member_name.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <stdexcept>
#include <vector>

namespace intake {
namespace {

constexpr std::size_t part_bytes = 255;  // NAME_MAX of every common file system
constexpr unsigned name_parts = 32;

struct converter_closer {
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

std::optional<std::string> decode_cp932(std::string_view bytes) {
  UErrorCode status = U_ZERO_ERROR;
  // IBM-943 with P15A is what Windows calls code page 932: 0x8160 is U+FF5E and 0x5C stays a backslash.
  const std::unique_ptr<UConverter, converter_closer> converter(ucnv_open("ibm-943_P15A-2003", &status));
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  if (U_FAILURE(status)) throw std::runtime_error("ICU has no converter for CP932");
  // Never more UTF-16 units than bytes: the longest sequence of units for one byte is one.
  std::vector<UChar> units(bytes.size() + 1);
  const auto length = ucnv_toUChars(converter.get(), units.data(), static_cast<std::int32_t>(units.size()),
                                    bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) return std::nullopt;
  std::string utf8;
  icu::UnicodeString(units.data(), length).toUTF8String(utf8);
  return utf8;
}

// Characters that show nothing or reorder what is shown: "fdp.exe" must not look like "exe.pdf".
bool is_invisible(UChar32 character) {
  switch (u_charType(character)) {
    case U_CONTROL_CHAR:
    case U_FORMAT_CHAR:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR:
    case U_SURROGATE:
    case U_UNASSIGNED:
      return true;
    default:
      break;
  }
  // Variation selectors tell apart the forms of an ideograph in a person's name; they are regular in Japanese names.
  return u_hasBinaryProperty(character, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) != 0 &&
         u_hasBinaryProperty(character, UCHAR_VARIATION_SELECTOR) == 0;
}

// Device names of Windows, with any extension; COM¹ is COM1 there.
bool is_reserved(std::string_view part) {
  std::string stem(part.substr(0, part.find('.')));
  while (!stem.empty() && stem.back() == ' ') stem.pop_back();
  std::transform(stem.begin(), stem.end(), stem.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  static constexpr std::array devices = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"};
  if (std::find(devices.begin(), devices.end(), stem) != devices.end()) return true;
  if (!stem.starts_with("COM") && !stem.starts_with("LPT")) return false;
  const auto number = std::string_view(stem).substr(3);
  if (number.size() == 1) return number[0] >= '0' && number[0] <= '9';
  return number == "¹" || number == "²" || number == "³";
}

std::string_view unsafe_part(std::string_view part) {
  if (part.empty()) return "empty part";
  if (part == "." || part == "..") return "climbs out of its folder";
  if (part.size() > part_bytes) return "over-long name";
  if (part.back() == '.' || part.back() == ' ') return "part that ends in what Windows cuts off";
  if (is_reserved(part)) return "name reserved by Windows";
  return {};
}

std::string_view unsafe_characters(std::string_view utf8) {
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 character = 0;
    U8_NEXT(utf8.data(), at, size, character);
    if (character < 0) return "not UTF-8";
    if (character == '\\') return "backslash";
    if (character == ':') return "drive letter or stream";
    if (is_invisible(character)) return "control or invisible character";
  }
  return {};
}

// What a name is compared by.
std::string name_key(std::string_view utf8) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status)) throw std::runtime_error("ICU has no NFKC_Casefold");
  std::string key;
  folding->normalize(icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())}), status)
      .toUTF8String(key);
  return key;
}

}  // namespace

bool is_utf8(std::string_view untrusted) {
  const auto size = static_cast<std::int32_t>(untrusted.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 character = 0;
    U8_NEXT(untrusted.data(), at, size, character);
    if (character < 0) return false;
  }
  return true;
}

std::optional<std::string> decode_member_name(std::string_view untrusted) {
  if (is_utf8(untrusted)) return std::string(untrusted);
  return decode_cp932(untrusted);
}

std::string_view unsafe_name(std::string_view utf8) {
  if (utf8.empty()) return "no name";
  if (utf8.front() == '/') return "absolute path";
  if (const auto why = unsafe_characters(utf8); !why.empty()) return why;
  if (utf8.back() == '/') utf8.remove_suffix(1);
  unsigned parts = 0;
  for (std::size_t start = 0; start <= utf8.size();) {
    if (++parts > name_parts) return "too many folders";
    const auto end = std::min(utf8.find('/', start), utf8.size());
    if (const auto why = unsafe_part(utf8.substr(start, end - start)); !why.empty()) return why;
    start = end + 1;
  }
  return {};
}

std::optional<std::size_t> colliding_name(std::span<const std::string> utf8_names) {
  std::set<std::string, std::less<>> files, folders;
  std::vector<std::string> keys;
  for (const auto& name : utf8_names) {
    auto key = name_key(name);
    const bool is_folder = key.ends_with('/');
    if (is_folder) key.pop_back();
    if (files.contains(key) || folders.contains(key)) return keys.size();
    (is_folder ? folders : files).insert(key);
    keys.push_back(std::move(key));
  }
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (auto slash = keys[i].rfind('/'); slash != std::string::npos && slash != 0;
         slash = keys[i].rfind('/', slash - 1))
      if (files.contains(std::string_view(keys[i]).substr(0, slash))) return i;
  return std::nullopt;
}

}  // namespace intake
