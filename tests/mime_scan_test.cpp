#include "libintake/mime_scan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "libintake/limits.hpp"

using intake::scan_mime;
namespace limits = intake::limits;

namespace {

bool has(const intake::mime_structure& seen, std::string_view what) {
  return std::any_of(seen.defects.begin(), seen.defects.end(),
                     [&](const auto& defect) { return defect.find(what) != std::string::npos; });
}

std::string times(std::size_t count, const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

const std::string mixed = "From: a@example.jp\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n";

}  // namespace

TEST_SUITE("mime_scan") {
  TEST_CASE("parts are found with their headers and bodies") {
    const auto message =
        mixed +
        "preamble\r\n--x\r\nContent-Type: text/html\r\n\r\none\r\n\r\n--x \r\n\r\ntwo\r\n"
        "--x\r\nContent-Type: multipart/alternative; boundary=\"y z\"\r\n\r\n--y z\r\n\r\n3\r\n--y z--\r\n"
        "--x--\r\n";
    const auto seen = scan_mime(message);
    CHECK(seen.defects.empty());
    REQUIRE(seen.parts.size() == 5);
    CHECK(seen.parts[0].children == std::vector<std::size_t>{1, 2, 3});
    CHECK(seen.parts[1].type.value == "text/html");
    CHECK(seen.parts[1].body == "one\r\n");
    CHECK(seen.parts[2].body == "two");
    CHECK(seen.parts[4].parent == 3);
    CHECK(seen.parts[4].depth == 2);
    CHECK(seen.parts[4].body == "3");
    CHECK(intake::second_reading(message, seen).empty());
  }

  TEST_CASE("LF line ends, an mbox separator and digests are read") {
    const auto seen =
        scan_mime("From x\nContent-Type: multipart/digest; boundary=x\n\n--x\n\nSubject: a\n\nb\n--x--\n");
    REQUIRE(seen.parts.size() == 2);
    CHECK(seen.defects.empty());
    CHECK(seen.parts[1].type.value == "message/rfc822");
    CHECK(seen.parts[1].body == "Subject: a\n\nb");
  }

  TEST_CASE("a message inside a message is not opened, and cannot hide the outer boundary") {
    const auto message = mixed +
                         "--x\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; "
                         "boundary=y\r\n\r\n--y\r\n\r\n--x\r\n\r\nb\r\n--x--\r\n";
    const auto seen = scan_mime(message);
    REQUIRE(seen.parts.size() == 3);
    CHECK(seen.parts[2].body == "b");
  }

  TEST_CASE("what readers take differently is told") {
    CHECK(has(scan_mime(mixed + "--x\r\n\r\na\r\n"), "does not end"));
    CHECK(has(scan_mime(mixed + "--x\r\n\r\na\r\n--x--\r\nhidden\r\n"), "behind the last part"));
    CHECK(has(scan_mime(mixed + "--x\r\n\r\na\r\n--x--\r\n--x\r\n\r\nb\r\n--x--\r\n"), "behind the end"));
    CHECK(scan_mime(mixed + "--x\r\n\r\na\r\n--x--\r\n--x\r\n\r\nb\r\n--x--\r\n").parts.size() == 3);
    CHECK(has(scan_mime(mixed + "--x\r\n\r\na\r\n--xy\r\n\r\nb\r\n--x--\r\n"), "to some readers only"));
    CHECK(has(scan_mime(mixed + "no parts\r\n"), "without parts"));
    CHECK(has(scan_mime(mixed + "--x\r\n--x--\r\n"), "ends within its header"));
    CHECK(has(scan_mime("Content-Type: multipart/mixed\r\n\r\n--\r\n\r\na"), "without a usable boundary"));
    CHECK(has(scan_mime("Content-Type: multipart/mixed; boundary=" + std::string(201, 'x') + "\r\n\r\na"),
              "usable boundary"));
    CHECK(has(scan_mime("Content-Type: text\r\n\r\na"), "malformed Content-Type"));
    CHECK(
        has(scan_mime("Content-Type: multipart/mixed; boundary=x; boundary=y\r\n\r\n--x\r\n\r\n--x--"), "given twice"));
    CHECK(has(scan_mime("From: a\r\nnot a field\r\n\r\nb"), "blank line"));
    CHECK(has(scan_mime(std::string("A: b\0c\r\n\r\nd", 12)), "NUL"));
    CHECK(has(scan_mime("A: b\rC: d\r\n\r\ne"), "carriage return"));
    CHECK(has(scan_mime(mixed + "--x\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x--\r\n"), "one boundary"));
  }

  TEST_CASE("a header without its blank line does not swallow the body") {
    const auto seen = scan_mime("From: a\r\nnot a field\r\n\r\nb");
    CHECK(seen.parts[0].body == "not a field\r\n\r\nb");
  }

  TEST_CASE("a second parser that sees other parts is heard") {
    // A boundary in the form of RFC 2231 is one to some readers only.
    const std::string message =
        "Content-Type: multipart/mixed; boundary*=us-ascii''x\r\n\r\n--x\r\n\r\na\r\n--x\r\n\r\nb\r\n--x--\r\n";
    const auto seen = scan_mime(message);
    CHECK(seen.defects.empty());
    CHECK(seen.parts.size() == 3);
    CHECK(intake::second_reading(message, seen) == "parts that mail readers see differently");
  }

  TEST_CASE("each limit stops the scan") {
    const auto limit = [](const std::string& message) { return scan_mime(message).limit; };
    CHECK(limit(mixed + times(limits::mime_parts, "--x\r\n\r\n") + "--x--") == "more parts than allowed");
    CHECK(limit(mixed + times(limits::mime_parts - 1, "--x\r\n\r\n") + "--x--").empty());
    std::string nested = "A: b\r\n";
    for (std::size_t i = 0; i <= limits::mime_depth + 1; ++i) {
      const auto b = "b" + std::to_string(1000 + i);
      nested += "Content-Type: multipart/mixed; boundary=" + b + "\r\n\r\n--" + b + "\r\n";
    }
    CHECK(limit(nested) == "parts nested deeper than allowed");
    CHECK(limit("A: " + std::string(limits::mime_header_bytes, 'x') + "\r\n\r\n") == "a header larger than allowed");
    CHECK(limit(times(limits::mime_header_fields + 1, "A: b\r\n") + "\r\n") == "more header fields than allowed");
    CHECK(limit("A: b\r\n" + times(limits::mime_folded_lines + 1, " c\r\n") + "\r\n") ==
          "a header field of more lines than allowed");
    CHECK(limit("Content-Type: text/plain" + times(limits::mime_parameters + 1, ";a=b") + "\r\n\r\n") ==
          "more parameters than allowed");
    std::string sections = "Content-Disposition: attachment";
    for (std::size_t i = 0; i <= limits::mime_parameters; ++i) sections += ";\r\n filename*" + std::to_string(i) + "=a";
    CHECK(limit(sections + "\r\n\r\n") == "more parameters than allowed");
    CHECK(limit("To: " + times(limits::mime_addresses, "a@b,") + "a@b\r\n\r\n") == "more addresses than allowed");
    CHECK(limit("To: a@b\r\n\r\n").empty());
  }

  TEST_CASE("more lines like boundaries than can be compared are told") {
    const auto message = mixed + "--x\r\n\r\n" + times(limits::mime_delimiter_bytes / 4, "--\r\n") + "--\r\n--x--\r\n";
    const auto seen = scan_mime(message);
    CHECK(intake::second_reading(message, seen).find("can be compared") != std::string::npos);
  }
}
