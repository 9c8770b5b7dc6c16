// Writing JSON text. Reading is record.hpp's business.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace intake::json {

/// Appends `text` as a JSON string. Invalid UTF-8 becomes U+FFFD, so that the result is always valid.
void quote(std::string& out, std::string_view text);
[[nodiscard]] std::string quoted(std::string_view text);

/// JSON text with large bytes whose base64 is only made when the text is written, so that no copy of it is ever held.
struct text {
  struct bytes {
    std::size_t at;  ///< where in `plain` their base64 belongs: between the quotes of a member's value
    std::string octets;
  };
  std::string plain;
  std::vector<bytes> large;  ///< in order

  text(std::string all) : plain(std::move(all)) {}  // NOLINT: plain text is text
  text(const char* all) : plain(all) {}             // NOLINT
};

/// Builds one JSON text. The caller keeps begin/end balanced; commas are the writer's business.
class writer {
 public:
  writer& begin_object() { return open('{'); }
  writer& end_object() { return close('}'); }
  writer& begin_array() { return open('['); }
  writer& end_array() { return close(']'); }
  writer& key(std::string_view name);
  writer& string(std::string_view text);
  writer& number(std::int64_t value);
  writer& real(double value);
  writer& boolean(bool value);
  /// `text` must be valid JSON.
  writer& raw(std::string_view text);
  /// Base64 of `bytes` as a string, written without a copy in between.
  writer& base64(std::string_view bytes);
  /// The same where the bytes can be given away; what is large is encoded later. Only take_text() may follow.
  writer& base64_later(std::string bytes);

  // `T` is resolved here, so that a string literal is never taken for a boolean.
  writer& member(std::string_view name, std::string_view text) { return key(name).string(text); }
  writer& member(std::string_view name, const char* text) { return key(name).string(text); }
  writer& member(std::string_view name, const std::string& text) { return key(name).string(text); }
  writer& member(std::string_view name, std::same_as<bool> auto value) { return key(name).boolean(value); }
  template <std::integral T>
  requires(!std::same_as<T, bool>) writer& member(std::string_view name, T value) {
    return key(name).number(static_cast<std::int64_t>(value));
  }
  /// Only when `text` is not empty: absent means not known.
  writer& member_if(std::string_view name, std::string_view text) { return text.empty() ? *this : member(name, text); }

  [[nodiscard]] const std::string& text() const { return out_; }
  [[nodiscard]] std::string take() { return std::move(out_); }
  [[nodiscard]] json::text take_text();

 private:
  writer& open(char bracket);
  writer& close(char bracket);
  void separate();
  std::string out_;
  std::vector<json::text::bytes> large_;
  bool first_ = true;
};

}  // namespace intake::json
