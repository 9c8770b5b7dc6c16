#include "libintake/safepdf.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "libintake/page_image.hpp"
#include "libintake/raster.hpp"

using namespace intake;

namespace {

page blank(std::uint32_t columns, std::uint32_t rows, std::uint32_t channels, char value = '\xff') {
  return {59500, 84200, columns, rows, channels, std::string(std::size_t{columns} * rows * channels, value), {}};
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != text.npos;
}

/// The pages of a PDF as raster reads them: the writer's work seen by another program.
std::vector<page> read_back(const std::string& pdf) {
  static const raster engine;
  std::vector<page> pages;
  const auto outcome = engine.run({document_family::pdf, 72, false, pdf}, std::chrono::seconds(60),
                                  {nullptr,
                                   [&](page&& each) {
                                     pages.push_back(std::move(each));
                                     return true;
                                   },
                                   nullptr});
  CHECK(outcome == page_outcome::complete);
  return pages;
}

std::u32string text_of(const page& read) {
  std::u32string all;
  for (const auto& run : read.runs) all += run.text + U"\n";
  return all;
}

}  // namespace

TEST_SUITE("safepdf") {
  TEST_CASE("the same pages give the same bytes, and nothing tells where or when") {
    const auto make = [] {
      safe_pdf pdf;
      auto made = blank(100, 140, 1);
      made.runs.push_back({7000, 7000, 10000, 0, 1000, false, U"様式第一号 ABC"});
      pdf.add(made);
      return pdf.finish();
    };
    const std::string one = make();
    CHECK(one == make());
    CHECK(one.starts_with("%PDF-1."));
    for (const char* part : {"CreationDate", "ModDate", "Author", "Creator", "Title", "/JavaScript", "/JS",
                             "/OpenAction", "/AA", "/Launch", "/EmbeddedFile", "/AcroForm", "/URI", "/Annots"})
      CHECK_FALSE(has(one, part));
  }

  TEST_CASE("Japanese text is found where it stands, also down a column and beyond the basic plane") {
    safe_pdf pdf;
    auto made = blank(100, 140, 1);
    made.runs.push_back({7000, 7000, 6000, 0, 1000, false, U"申請者 見本花子"});
    made.runs.push_back({50000, 7000, 0, 5000, 1000, true, U"縦書きの文"});
    made.runs.push_back({7000, 20000, 2000, 0, 1000, false, U"𠮷野"});
    pdf.add(made);
    const auto pages = read_back(pdf.finish());
    REQUIRE(pages.size() == 1);
    const auto text = text_of(pages[0]);
    CHECK(text.find(U"申請者 見本花子") != text.npos);
    CHECK(text.find(U"縦書きの文") != text.npos);
    CHECK(text.find(U"𠮷野") != text.npos);
    for (const auto& run : pages[0].runs) {
      if (run.text.starts_with(U"申請者")) {
        CHECK(run.x == doctest::Approx(7000).epsilon(0.02));
        CHECK(run.y == doctest::Approx(7000).epsilon(0.02));
        CHECK(run.dx == doctest::Approx(6000).epsilon(0.02));
      }
      if (run.text.starts_with(U"縦")) {
        CHECK(run.vertical);
        CHECK(run.dy == doctest::Approx(5000).epsilon(0.05));
        CHECK(run.y == doctest::Approx(7000).epsilon(0.05));
      }
    }
    // Invisible: the page is as white as its pixels.
    CHECK(std::all_of(pages[0].pixels.begin(), pages[0].pixels.end(), [](char c) { return c == '\xff'; }));
  }

  TEST_CASE("a page that is not what it says is refused") {
    safe_pdf pdf;
    auto wrong = blank(10, 10, 1);
    wrong.pixels.pop_back();
    CHECK_THROWS_AS(pdf.add(wrong), std::invalid_argument);
    wrong = blank(10, 10, 1);
    wrong.width = 0;
    CHECK_THROWS_AS(pdf.add(wrong), std::invalid_argument);
    wrong = blank(10, 10, 1);
    wrong.runs.push_back({0, 0, 10, 0, 1000, false, U"a\u202Eb"});
    CHECK_THROWS_AS(pdf.add(wrong), std::invalid_argument);
    wrong = blank(10, 10, 1);
    wrong.runs.push_back({0, 10'000'000, 10, 0, 1000, false, U"a"});
    CHECK_THROWS_AS(pdf.add(wrong), std::invalid_argument);
  }
}

