#include "libintake/export_folder.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "libintake/failure.hpp"

using namespace intake;

TEST_SUITE("export_folder") {
  TEST_CASE("names say whose file it is and hold nothing dangerous") {
    const auto name = [](const char* original) { return export_name("R8-0001", "m-0123456789abcdef", "f1", original); };
    CHECK(name("申請書.docx") == "R8-0001_01234567_f1_申請書.pdf");
    CHECK(name("../../etc/passwd") == "R8-0001_01234567_f1_passwd.pdf");
    CHECK(name("..\\..\\x.exe") == "R8-0001_01234567_f1_x.pdf");
    CHECK(name("a\xE2\x80\xAE"
               "fdp.exe") == "R8-0001_01234567_f1_a_fdp.pdf");  // right-to-left override
    CHECK(name("a\nb:c*?.txt") == "R8-0001_01234567_f1_a_b_c__.pdf");
    CHECK(name("...") == "R8-0001_01234567_f1.pdf");
    CHECK(name("") == "R8-0001_01234567_f1.pdf");
    CHECK(name(".docx") == "R8-0001_01234567_f1_docx.pdf");
    CHECK(export_name("", "m-0123456789abcdef", "f1", "a.pdf") == "01234567_f1_a.pdf");
    CHECK(export_name("../x", "m-0123456789abcdef", "f1", "a.pdf") == "_x_01234567_f1_a.pdf");
    CHECK(name("\xff\xfe.pdf") == "R8-0001_01234567_f1___.pdf");
    std::string lengthy;
    for (int i = 0; i < 200; ++i) lengthy += "長";
    CHECK(name((lengthy + ".pdf").c_str()).size() < 200);
    CHECK(name((lengthy + ".pdf").c_str()).ends_with("長.pdf"));
  }

  TEST_CASE("a file is written once, found again, and never replaced") {
    char base[] = "/tmp/intake-export-test-XXXXXX";
    REQUIRE(mkdtemp(base) != nullptr);
    const std::string path = std::string(base) + "/OA";
    {
      export_folder folder(path);
      CHECK_THROWS_AS(export_folder{path}, failure);  // a second run has to wait
      folder.store("a.pdf", "one");
      folder.store("a.pdf", "one");
      CHECK_THROWS_WITH_AS(folder.store("a.pdf", "two"),
                           (path + "/a.pdf: there is another file of this name, which is not replaced").c_str(),
                           failure);
      const exported_file entry{"a.pdf", "00", 3, 1, "m-1", "R8", "f0", "a.docx"};
      folder.list(entry);
      folder.list(entry);
    }
    std::ofstream(path + "/.intake-export-1-0") << "left by a run that was killed";
    {
      export_folder folder(path);
      folder.list({"a.pdf", "00", 3, 1, "m-1", "R8", "f0", "a.docx"});
      folder.list({"b.pdf", "00", 3, 1, "m-2", "", "f0", ""});
    }
    CHECK_FALSE(std::filesystem::exists(path + "/.intake-export-1-0"));
    std::ifstream manifest(path + "/manifest.ndjson");
    const std::string text((std::istreambuf_iterator<char>(manifest)), {});
    CHECK(text ==
          "{\"path\":\"a.pdf\",\"sha256\":\"00\",\"size\":3,\"pages\":1,\"id\":\"m-1\",\"receipt_no\":\"R8\","
          "\"file\":\"f0\",\"original\":\"a.docx\"}\n"
          "{\"path\":\"b.pdf\",\"sha256\":\"00\",\"size\":3,\"pages\":1,\"id\":\"m-2\",\"file\":\"f0\"}\n");
    std::ofstream(path + "/manifest.ndjson", std::ios::app) << "{\"path\":\"torn";
    CHECK_THROWS_AS(export_folder{path}, failure);
    std::filesystem::remove_all(base);
  }

  TEST_CASE("a link in the place of a file is not followed") {
    char base[] = "/tmp/intake-export-test-XXXXXX";
    REQUIRE(mkdtemp(base) != nullptr);
    const std::string path = base;
    std::ofstream(path + "/elsewhere") << "secret";
    std::filesystem::create_symlink(path + "/elsewhere", path + "/a.pdf");
    export_folder folder(path);
    CHECK_THROWS_AS(folder.store("a.pdf", "secret"), failure);
    std::filesystem::remove_all(base);
  }
}
