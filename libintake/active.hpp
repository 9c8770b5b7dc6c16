// Macros, scripts and whatever else a document would run, load or hide, found on the structure of the file and not on
// strings in it. Handles hostile bytes: call inside the sandbox. Called by intake-scan for every file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "filetype.hpp"
#include "findings.hpp"

namespace intake {

struct active_report {
  struct item {
    finding_code code;
    std::string detail;
  };
  std::vector<item> items;        ///< each code with each detail once, at most limits::active_reports
  std::vector<std::string> tags;  ///< member "active" of a file: "vba", "xlm", "uri:12" …
  /// False: something could not be read to its end (items says what), so that nothing found means nothing.
  bool complete = true;

  [[nodiscard]] bool has(std::string_view code) const;
};

/// `kind` is what recognise() made of the bytes. May take as long as the bytes are hostile: needs a watchdog.
[[nodiscard]] active_report find_active(std::string_view untrusted_bytes, file_kind kind);

}  // namespace intake
