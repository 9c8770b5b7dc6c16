// Changes to one line of JSON, as data. A confined worker makes them, the line pump applies them to the line it holds:
// bytes that nobody changed are never copied through the worker, which therefore cannot touch them. Lines and
// serialised edits may be hostile; every offset is checked.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json.hpp"
#include "memory.hpp"

namespace intake {

/// A line in pieces. The views point into the line, the edits, and `made`; all must outlive it.
struct spliced_line {
  std::vector<std::string_view> pieces;
  std::vector<std::size_t> encoded;  ///< those of them, in order, of which the base64 is meant
  std::deque<std::string> made;
  std::size_t size = 0;

  void add(std::string_view piece);
  void add_base64(std::string_view bytes);
  /// Keeps `text` and adds it.
  void make(std::string text);
  [[nodiscard]] std::string join() const;
};

/// Moves, but is not copied: a change may hold a document.
class line_edits {
 public:
  line_edits() = default;
  line_edits(line_edits&&) = default;
  line_edits& operator=(line_edits&&) = default;

  /// JSON text, and the bytes whose base64 belongs into it, each at its offset.
  struct value_text {
    std::string_view plain;
    std::vector<std::pair<std::size_t, std::string_view>> large;
  };
  /// The new value, held by the line_edits; nullopt erases.
  using change = std::optional<value_text>;

  /// `json` is the new value's JSON text; nullopt erases. Made twice, the last holds.
  /// Throws failure(software) for "id" and "intake": the identity never changes.
  void set(std::string_view key, std::optional<json::text> json);
  void set_in(std::string_view object, std::string_view key, std::optional<json::text> json);
  void set_in_file(std::size_t index, std::string_view key, std::optional<json::text> json);
  void append(std::string_view array, json::text json);

  /// The JSON text that a top-level member is set to, if it is.
  [[nodiscard]] std::optional<std::string_view> value_of(std::string_view key) const;

  /// The line with the changes. Throws unusable_line when the line is not a JSON object as far as it has to be read,
  /// or when a member is both replaced and changed inside.
  [[nodiscard]] spliced_line apply(std::string_view line) const;

  /// For the way from a worker to its pump: views into the changes and what it makes. parse() checks that each value is
  /// JSON on one line and throws unusable_line for anything else; it takes what lies behind `from`.
  [[nodiscard]] spliced_line serialise() const;
  [[nodiscard]] static line_edits parse(octets bytes, std::size_t from = 0);

  /// Changes to the members of one object, in the order in which they were made first.
  class members {
   public:
    void set(std::string_view key, const change& json);
    [[nodiscard]] const change* find(std::string_view key) const;
    [[nodiscard]] const auto& all() const { return changes_; }

   private:
    std::vector<std::pair<std::string, change>> changes_;
  };

 private:
  [[nodiscard]] change keep(std::optional<json::text> json);
  enum class place : char { top, inside, file, array };
  void put(place where, std::size_t index, std::string_view outer, std::string_view key, const change& json);

  std::deque<json::text> kept_;  ///< what the views look at, or
  octets received_;
  members top_;
  std::map<std::string, members, std::less<>> inside_;                    ///< of top-level objects
  std::map<std::size_t, members> files_;                                  ///< of elements of "files"
  std::map<std::string, std::vector<value_text>, std::less<>> appended_;  ///< to top-level arrays
};

/// The raw text of a top-level member of a line (with its quotes, if a string), or empty. Throws unusable_line.
[[nodiscard]] std::string_view raw_member(std::string_view line, std::string_view key);

}  // namespace intake
