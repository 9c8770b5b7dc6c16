#include "sheet_layout.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "limits.hpp"

namespace intake {

std::vector<page_size> read_page_sizes(std::string_view pdf) {
  constexpr std::string_view page = "/Type/Page/", box = "/MediaBox[";
  std::vector<page_size> sizes;
  for (auto at = pdf.find(page); at != pdf.npos; at = pdf.find(page, at + page.size())) {
    page_size size;
    if (const auto start = pdf.find(box, at); start != pdf.npos && start < at + 300) {
      std::array<double, 4> numbers{};
      const char* from = pdf.data() + start + box.size();
      const char* const end = pdf.data() + std::min(pdf.size(), start + 100);
      for (double& number : numbers) {
        while (from < end && *from == ' ') ++from;
        from = std::from_chars(from, end, number).ptr;
      }
      size = {numbers[2] - numbers[0], numbers[3] - numbers[1]};
    }
    sizes.push_back(size);
  }
  return sizes;
}

bool columns_are_torn(std::size_t printed, const std::vector<page_size>& sheets) {
  // What A4 shows between usual margins, upright in width, lying in height: no layout of whole rows needs more pages.
  constexpr double width = 480, height = 480;
  bool wide = false;
  double rows = 0;
  for (const auto& sheet : sheets) {
    if (sheet.width * 100 > limits::render_sheet_width || sheet.width <= 0 || sheet.height <= 0) return false;
    wide = wide || sheet.width > width;
    rows += std::ceil(sheet.height / height);
  }
  return wide && static_cast<double>(printed) > rows;
}

}  // namespace intake
