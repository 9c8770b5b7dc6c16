#include "libintake/sheet_layout.hpp"

#include <doctest/doctest.h>

#include <string>

#include "libintake/limits.hpp"

using namespace intake;

TEST_SUITE("sheet_layout") {
  TEST_CASE("page sizes are read as LibreOffice writes them, and nothing is read past the end") {
    const std::string pdf =
        "5 0 obj\n<</Type/Page/Parent 8 0 R/Resources 9 0 R/MediaBox[0 0 595.303937007874 841.889763779528]/Group 1>>\n"
        "6 0 obj\n<</Type/Page/Parent 8 0 R/MediaBox[0 0 1060.44 1280]>>\n8 0 obj\n<</Type/Pages/Kids[5 0 R 6 0 R]>>\n";
    const auto sizes = read_page_sizes(pdf);
    REQUIRE(sizes.size() == 2);
    CHECK(sizes[0].width == doctest::Approx(595.3).epsilon(0.001));
    CHECK(sizes[1].height == 1280);
    CHECK(read_page_sizes("").empty());
    for (std::size_t cut = 0; cut < pdf.size(); ++cut)
      CHECK(read_page_sizes(std::string_view(pdf).substr(0, cut)).size() <= 2);
    CHECK(read_page_sizes("/Type/Page/MediaBox[0 0 x")[0].width == 0);
  }

  TEST_CASE("columns are torn when a wide sheet prints to more pages than its rows need") {
    CHECK(columns_are_torn(6, {{1060, 1280}}));        // two strips of three
    CHECK_FALSE(columns_are_torn(1, {{1060, 1280}}));  // fitted to the width by its author
    CHECK_FALSE(columns_are_torn(3, {{400, 2000}}));   // narrow and long
    CHECK_FALSE(columns_are_torn(2, {{300, 400}, {300, 400}}));
    CHECK(columns_are_torn(4, {{300, 400}, {900, 400}}));
    CHECK_FALSE(columns_are_torn(126, {{9640, 3840}}));  // too wide to be shown whole
    CHECK(columns_are_torn(126, {{limits::render_sheet_width / 100.0, 3840}}));
    CHECK_FALSE(columns_are_torn(5, {{0, 0}}));
  }

  TEST_CASE("a long sheet is cut into pages as long as paper, where nothing is written") {
    const auto gap = [](double, double high) { return high - 10; };
    const auto cuts = cut_heights({1000, 4000}, gap);
    REQUIRE(cuts.size() == 3);
    CHECK(cuts[0] == doctest::Approx(1000 * 842.0 / 595 - 10));
    CHECK(cuts[1] == doctest::Approx(2 * (1000 * 842.0 / 595 - 10)));
    CHECK(cuts.back() == 4000);
    CHECK(cut_heights({1000, 500}, gap) == std::vector<double>{500});
    CHECK(cut_heights({100, 500}, gap).size() == 1);  // a slip of paper stays one
  }
}
