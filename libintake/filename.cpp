#include "filename.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>

#include "container.hpp"

namespace intake {
namespace {

// Characters that stand for nothing to see, beyond those of general category Cf: fillers that show as a blank.
constexpr std::array<UChar32, 6> fillers = {0x034F, 0x115F, 0x1160, 0x2800, 0x3164, 0xFFA0};

struct named_range {
  UChar32 first, last;
  const char* what;
};
constexpr std::array tricks = {
    named_range{0x00, 0x1F, "a control character"},
    named_range{0x7F, 0x9F, "a control character"},
    named_range{0x061C, 0x061C, "a bidirectional control character"},
    named_range{0x200E, 0x200F, "a bidirectional control character"},
    named_range{0x202A, 0x202E, "a bidirectional control character"},
    named_range{0x2066, 0x2069, "a bidirectional control character"},
};

const char* trick_of(UChar32 c) {
  if (c < 0) return "bytes that are not UTF-8";
  for (const auto& range : tricks)
    if (c >= range.first && c <= range.last) return range.what;
  if (u_charType(c) == U_FORMAT_CHAR || std::find(fillers.begin(), fillers.end(), c) != fillers.end())
    return "an invisible character";
  return nullptr;
}

std::optional<std::string> trick_in(std::string_view name) {
  const auto size = static_cast<int32_t>(std::min<std::size_t>(name.size(), 1 << 20));
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(name.data(), at, size, c);
    if (const char* const what = trick_of(c)) return std::string("the name contains ") + what;
  }
  return std::nullopt;
}

std::string_view base_of(std::string_view name) {
  const auto slash = name.find_last_of("/\\");
  return slash == std::string_view::npos ? name : name.substr(slash + 1);
}

// Full-width ASCII (U+FF01 to U+FF5E) and the dots that look like one, as ASCII; invisible characters left out.
std::string folded(std::string_view name) {
  std::string out;
  const auto size = static_cast<int32_t>(std::min<std::size_t>(name.size(), 1 << 20));
  for (int32_t at = 0; at < size;) {
    const int32_t from = at;
    UChar32 c = 0;
    U8_NEXT(name.data(), at, size, c);
    if (c >= 0xFF01 && c <= 0xFF5E)
      out += static_cast<char>(c - 0xFF01 + '!');
    else if (c == 0x2024 || c == 0xFE52)
      out += '.';
    else if (c == 0x3000 || c == 0xA0)
      out += ' ';
    else if (c < 0 || !trick_of(c))
      out.append(name.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(at - from)));
  }
  return out;
}

// Takes the last extension off `name`.
std::string take_extension(std::string& name) {
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) return {};
  std::string extension = lower_ascii(std::string_view(name).substr(dot + 1));
  name.resize(dot);
  return extension;
}

bool any_fits(std::string_view extension, bool programs) {
  if (extension.empty()) return false;
  return std::any_of(kind_rows().begin(), kind_rows().end(),
                     [&](const kind_row& row) { return is_program(row.kind) == programs && fits(row, extension); });
}

}  // namespace

std::string extension_of(std::string_view untrusted_name) {
  std::string name = folded(base_of(untrusted_name));
  return take_extension(name);
}

std::optional<std::string> name_contest(std::string_view untrusted_name, file_kind kind) {
  if (auto trick = trick_in(untrusted_name)) return trick;
  std::string name = folded(base_of(untrusted_name));
  const std::string extension = take_extension(name);
  // "申請書.pdf.exe": the last extension runs, the one before it is what a reader takes it for.
  if (any_fits(extension, true)) {
    const std::string before = take_extension(name);
    if (any_fits(before, false)) return "two extensions, ." + before + " and ." + extension;
  }
  const bool known = any_fits(extension, true) || any_fits(extension, false);
  if (!known || fits(row_of(kind), extension)) return std::nullopt;
  return "named ." + extension + ", " +
         (kind == file_kind::unknown ? "of no known kind" : "is " + std::string(row_of(kind).name));
}

}  // namespace intake
