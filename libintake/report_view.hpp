// A report as its readers get it: JSON for programs, text for a terminal, one HTML page for a browser and for paper.
// All three tell the same values. What came from mails is neutralised for the terminal and escaped for HTML.
#pragma once

#include <string>

#include "report.hpp"
#include "terminal.hpp"

namespace intake {

/// One line (docs/report.md).
[[nodiscard]] std::string report_json(const desk_report& made);
[[nodiscard]] std::string report_text(const desk_report& made, const terminal::style& style);
/// A document that is whole by itself: no script, and nothing is asked for from elsewhere. Light and dark, A4.
[[nodiscard]] std::string report_html(const desk_report& made, terminal::language words);

}  // namespace intake
