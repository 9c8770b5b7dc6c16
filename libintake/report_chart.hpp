// The drawings of a report as SVG within its page: bars, and a year as weeks. Colours are classes of the page's style;
// each is told apart by shape too, and every value stands in words beside or in the title of its mark.
#pragma once

#include <string>
#include <vector>

#include "markup.hpp"
#include "report.hpp"
#include "terminal.hpp"

namespace intake {

struct chart_bar {
  std::string label;
  unsigned value = 0;
};

/// Vertical bars from zero, each with its value above it and its label below.
void draw_bars(markup& out, std::string_view title, const std::vector<chart_bar>& bars);

/// A column a week, a row a weekday: checks by depth of colour, unchecked open days and lists by marks.
void draw_year(markup& out, std::string_view title, const std::vector<reported_day>& days, date today,
               terminal::language words);
/// The marks of draw_year and what they mean.
void draw_year_legend(markup& out, terminal::language words);

}  // namespace intake
