#include "libintake/raster.hpp"

#include <doctest/doctest.h>

#include "libintake/limits.hpp"
#include "picture_samples.hpp"

using namespace intake;

namespace {

struct seen {
  page_outcome outcome = page_outcome::failed;
  std::uint32_t said = 0;
  std::vector<page> pages;
};

seen look(document_family family, const std::string& bytes, unsigned dpi = 150) {
  static const raster engine;
  seen all;
  all.outcome = engine.run({family, dpi, false, bytes}, std::chrono::seconds(60),
                           {[&](std::uint32_t pages) { all.said = pages; },
                            [&](page&& each) {
                              all.pages.push_back(std::move(each));
                              return true;
                            },
                            nullptr});
  return all;
}

/// The colours in the middle of the four quarters: R, G, B, W, K or ?.
std::string quarters_of(const page& of) {
  std::string out;
  for (const std::uint32_t place : {0U, 1U, 2U, 3U}) {
    const std::uint32_t x = of.columns * (place % 2 * 2 + 1) / 4, y = of.rows * (place / 2 * 2 + 1) / 4;
    unsigned bits = 0;
    for (unsigned c = 0; c < 3; ++c) {
      const auto level = static_cast<unsigned char>(
          of.pixels[(std::size_t{y} * of.columns + x) * of.channels + (of.channels == 3 ? c : 0)]);
      bits |= level > 200 ? 1U << c : level < 55 ? 0U : 8U;
    }
    out += bits == 1 ? 'R' : bits == 2 ? 'G' : bits == 4 ? 'B' : bits == 7 ? 'W' : bits == 0 ? 'K' : '?';
  }
  return out;
}

void check_quarters(document_family family, const std::string& bytes) {
  const auto all = look(family, bytes);
  CHECK(all.outcome == page_outcome::complete);
  REQUIRE(all.pages.size() == 1);
  CHECK(quarters_of(all.pages[0]) == "RGBW");
  CHECK(all.pages[0].columns == doctest::Approx(2.0 * all.pages[0].rows).epsilon(0.05));
}

}  // namespace

