// The list mail: one a day, naming the applications made through the site. Read as rows of text or as a CSV file, as
// the profile says. Handles hostile bytes: bounded entries, and what could not be read is told, because an entry that
// is silently skipped is a missed reception that nobody looks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "body.hpp"
#include "profile.hpp"

namespace intake {

struct list_entry {
  std::string receipt_no, submitted_at, procedure, station, applicant;  ///< in normal form; empty: not told
};

struct list_reading {
  std::optional<date> day;
  bool corrected = false;  ///< it says that it takes the place of the earlier lists of its day
  std::vector<list_entry> entries;
  /// body.layout (day, rows, columns, count), attachment.missing, attachment.unexpected, mail.limit.
  std::vector<observation> doubts;
};

/// A file of the mail with its bytes.
struct list_file {
  std::string id, path, bytes;
};

/// `subject` and `text` as normal_text() gives them.
[[nodiscard]] list_reading read_list_mail(std::string_view subject, std::string_view text,
                                          const std::vector<list_file>& files, const profile& rule);

/// Records of a CSV text (RFC 4180): quoted fields with doubled quotes and line ends, CRLF or LF. Empty lines are left
/// out. `whole` becomes false when a quote is never closed or a limit is crossed.
[[nodiscard]] std::vector<std::vector<std::string>> read_csv(std::string_view text, char separator, bool& whole);

}  // namespace intake
