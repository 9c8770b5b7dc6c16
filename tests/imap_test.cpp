#include "libintake/imap.hpp"

#include <doctest/doctest.h>

#include "libintake/failure.hpp"
#include "libintake/limits.hpp"

using namespace intake;

namespace {

imap::fetch_attributes read(std::string_view text) {
  imap::fetch_attributes all;
  all.read(text);
  return all;
}

bool refused(std::string_view text) {
  try {
    return !read(text).complete();
  } catch (const failure& problem) {
    CHECK(problem.status() == exit_status::protocol);
    return true;
  }
}

}  // namespace

TEST_SUITE("imap") {
  TEST_CASE("mailbox names become modified UTF-7") {
    CHECK(imap::modified_utf7("INBOX") == "INBOX");
    CHECK(imap::modified_utf7("~peter/mail/台北/日本語") == "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
    CHECK(imap::modified_utf7("a&b") == "a&-b");
    CHECK(imap::modified_utf7("𠮷") == "&2ELftw-");
    CHECK(imap::modified_utf7("x\ny") == "x&AAo-y");
  }

  TEST_CASE("quoted strings hold no line ends, so that a name cannot become a command") {
    CHECK(imap::quoted("a\"b\\c") == "\"a\\\"b\\\\c\"");
    CHECK_THROWS_AS(static_cast<void>(imap::quoted("x\r\nDELETE")), failure);
    CHECK_THROWS_AS(static_cast<void>(imap::quoted("é")), failure);
  }

  TEST_CASE("UIDs are listed in ranges") {
    CHECK(imap::uid_set({}).empty());
    CHECK(imap::uid_set({7}) == "7");
    CHECK(imap::uid_set({1, 2, 3, 5, 7, 8}) == "1:3,5,7:8");
    CHECK(imap::uid_set({4294967294U, 4294967295U}) == "4294967294:4294967295");
  }

  TEST_CASE("numbers are taken within 32 bits") {
    CHECK(imap::number("42 x") == 42);
    CHECK(imap::number("4294967295") == 4294967295U);
    for (const char* const none : {"", "0", "007", "-1", "+1", "x1", "4294967296", "99999999999999999999"})
      CHECK_MESSAGE(imap::number(none) == 0, none);
  }

  TEST_CASE("a literal is announced at the end of a line") {
    std::string_view text = "UID 1 BODY[] {42}";
    std::uint64_t length = 0;
    CHECK(imap::take_literal_length(text, length));
    CHECK(length == 42);
    CHECK(text == "UID 1 BODY[] ");
    for (const char* const none : {"", "}", "{}", "{x}", "{-1}", "{1} ", "{99999999999999999999999}", "1}"}) {
      text = none;
      CHECK_MESSAGE(!imap::take_literal_length(text, length), none);
    }
    text = "{99999999999}";
    CHECK_THROWS_AS(static_cast<void>(imap::take_literal_length(text, length)), failure);
  }

  TEST_CASE("attributes are read in any order, with what else a server sends") {
    auto all = read("(FLAGS (\\Seen $a (x)) UID 7 INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 42 BODY[] ");
    CHECK(all.pending() == "BODY[]");
    CHECK(!all.complete());
    all.had_literal();
    all.read(" MODSEQ (624140003))");
    CHECK(all.complete());
    CHECK(all.uid == 7);
    CHECK(all.size == 42);
    CHECK(all.internal_date == "17-Jul-1996 02:44:25 -0700");
    CHECK(all.has_body);
  }

  TEST_CASE("a body may be a string or nothing, in small letters, or none at all") {
    CHECK(read("(UID 7 BODY[] \"a\\\"b\\\\\")").body == "a\"b\\");
    CHECK(read("(UID 7 BODY[] NIL)").has_body);
    CHECK(read("(UID 7 BODY[] NIL)").body.empty());
    CHECK(read("(UID 7 body[] \"\")").has_body);
    CHECK(!read("(UID 7 FLAGS (\\Seen))").has_body);
    CHECK(!read("(UID 7 BODY[HEADER.FIELDS (Subject X)] \"x\")").has_body);
    auto small = read("(uid 7 body[] ");
    CHECK(small.pending() == "BODY[]");
    CHECK(small.uid == 7);
  }

  TEST_CASE("what is no attribute list is refused") {
    for (const char* const wrong :
         {"", "(", ")", "UID 7", "(UID 7))", "(UID 7) (", "((UID) 7)", "(UID x)", "(UID 0)", "(UID 4294967296)",
          "(UID 7 BODY[] \"a)", "(\"UID\" 7)", "(UID 7 FLAGS (\\Seen)", "(UID)", "(UID 7) x", "(UID 7 BODY[", "(]"})
      CHECK_MESSAGE(refused(wrong), wrong);
    CHECK(refused("(X " + std::string(1000, '(')));
    imap::fetch_attributes all;
    all.read("(");
    CHECK_THROWS_AS(all.had_literal(), failure);
  }
}
