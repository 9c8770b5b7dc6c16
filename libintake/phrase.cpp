#include "phrase.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "terminal.hpp"

namespace intake {
namespace {

namespace fs = std::filesystem;

/// A catalog as msgfmt writes it (GNU gettext manual, "The Format of GNU MO Files"). The C library's own reader gives
/// nothing where the locale is not generated, as on a server that was set up in English, and it opens files at the
/// first use of a text, which a confined worker cannot.
class catalog {
 public:
  catalog() = default;
  explicit catalog(std::string bytes) : bytes_(std::move(bytes)) {
    if (!is_sound()) bytes_.clear();
  }

  /// Empty when it is not there.
  [[nodiscard]] const char* find(std::string_view text) const {
    if (bytes_.empty() || text.empty()) return nullptr;
    std::uint32_t low = 0, high = number(8);
    while (low < high) {  // the originals are sorted
      const auto middle = low + (high - low) / 2;
      const auto order = text.compare(entry(number(12), middle));
      if (order == 0) return entry(number(16), middle).data();
      (order < 0 ? high : low) = order < 0 ? middle : middle + 1;
    }
    return nullptr;
  }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t at) const {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  [[nodiscard]] std::string_view entry(std::size_t table, std::size_t index) const {
    return {bytes_.data() + number(table + 8 * index + 4), number(table + 8 * index)};
  }
  [[nodiscard]] bool is_sound() const {
    const std::uint64_t size = bytes_.size();
    if (size < 28 || number(0) != 0x950412DE) return false;
    for (const std::uint64_t table : {number(12), number(16)}) {
      if (table + std::uint64_t{8} * number(8) > size) return false;
      for (std::size_t i = 0; i < number(8); ++i) {
        const std::uint64_t length = number(table + 8 * i), from = number(table + 8 * i + 4);
        if (from + length >= size || bytes_[from + length] != '\0') return false;
      }
    }
    return true;
  }

  std::string bytes_;
};

/// Beside the programs, in the build as when installed; for a program elsewhere, where it was to be installed.
catalog read_catalog() {
  if (terminal::language_of_environment() != terminal::language::japanese) return {};
  std::error_code none;
  const auto program = fs::read_symlink("/proc/self/exe", none);
  for (const auto& folder : {program.parent_path().parent_path() / "share/locale", fs::path(INTAKE_LOCALE_DIR)}) {
    std::ifstream file(folder / "ja/LC_MESSAGES/intake.mo", std::ios::binary);
    if (!file) continue;
    std::ostringstream bytes;
    bytes << file.rdbuf();
    return catalog(bytes.str());
  }
  return {};
}

std::string filled(const char* format, const std::vector<std::string>& values) {
  fmt::dynamic_format_arg_store<fmt::format_context> store;
  for (const auto& value : values) store.push_back(value);
  return fmt::vformat(format, store);
}

}  // namespace

std::optional<std::vector<std::string>> read_back(std::string_view text, std::string_view format) {
  std::vector<std::string> values;
  for (;;) {
    const auto hole = format.find("{}");
    const auto words = format.substr(0, hole);
    if (!text.starts_with(words)) return std::nullopt;
    text.remove_prefix(words.size());
    if (hole == format.npos) return text.empty() ? std::optional(values) : std::nullopt;
    format.remove_prefix(hole + 2);
    const auto until = format.substr(0, format.find("{}"));
    const auto end = until.empty() ? text.size() : text.find(until);
    if (end == text.npos) return std::nullopt;
    values.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
}

const char* tr(const char* text) {
  static const catalog translations = read_catalog();
  const char* const found = translations.find(text);
  return found ? found : text;
}

std::string tr(const std::string& text) {
  return tr(text.c_str());
}

std::string filled_in(const char* format, const std::vector<std::string>& values) {
  try {
    return filled(tr(format), values);
  } catch (const fmt::format_error&) {
    return filled(format, values);  // a catalog that asks for values there are not
  }
}

phrase::phrase(const char* format, std::initializer_list<phrase> values)
    : english_(format), local_(tr(format)), logged_(format) {
  if (values.size() == 0) return;
  std::vector<std::string> english, local, logged;
  for (const auto& value : values) {
    english.push_back(value.english_);
    local.push_back(value.local_);
    logged.push_back(value.logged_);
  }
  english_ = filled(format, english);
  logged_ = filled(format, logged);
  local_ = filled_in(format, local);
}

phrase withheld(std::string value) {
  phrase made(std::move(value));
  made.logged_ = "…";
  return made;
}

phrase recognised(const std::string& english, std::initializer_list<const char*> formats) {
  for (const char* format : formats)
    if (const auto values = read_back(english, format)) return {english, filled_in(format, *values)};
  return english;
}

phrase system_error(int number) {
  // Those that a desk meets.
  [[maybe_unused]] static constexpr const char* known[] = {marked("Bad file descriptor"),
                                                           marked("Broken pipe"),
                                                           marked("Cannot allocate memory"),
                                                           marked("Connection refused"),
                                                           marked("Connection reset by peer"),
                                                           marked("Connection timed out"),
                                                           marked("Device or resource busy"),
                                                           marked("Disk quota exceeded"),
                                                           marked("File exists"),
                                                           marked("File name too long"),
                                                           marked("File too large"),
                                                           marked("Function not implemented"),
                                                           marked("Input/output error"),
                                                           marked("Interrupted system call"),
                                                           marked("Invalid argument"),
                                                           marked("Is a directory"),
                                                           marked("Network is unreachable"),
                                                           marked("No route to host"),
                                                           marked("No space left on device"),
                                                           marked("No such device"),
                                                           marked("No such file or directory"),
                                                           marked("Not a directory"),
                                                           marked("Operation not permitted"),
                                                           marked("Permission denied"),
                                                           marked("Read-only file system"),
                                                           marked("Resource temporarily unavailable"),
                                                           marked("Success"),
                                                           marked("Too many levels of symbolic links"),
                                                           marked("Too many open files")};
  const char* const said = strerrordesc_np(number);
  return said ? phrase(said) : phrase("error {}", number);
}

}  // namespace intake
