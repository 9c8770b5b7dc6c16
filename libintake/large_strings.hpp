// The large strings of a line are documents in base64, megabytes without anything in them that JSON gives a meaning to.
// A parser copies each of them, which costs more than all the rest of its work, in time and in memory. So they are
// taken out before it sees the line. Handles hostile bytes; linear.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace intake {

/// A line of JSON with a short stand-in for each large string: a line that is JSON stays so, and one that is not does
/// not become it. Views point into the line.
class large_strings {
 public:
  large_strings() = default;
  /// Takes out the strings of `least` and more octets that are ASCII without control characters and escapes, and no
  /// keys. None from a line where a stand-in would not be known as one.
  explicit large_strings(std::string_view line, std::size_t least = 4096);

  [[nodiscard]] bool any() const { return !taken_.empty(); }
  /// The line with the stand-ins; at least 64 octets behind it are readable.
  [[nodiscard]] std::string_view text() const { return text_; }
  /// What a decoded string of text() is in the line.
  [[nodiscard]] std::string_view content(std::string_view decoded) const;
  /// JSON made from text(), with the strings in the place of their stand-ins.
  [[nodiscard]] std::string restored(std::string_view json) const;

 private:
  std::string text_;
  std::vector<std::string_view> taken_;
};

}  // namespace intake
