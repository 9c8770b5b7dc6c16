#include "libintake/phrase.hpp"

#include <doctest/doctest.h>

#include <cerrno>

#include "libintake/failure.hpp"

using intake::phrase;

TEST_SUITE("phrase") {
  TEST_CASE("values take their places in both languages") {
    const phrase made("{}: {} of {}", "path", 3, std::string("nine"));
    CHECK(made.english() == "path: 3 of nine");
    CHECK(phrase("second {1}, first {0}", 1, 2).english() == "second 2, first 1");
  }

  TEST_CASE("a phrase within a phrase keeps its two languages") {
    const phrase inner(std::string("file"), std::string("ファイル"));
    const phrase outer("a <{}>", inner);
    CHECK(outer.english() == "a <file>");
    CHECK(outer.local() == "a <ファイル>");
  }

  TEST_CASE("a withheld value is told to the person, and is not in what is logged, however deep") {
    const phrase about("{}: no such message", intake::withheld("20261117-0001"));
    CHECK(about.english() == "20261117-0001: no such message");
    CHECK(about.logged() == "…: no such message");
    CHECK(intake::system_failure(intake::exit_status::io, phrase("{}/{}", "out", intake::withheld("a.pdf")), ENOSPC)
              .said()
              .logged() == "out/…: No space left on device");
    CHECK(phrase("of {}", "a path").logged() == "of a path");
  }

  TEST_CASE("braces stand for themselves without values, and in values") {
    CHECK(phrase("{receipt_no}").english() == "{receipt_no}");
    CHECK(phrase("{}", "{0} {nosuch} {").english() == "{0} {nosuch} {");
    CHECK(intake::failure(intake::exit_status::usage, "a {").what() == std::string("a {"));
  }

  TEST_CASE("what a library said is found again by its form, and else stays") {
    CHECK(intake::recognised("no host: a.example.jp", {"no host: {}", "{}"}).english() == "no host: a.example.jp");
    CHECK(intake::recognised("port 3 of host x: why: not", {"port {} of host {}: {}"}).local() ==
          "port 3 of host x: why: not");
    CHECK(intake::recognised("quite another thing", {"no host: {}", "nothing"}).local() == "quite another thing");
  }

  TEST_CASE("an error of the system is told with its text, by the number of the moment") {
    errno = ENOENT;
    const auto told = intake::system_failure(intake::exit_status::no_input, "reading {}", "a.toml");
    CHECK(told.what() == std::string("reading a.toml: No such file or directory"));
    CHECK(intake::system_error(123456).english() == "error 123456");
  }
}
