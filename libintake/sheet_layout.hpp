// Whether a spreadsheet's printed pages tear its columns apart, judged by the sizes of pages in LibreOffice's own PDFs.
// No I/O.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace intake {

struct page_size {
  double width = 0, height = 0;  ///< points
};

/// Of a PDF as LibreOffice writes it, where pages are no compressed objects.
[[nodiscard]] std::vector<page_size> read_page_sizes(std::string_view pdf);

/// `printed`: how many pages the sheets print to; `sheets`: the size of each as one page. False too when a sheet is so
/// wide that one page could not show it at the resolution asked for (limits::render_sheet_width): it is as unreadable
/// whole as in parts.
[[nodiscard]] bool columns_are_torn(std::size_t printed, const std::vector<page_size>& sheets);

/// Where to cut a page of that size into pages that are `across` wide: heights from the top, the last one the bottom.
/// `free(from, to)` gives the lowest height within that nothing written crosses, or `to`.
template <typename Free>
[[nodiscard]] std::vector<double> cut_heights(page_size sheet, const Free& free) {
  // As long as paper is for its width, and a little less to find a gap between lines.
  const double longest = sheet.width * 842 / 595 > 595 ? sheet.width * 842 / 595 : 595;
  std::vector<double> cuts;
  double from = 0;
  while (sheet.height - from > longest) cuts.push_back(from = free(from + longest * 0.85, from + longest));
  cuts.push_back(sheet.height);
  return cuts;
}

}  // namespace intake