TEST_SUITE("raster") {
  TEST_CASE("every picture format shows what its own library wrote") {
    const sample::quarters picture;
    for (const auto& [family, bytes] : {std::pair(document_family::image, sample::jpeg(picture)),
                                        {document_family::image, sample::bmp(picture)},
                                        {document_family::image, sample::jpeg2000(picture)},
                                        {document_family::image, sample::jpeg2000(picture, true)},
                                        {document_family::webp, sample::webp(picture)},
                                        {document_family::tiff, sample::tiff(picture)}}) {
      CAPTURE(bytes.substr(0, 12));
      REQUIRE_FALSE(bytes.empty());
      check_quarters(family, bytes);
    }
  }

  TEST_CASE("a phone's HEIC and an AVIF are shown") {
    const std::string heic = sample::heif({}), avif = sample::heif({}, true);
    REQUIRE_FALSE(heic.empty());
    check_quarters(document_family::heif, heic);
    if (!avif.empty()) check_quarters(document_family::heif, avif);
  }

  TEST_CASE("of an animation the first frame is the page") {
    check_quarters(document_family::image, sample::gif({}, 0));
    check_quarters(document_family::image, sample::gif({}, 3));
    check_quarters(document_family::webp, sample::webp({}, 3));
  }

  TEST_CASE("a photograph stands upright whichever way the camera was held") {
    const sample::quarters upright;
    for (int orientation = 1; orientation <= 8; ++orientation) {
      CAPTURE(orientation);
      check_quarters(document_family::image, sample::jpeg(upright.stored_as(orientation), orientation));
      check_quarters(document_family::tiff, sample::tiff(upright.stored_as(orientation), 8, false, orientation));
    }
  }

  TEST_CASE("TIFF samples of any depth are shown, in one plane or three, whole numbers or fractions") {
    for (const unsigned bits : {0U, 8U, 10U, 12U, 14U, 16U, 24U, 32U})
      for (const bool planes : {false, true}) {
        CAPTURE(bits);
        CAPTURE(planes);
        check_quarters(document_family::tiff, sample::tiff({}, bits, planes));
      }
  }

  TEST_CASE("each page of a fax is a page, and a thumbnail is none") {
    const auto fax = sample::tiff(4, [](TIFF* file, unsigned page) {
      TIFFSetField(file, TIFFTAG_IMAGEWIDTH, 1728U);
      TIFFSetField(file, TIFFTAG_IMAGELENGTH, 100U);
      TIFFSetField(file, TIFFTAG_BITSPERSAMPLE, 1);
      TIFFSetField(file, TIFFTAG_SAMPLESPERPIXEL, 1);
      TIFFSetField(file, TIFFTAG_COMPRESSION, COMPRESSION_CCITTFAX4);
      TIFFSetField(file, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISWHITE);
      TIFFSetField(file, TIFFTAG_ROWSPERSTRIP, 100U);
      TIFFSetField(file, TIFFTAG_XRESOLUTION, 204.0);
      TIFFSetField(file, TIFFTAG_YRESOLUTION, 98.0);
      TIFFSetField(file, TIFFTAG_RESOLUTIONUNIT, RESUNIT_INCH);
      if (page == 1) TIFFSetField(file, TIFFTAG_SUBFILETYPE, FILETYPE_REDUCEDIMAGE);
      std::string row(1728 / 8, static_cast<char>(page == 3 ? 0xFF : 0));
      for (std::uint32_t y = 0; y < 100; ++y) TIFFWriteScanline(file, row.data(), y, 0);
    });
    const auto all = look(document_family::tiff, fax);
    CHECK(all.outcome == page_outcome::complete);
    REQUIRE(all.pages.size() == 3);
    CHECK(quarters_of(all.pages[0]) == "WWWW");
    CHECK(quarters_of(all.pages[2]) == "KKKK");
    // Its dots are not square: 1728 of 204 and 100 of 98 to the inch.
    CHECK(double(all.pages[0].width) / all.pages[0].height ==
          doctest::Approx(1728.0 / 204 / (100.0 / 98)).epsilon(0.02));
  }

  TEST_CASE("a picture is laid on paper, never enlarged, and its pixels are kept up to the resolution asked for") {
    const auto large = look(document_family::webp, sample::webp({4000, 2000}), 300);
    REQUIRE(large.pages.size() == 1);
    CHECK(large.pages[0].width == doctest::Approx(84200).epsilon(0.01));
    CHECK(large.pages[0].columns == doctest::Approx(84200 / 7200.0 * 300).epsilon(0.01));
    const auto small = look(document_family::webp, sample::webp({64, 32}));
    REQUIRE(small.pages.size() == 1);
    CHECK(small.pages[0].width == 64 * 7200 / 96);
  }

  TEST_CASE("a picture that claims more pixels than may be decoded is refused before it is") {
    for (const auto& [columns, rows] : {std::pair(100'000U, 100'000U), {60'000U, 60'000U}, {0xFFFFFFFFU, 2U}})
      CHECK(look(document_family::image, sample::png_claiming(columns, rows)).pages.empty());
    CHECK(look(document_family::image, sample::png_claiming(20'000, 20'000)).outcome == page_outcome::too_large);
    auto tiff = sample::tiff(sample::quarters{});
    const auto claim = [&](std::uint16_t tag, std::uint32_t value) {
      const std::string entry = sample::le(tag, 2);
      for (std::size_t at = tiff.find(entry, 8); at != tiff.npos; at = tiff.find(entry, at + 1))
        if (tiff[at + 2] == 3 || tiff[at + 2] == 4) {
          tiff.replace(at + 2, 2, sample::le(4, 2));
          tiff.replace(at + 8, 4, sample::le(value, 4));
          return;
        }
    };
    claim(TIFFTAG_IMAGEWIDTH, 60'000);
    claim(TIFFTAG_IMAGELENGTH, 60'000);
    CHECK(look(document_family::tiff, tiff).outcome == page_outcome::too_large);
  }

  TEST_CASE("half a picture is damaged, and so is what is none") {
    for (const auto& [family, bytes] : {std::pair(document_family::webp, sample::webp({})),
                                        {document_family::heif, sample::heif({})},
                                        {document_family::image, sample::jpeg2000({})}}) {
      CAPTURE(bytes.substr(0, 12));
      CHECK(look(family, bytes.substr(0, bytes.size() / 3)).outcome == page_outcome::damaged);
      CHECK(look(family, "nothing of the kind").outcome == page_outcome::damaged);
      CHECK(look(family, "").outcome == page_outcome::damaged);
    }
  }

  TEST_CASE("a kind of HEIF that no decoder here reads is unsupported, not damaged") {
    auto heic = sample::heif({});
    for (const char* coding : {"hvc1", "grid"})
      for (auto at = heic.find(coding); at != heic.npos; at = heic.find(coding, at)) heic.replace(at, 4, "unci");
    CHECK(look(document_family::heif, heic).outcome == page_outcome::unsupported);
  }

  TEST_CASE("the notice of a cut is a page that can be read") {
    static const raster engine;
    std::vector<page> pages;
    CHECK(engine.notice("打ち切りました。\nCut here.", 150,
                        {nullptr,
                         [&](page&& each) {
                           pages.push_back(std::move(each));
                           return true;
                         },
                         nullptr}) == page_outcome::complete);
    REQUIRE(pages.size() == 1);
    REQUIRE(pages[0].runs.size() == 2);
    CHECK(pages[0].runs[0].text == U"打ち切りました。");
    CHECK(pages[0].runs[1].text == U"Cut here.");
  }
}
