#include "libintake/contact_sheet.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "libintake/raster.hpp"

using namespace intake;

namespace {

page one_colour(std::uint32_t columns, std::uint32_t rows, std::uint32_t channels, char level) {
  return {59500, 84200, columns, rows, channels, std::string(std::size_t{columns} * rows * channels, level), {}};
}

/// The sheet as another program sees it: its pixels, one channel.
page look(const std::string& png) {
  static const raster engine;
  page seen;
  CHECK(engine.run({document_family::image, 96, false, png}, std::chrono::seconds(60),
                   {nullptr,
                    [&](page&& each) {
                      seen = std::move(each);
                      return true;
                    },
                    nullptr}) == page_outcome::complete);
  return seen;
}

int level_at(const page& seen, double x, double y) {
  const auto at = static_cast<std::size_t>(y * seen.rows) * seen.columns + static_cast<std::size_t>(x * seen.columns);
  return static_cast<unsigned char>(seen.pixels[at * seen.channels]);
}

}  // namespace

TEST_SUITE("contact_sheet") {
  TEST_CASE("pages stand in rows of three in their order, and no more than six of them") {
    contact_sheet sheet;
    for (const char level : {0, 40, 80, 120}) sheet.add(one_colour(1240, 1754, 1, level));
    const auto seen = look(sheet.png());
    CHECK(std::abs(level_at(seen, 0.17, 0.25) - 0) < 6);
    CHECK(std::abs(level_at(seen, 0.50, 0.25) - 40) < 6);
    CHECK(std::abs(level_at(seen, 0.83, 0.25) - 80) < 6);
    CHECK(std::abs(level_at(seen, 0.17, 0.75) - 120) < 6);
    for (int n = 0; n < 20; ++n) sheet.add(one_colour(100, 100, 3, '\xff'));
    const auto more = look(sheet.png());
    CHECK(double(more.columns) / more.rows == doctest::Approx(double(seen.columns) / seen.rows).epsilon(0.01));
  }

  TEST_CASE("a stroke a pixel wide stays visible, and a page of one pixel is shown") {
    auto ruled = one_colour(1240, 1754, 1, '\xff');
    for (std::uint32_t x = 0; x < ruled.columns; ++x) ruled.pixels[877 * ruled.columns + x] = 0;
    contact_sheet sheet;
    sheet.add(ruled);
    const auto seen = look(sheet.png());
    int darkest = 255;
    for (std::uint32_t y = seen.rows / 4; y < seen.rows * 3 / 4; ++y)
      darkest = std::min(darkest, level_at(seen, 0.5, double(y) / seen.rows));
    CHECK(darkest < 220);
    contact_sheet tiny;
    tiny.add(one_colour(1, 1, 3, 0));
    CHECK_FALSE(tiny.png().empty());
    CHECK(contact_sheet().png().empty());
  }
}
