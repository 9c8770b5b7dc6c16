// The letter that comes with an application: its fields, by the profile's patterns, and whether it is laid out as the
// site does it. Handles hostile bytes.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "body.hpp"
#include "profile.hpp"

namespace intake {

struct letter {
  /// In the order of the profile, in normal form (NFKC); only those that were found. submitted_at is RFC 3339, or a day
  /// where no time is given.
  std::vector<std::pair<std::string, std::string>> fields;
  /// body.layout with all that deviates; applicant.mismatch when several are named.
  std::vector<observation> doubts;

  /// Empty if not found.
  [[nodiscard]] std::string_view field(std::string_view name) const;
};

/// Text in the form that patterns of a profile meet: NFKC, lines ended by LF.
[[nodiscard]] std::string normal_text(std::string_view text);

/// `normal` as normal_text() gives it.
[[nodiscard]] letter read_letter(std::string_view normal, const profile& rule);

/// Whether a line of it begins with this label.
[[nodiscard]] bool has_label(std::string_view normal, std::string_view label);

/// How many of the labels that a genuine letter has begin a line of this one.
[[nodiscard]] std::size_t count_labels(std::string_view normal, const profile& rule);

/// A time as RFC 3339, or a day as YYYY-MM-DD; empty if it is neither. With `day`, a time of day alone is of that day.
[[nodiscard]] std::string recorded_time(std::string_view written, int offset_minutes,
                                        const std::optional<date>& day = {});

/// Without white space at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace intake
