#include "libintake/member_name.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

TEST_SUITE("member_name") {
  using intake::unsafe_name;

  TEST_CASE("UTF-8 is read as it is, everything else as CP932") {
    CHECK(intake::decode_member_name("申請書.docx") == "申請書.docx");
    // As Windows maps them: ①, 髙 (extension of NEC and IBM), ～ and － (fullwidth, not the wave dash).
    CHECK(intake::decode_member_name("\x87\x40\xfb\xfc\x81\x60\x81\x7c.txt") == "①髙～－.txt");
    // A trail byte that is a backslash in ASCII stays part of its character.
    CHECK(intake::decode_member_name("\x83\x5c\x95\x5c.txt") == "ソ表.txt");
    CHECK(intake::decode_member_name("\xb6\xd0") == "ｶﾐ");
  }

  TEST_CASE("bytes that are neither are not guessed at") {
    CHECK_FALSE(intake::decode_member_name("\x81"));
    CHECK_FALSE(intake::decode_member_name("a\x85\xff\x81 "));
  }

  TEST_CASE("ordinary names are safe") {
    for (const char* name : {"申請書.docx", "書類/別紙 1.pdf", "a", "folder/", "葛󠄀城.txt", "console.txt",
                             "com10.txt", "...a", ".hidden", "①髙～.xlsx"})
      CHECK_MESSAGE(unsafe_name(name).empty(), name);
  }

  TEST_CASE("names that leave their folder, name a device or hide what they are are unsafe") {
    const std::vector<std::string> names = {"",
                                            "/a",
                                            "//server/a",
                                            "../a",
                                            "a/../b",
                                            "a/..",
                                            "..",
                                            ".",
                                            "./a",
                                            "a//b",
                                            "/",
                                            "a\\b",
                                            "C:/a",
                                            "c:a",
                                            "a.txt:stream",
                                            std::string("a\0b", 3),
                                            "a\nb",
                                            "a\x7f",
                                            "a\xc2\x85"
                                            "b",
                                            "fdp\u202e.exe",
                                            "a\u200b.txt",
                                            "a\u2028b",
                                            "a\u3164",
                                            "CON",
                                            "con.txt",
                                            "x/NUL",
                                            "aux .txt",
                                            "COM1",
                                            "lpt9.doc",
                                            "COM¹",
                                            "conin$",
                                            "a.",
                                            "a ",
                                            "a/b./c",
                                            "\xff",
                                            std::string(256, 'a'),
                                            std::string(300, 'a') + "/b"};
    for (const auto& name : names) CHECK_MESSAGE(!unsafe_name(name).empty(), name);
    std::string deep;
    for (int i = 0; i < 40; ++i) deep += "a/";
    CHECK(unsafe_name(deep + "b") == "too many folders");
  }

  TEST_CASE("names that would land on one path collide") {
    using names = std::vector<std::string>;
    CHECK_FALSE(intake::colliding_name(names{"a", "b", "c/", "c/a"}));
    CHECK(intake::colliding_name(names{"a", "b", "a"}) == 2);
    CHECK(intake::colliding_name(names{"A.TXT", "a.txt"}) == 1);
    CHECK(intake::colliding_name(names{"ＡＢＣ", "abc"}) == 1);
    CHECK(intake::colliding_name(names{"が", "か\u3099"}) == 1);
    CHECK(intake::colliding_name(names{"a", "a/"}) == 1);
    CHECK(intake::colliding_name(names{"a/b", "a"}) == 0);
    CHECK_FALSE(intake::colliding_name(names{"／a"}));
  }
}