TEST_SUITE("page_image") {
  TEST_CASE("two levels are one bit, soft edges four, few colours a palette") {
    const auto only = [](const page& made) {
      const auto images = encode_page(made);
      REQUIRE(images.size() == 1);
      CHECK(images[0].columns == 400);
      CHECK(images[0].rows == 400);
      return images[0];
    };
    CHECK(has(only(blank(400, 400, 1)).dictionary, "CCITTFaxDecode"));
    CHECK(has(only(blank(400, 400, 3)).dictionary, "CCITTFaxDecode"));  // no colour in it
    auto soft = blank(400, 400, 1);
    for (std::size_t i = 0; i < soft.pixels.size(); i += 50) soft.pixels[i] = 120;
    CHECK(has(only(soft).dictionary, "/BitsPerComponent 4"));
    auto few = blank(400, 400, 3);
    for (std::size_t i = 3000; i < 30000; i += 3) few.pixels[i] = 0;
    CHECK(has(only(few).dictionary, "/Indexed"));
    CHECK(only(few).bytes.size() < 2000);
  }

  TEST_CASE("a photograph is cut out of its page, and a page that is one is one") {
    const auto shade = [](page& made, std::uint32_t from, std::uint32_t to) {
      for (std::uint32_t y = from; y < to; ++y)
        for (std::uint32_t x = from; x < to; ++x)
          for (std::uint32_t c = 0; c < made.channels; ++c)
            made.pixels[(std::size_t{y} * made.columns + x) * made.channels + c] = static_cast<char>(x * 2 + y + 9 * c);
    };
    for (const std::uint32_t channels : {1U, 3U}) {
      auto all = blank(400, 400, channels);
      shade(all, 0, 400);
      REQUIRE(encode_page(all).size() == 1);
      CHECK(has(encode_page(all)[0].dictionary, "DCTDecode"));
      auto part = blank(400, 400, channels);
      shade(part, 100, 250);
      const auto images = encode_page(part);
      REQUIRE(images.size() == 2);
      CHECK(has(images[0].dictionary, "CCITTFaxDecode"));
      CHECK(has(images[1].dictionary, "DCTDecode"));
      CHECK(images[1].x <= 100);
      CHECK(images[1].x + images[1].columns >= 250);
      CHECK(images[1].y <= 100);
      CHECK(images[1].y + images[1].rows >= 250);
      CHECK(images[1].columns < 250);
    }
  }

  TEST_CASE("every encoding shows the page it was given") {
    for (const std::uint32_t channels : {1U, 3U}) {
      for (const int kind : {0, 1, 2, 3}) {
        CAPTURE(channels);
        CAPTURE(kind);
        auto made = blank(60, 84, channels);  // as many pixels as it is drawn with, so that none is resampled
        made.width = 6000, made.height = 8400;
        for (std::uint32_t y = 0; y < 84; ++y)
          for (std::uint32_t x = 0; x < 60; ++x)
            for (std::uint32_t c = 0; c < channels; ++c) {
              auto& at = made.pixels[(std::size_t{y} * 60 + x) * channels + c];
              if (kind == 0) at = x > 30 && y > 42 ? 0 : '\xff';
              if (kind == 1) at = static_cast<char>(x > 30 && y > 42 ? 80 + 60 * c : 255);
              if (kind == 2) at = static_cast<char>(x * 2 + y + 20 * c);
              if (kind == 3) at = static_cast<char>(x > 40 && y > 60 ? x * 2 + y + 20 * c : 255);
            }
        safe_pdf pdf;
        pdf.add(made);
        static const raster engine;
        const std::string bytes = pdf.finish();
        page back;
        CHECK(engine.run({document_family::pdf, 72, false, bytes}, std::chrono::seconds(60),
                         {nullptr,
                          [&](page&& each) {
                            back = std::move(each);
                            return true;
                          },
                          nullptr}) == page_outcome::complete);
        REQUIRE(back.columns == 60);
        REQUIRE(back.rows == 84);
        const auto apart = [&](std::uint32_t x, std::uint32_t y, std::uint32_t c) {
          const auto was = static_cast<unsigned char>(made.pixels[(std::size_t{y} * 60 + x) * channels + c]);
          const auto is = static_cast<unsigned char>(
              back.pixels[(std::size_t{y} * 60 + x) * back.channels + (back.channels == 1 ? 0 : c)]);
          return std::abs(was - is);
        };
        for (std::uint32_t c = 0; c < channels; ++c) {
          CHECK(apart(10, 10, c) <= 12);
          CHECK(apart(50, 70, c) <= 12);
        }
      }
    }
  }
}
