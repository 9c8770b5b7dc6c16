#include "libintake/transfer_encoding.hpp"

#include <doctest/doctest.h>

#include "libintake/limits.hpp"

using namespace intake::transfer;

TEST_SUITE("transfer_encoding") {
  TEST_CASE("quoted-printable keeps line ends and joins soft breaks") {
    const auto out = quoted_printable("=E7=94=\r\n=B3 a \t\r\nb=3d =\r\nc = \r\nd");
    CHECK(out.bytes == "\xE7\x94\xB3 a\r\nb= c d");
    CHECK(out.damage.empty());
    CHECK(quoted_printable("a\nb").bytes == "a\nb");
  }

  TEST_CASE("damaged quoted-printable is decoded as far as it goes and told") {
    const auto out = quoted_printable("a=G1b=4");
    CHECK(out.bytes == "a=G1b=4");
    CHECK_FALSE(out.damage.empty());
    CHECK(quoted_printable("a=").bytes == "a");
  }

  TEST_CASE("encodings are named without regard to what the body looks like") {
    CHECK(decode("YQ==", "base64").bytes == "a");
    CHECK(decode("YQ==", "7bit").bytes == "YQ==");
    CHECK(decode("YQ==", "").bytes == "YQ==");
    CHECK(decode("YQ==", "").damage.empty());
    CHECK(decode("Y!Q==", "base64").damage == "damaged base64");
    CHECK(decode("YQ==", "base-64").damage == "unknown transfer encoding");
    CHECK(decode("YQ==", "base-64").bytes == "YQ==");
  }

  TEST_CASE("uuencoded files are taken out of the text") {
    const auto out = split_uuencoded("before\nbegin 644 a b.txt\n#86)C\n`\nend\nafter\n");
    CHECK(out.text == "before\nafter\n");
    REQUIRE(out.files.size() == 1);
    CHECK(out.files[0].name == "a b.txt");
    CHECK(out.files[0].content.bytes == "abc");
    CHECK(out.files[0].content.damage.empty());
    CHECK(decode("begin 644 a\r\n#86)C\r\n`\r\nend\r\n", "x-uuencode").bytes == "abc");
  }

  TEST_CASE("prose that begins like a uuencoded file stays text") {
    const std::string prose = "begin 644 steps from here\nand then go on, dear reader\n";
    CHECK(split_uuencoded(prose).text == prose);
    CHECK(split_uuencoded(prose).files.empty());
  }

  TEST_CASE("uuencoded data that does not end is kept and told") {
    const auto out = split_uuencoded("begin 644 a\n#86)C\n");
    REQUIRE(out.files.size() == 1);
    CHECK(out.files[0].content.bytes == "abc");
    CHECK_FALSE(out.files[0].content.damage.empty());
    std::string many;
    for (std::size_t i = 0; i <= intake::limits::mime_parts; ++i) many += "begin 644 a\n`\nend\n";
    CHECK(split_uuencoded(many).too_many);
  }
}
