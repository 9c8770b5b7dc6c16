#include "libintake/archive.hpp"

#include <doctest/doctest.h>

#include <cstdio>
#include <string>
#include <vector>

#include "zip_builder.hpp"

using namespace zip_builder;
using intake::archive_kind;

namespace {

intake::archive_result open(const std::string& bytes, const intake::archive_limits& limits = {},
                            const std::vector<std::string>& passwords = {"wrong", "xyzzy"}) {
  std::vector<intake::labelled_secret> secrets;
  for (const auto& password : passwords) secrets.push_back({"label of " + password, intake::secret(password)});
  return intake::open_archive(bytes, "content.txt.gz", secrets, limits);
}

// Codes of the findings, in order; not_encrypted is left out, because most of these zips are not.
std::string codes(const intake::archive_result& result) {
  std::string all;
  for (const auto& finding : result.findings)
    if (finding.code.kind().code != "archive.not_encrypted") all += std::string(finding.code.kind().code) + " ";
  return all;
}

// Closed: no byte let out, and the one code that says why.
void check_closed(const std::string& bytes, const std::string& code, const intake::archive_limits& limits = {}) {
  const auto result = open(bytes, limits);
  const std::string detail = result.findings.empty() ? "" : result.findings[0].detail;
  CHECK_MESSAGE(codes(result) == code + " ", detail);
  CHECK_FALSE(result.facts.opened);
  CHECK(result.files.empty());
}

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  return bytes;
}

// AE-2, password xyzzy, content "small\n"; packed bytes by 7-Zip.
entry aes_entry(std::string name = "k.txt") {
  const auto field = extra_field(0x9901, number(2, 2) + "AE" + number(3, 1) + number(0, 2));
  return {.name = std::move(name),
          .content = from_hex("7033951dafa90bce0197ccf4834889fb38047663e9fcb72cfd2925cc4aad81396f7b"),
          .flags = 1,
          .method = 99,
          .extra = field,
          .local_extra = field,
          .crc = 0,
          .size = 6};
}

std::string tar_of(const std::string& name, const std::string& content, char type = '0') {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) { header.replace(at, text.size(), text); };
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  char size[12];
  std::snprintf(size, sizeof size, "%011o", static_cast<unsigned>(content.size()));
  put(124, size);
  put(136, "00000000000");
  put(148, "        ");
  header[156] = type;
  if (type == '2') put(157, "/etc/passwd");
  put(257, "ustar");
  put(263, "00");
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char checksum[8];
  std::snprintf(checksum, sizeof checksum, "%06o", sum);
  put(148, std::string(checksum, 7));
  auto padded = content;
  padded.resize((content.size() + 511) / 512 * 512);
  return header + padded + std::string(1024, '\0');
}

}  // namespace

TEST_SUITE("archive") {
  TEST_CASE("a plain zip comes out whole and is told as not encrypted") {
    const auto result = open(build({{.name = "書類/a.txt", .content = "one"}, {.name = "b.txt", .content = ""}}));
    CHECK(result.facts.opened);
    CHECK(result.facts.encryption == "none");
    REQUIRE(result.findings.size() == 1);
    CHECK(result.findings[0].code.kind().code == "archive.not_encrypted");
    REQUIRE(result.files.size() == 2);
    CHECK(result.files[0].path == "書類/a.txt");
    CHECK(result.files[0].data == "one");
    CHECK(result.files[0].sha256 == "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed");
    CHECK(result.files[1].data.empty());
  }

  TEST_CASE("an AES zip comes out with the label of the password that fitted") {
    const auto result = open(build({aes_entry()}));
    CHECK(result.facts.opened);
    CHECK(result.findings.empty());
    CHECK(result.facts.encryption == "aes-256");
    CHECK(result.facts.password_label == "label of xyzzy");
    REQUIRE(result.files.size() == 1);
    CHECK(result.files[0].data == "small\n");
    CHECK(result.files[0].encryption == "aes-256");
  }

  TEST_CASE("without the password nothing comes out") {
    const auto result = open(build({aes_entry()}), {}, {"wrong", "other"});
    CHECK(codes(result) == "archive.password ");
    CHECK(result.facts.encryption == "aes-256");
    CHECK(result.files.empty());
    CHECK(codes(open(build({aes_entry()}), {}, {})) == "archive.password ");
  }

  TEST_CASE("one member that fails its code closes the archive, whatever came out before it") {
    auto bad = aes_entry("b.txt");
    bad.content.back() = static_cast<char>(bad.content.back() ^ 1);
    check_closed(build({aes_entry(), bad}), "archive.damaged");
  }

  TEST_CASE("an AE-1 member must fit its CRC as well") {
    auto member = aes_entry();
    member.extra = member.local_extra = extra_field(0x9901, number(1, 2) + "AE" + number(3, 1) + number(0, 2));
    member.crc = crc_of("small\n");
    CHECK(open(build({member})).facts.opened);
    member.crc = crc_of("other\n");
    check_closed(build({member}), "archive.damaged");
  }

  TEST_CASE("an AES field that is wrong, missing, doubled or differs between the headers is refused") {
    auto member = aes_entry();
    member.extra = member.local_extra = {};
    check_closed(build({member}), "archive.damaged");
    member.extra = member.local_extra = extra_field(0x9901, number(2, 2) + "AE" + number(4, 1) + number(0, 2));
    check_closed(build({member}), "archive.damaged");
    member.extra = member.local_extra = extra_field(0x9901, number(3, 2) + "AE" + number(3, 1) + number(0, 2));
    check_closed(build({member}), "archive.damaged");
    member = aes_entry();
    member.extra += member.extra;
    check_closed(build({member}), "archive.ambiguous");
    member = aes_entry();
    member.local_extra = extra_field(0x9901, number(2, 2) + "AE" + number(1, 1) + number(0, 2));
    check_closed(build({member}), "archive.ambiguous");
    member = aes_entry();
    member.flags = 0;
    check_closed(build({member}), "archive.damaged");
    check_closed(build({{.extra = aes_entry().extra}}), "archive.ambiguous");
  }

  TEST_CASE("one zip with different kinds of encryption is ambiguous; folders and empty files are not content") {
    check_closed(build({aes_entry(), {.name = "plain.txt"}}), "archive.ambiguous");
    const auto result =
        open(build({aes_entry("d/k.txt"), {.name = "d/", .content = ""}, {.name = "e", .content = ""}}));
    CHECK(result.facts.opened);
    CHECK(result.files.size() == 2);
  }

  TEST_CASE("ZipCrypto is opened with a known password and told") {
    // Made by 7-Zip: "small\n" as k.txt, password xyzzy.
    const auto zip = from_hex(
        "504b03041400010000005535775da7021cb61200000006000000050000006b2e7478744013bc5f16e2bda7f9917f2bd22247"
        "ae2cb3504b01023f031400010000005535775da7021cb61200000006000000050024000000000000002080a481000000006b"
        "2e7478740a002000000000000100180095a4cdd6157bdd0100000000000000000000000000000000504b0506000000000100"
        "010057000000350000000000");
    const auto result = open(zip);
    CHECK(codes(result) == "archive.zipcrypto ");
    CHECK(result.facts.opened);
    REQUIRE(result.files.size() == 1);
    CHECK(result.files[0].data == "small\n");
    CHECK(result.files[0].encryption == "zipcrypto");
    const auto closed = open(zip, {}, {"wrong"});
    CHECK(codes(closed) == "archive.password archive.zipcrypto ");
    CHECK(closed.files.empty());
  }

  TEST_CASE("PKWARE strong encryption is not opened") {
    check_closed(build({{.flags = 0x41}}), "archive.password");
    check_closed(build({{.flags = 0x2001}}), "archive.password");
  }

  TEST_CASE("dangerous names") {
    for (const char* name : {"../a", "/a", "C:\\a", "a\\b", "a/../../b", "a\nb", "CON", "fdp\u202e.exe", ""})
      check_closed(build({{.name = name}}), "archive.unsafe_path");
    check_closed(build({{.name = std::string("a\0.exe", 6)}}), "archive.unsafe_path");
    check_closed(build({{.name = std::string(2000, 'a')}}), "archive.unsafe_path");
    check_closed(build({{.attributes = 0120777U << 16}}), "archive.unsafe_path");  // symlink
    check_closed(build({{.attributes = 0020666U << 16}}), "archive.unsafe_path");  // device
    check_closed(build({{.attributes = 0x400}}), "archive.unsafe_path");           // reparse point
  }

  TEST_CASE("names by flag, by content and by the Unicode path field") {
    const std::string cp932 = "\x90\x5c\x90\xbf.txt";
    CHECK(open(build({{.name = cp932}})).files.at(0).path == "申請.txt");
    check_closed(build({{.name = cp932, .flags = 0x800}}), "archive.ambiguous");
    CHECK(open(build({{.name = "申請.txt", .flags = 0x800}})).files.at(0).path == "申請.txt");
    const auto field = [](const std::string& of, const std::string& name) {
      return extra_field(0x7075, number(1, 1) + number(crc_of(of), 4) + name);
    };
    CHECK(open(build({{.name = "__.txt", .extra = field("__.txt", "申請.txt")}})).files.at(0).path == "申請.txt");
    CHECK(open(build({{.name = "__.txt", .extra = field("other", "申請.txt")}})).files.at(0).path == "__.txt");
    check_closed(build({{.name = "a", .extra = field("a", "../b")}}), "archive.unsafe_path");
    check_closed(build({{.name = "a", .extra = field("a", "\xff")}}), "archive.ambiguous");
    check_closed(build({{.name = "a", .flags = 0x800, .extra = field("a", "b")}}), "archive.ambiguous");
    check_closed(build({{.name = "a\x85\xff"}}), "archive.ambiguous");
  }

  TEST_CASE("a zip that two readers could read differently is ambiguous") {
    const entry a{.name = "a"}, b{.name = "b"};
    check_closed(build({a, a}), "archive.ambiguous");
    check_closed(build({a, {.name = "A"}}), "archive.ambiguous");
    check_closed(build({a, {.name = "a/b"}}), "archive.ambiguous");
    check_closed(build({a}, {.prefix = "PK\3\4"}), "archive.ambiguous");
    check_closed(build({a}, {.prefix = "MZ executable"}), "archive.ambiguous");
    check_closed(build({a}, {.prefix = "MZ executable", .shift_offsets = true}), "archive.ambiguous");
    check_closed(build({a}, {.suffix = "x"}), "archive.ambiguous");
    check_closed(build({a}, {.before_directory = "x"}), "archive.ambiguous");
    check_closed(build({a}, {.before_end = "x"}), "archive.ambiguous");
    check_closed(build({a}, {.comment = end_record(0, 0, 0)}), "archive.ambiguous");
    check_closed(build({a}, {.comment = "PK\5\6"}), "archive.ambiguous");
    check_closed(build({a}) + build({b}), "archive.ambiguous");
    check_closed(build({a, {.name = "b", .gap = "x"}}), "archive.ambiguous");
    check_closed(build({a, {.name = "b", .offset = 0}}), "archive.ambiguous");
    check_closed(build({{.name = "a", .size = 3, .packed_size = 3}}), "archive.ambiguous");
    check_closed(build({{.local_name = "b.txt"}}), "archive.ambiguous");
    check_closed(build({{.local_method = 8}}), "archive.ambiguous");
    check_closed(build({{.local_flags = 0x800}}), "archive.ambiguous");
    check_closed(build({{.local_crc = 1}}), "archive.ambiguous");
    check_closed(build({{.local_size = 1}}), "archive.ambiguous");
    check_closed(build({{.size = 100}}), "archive.ambiguous");
    check_closed(build({a, b}, {.count = 1}), "archive.ambiguous");
    check_closed(build({{.name = "d/"}}), "archive.ambiguous");
    check_closed(build({{.name = "a", .attributes = 0040755U << 16}}), "archive.ambiguous");
  }

  TEST_CASE("a stored zip inside a zip is not a second end record") {
    const auto result = open(build({{.name = "inner.zip", .content = build({{.name = "a"}})}}));
    CHECK(result.facts.opened);
    REQUIRE(result.files.size() == 2);
    CHECK(result.files[0].facts.opened);
    CHECK(result.files[0].data.empty());
    CHECK(result.files[1].from == 0);
    CHECK(result.files[1].data == "content");
  }

  TEST_CASE("a damaged zip is told as damaged") {
    const auto zip = build({{}});
    check_closed(zip.substr(0, zip.size() - 22), "archive.damaged");
    check_closed(zip.substr(0, 40), "archive.damaged");
    check_closed(build({{}}, {.count = 2}), "archive.damaged");
    check_closed(build({{.crc = 1}}), "archive.damaged");
    check_closed(build({{.offset = 5}}), "archive.ambiguous");
    check_closed(build({{.extra = "\1"
                                  "abc"}}),
                 "archive.damaged");
    check_closed(build({{.content = "no deflate", .method = 8}}), "archive.damaged");
    check_closed(build({{.method = 9}}), "archive.damaged");
    check_closed(build({}), "archive.damaged");
    check_closed(build({{.name = "d/", .content = ""}}), "archive.damaged");
  }

  TEST_CASE("every prefix of a zip is refused, none crashes") {
    const auto zip = build({aes_entry(), aes_entry("b.txt")}, {.comment = "comment"});
    for (std::size_t size = 4; size < zip.size(); ++size) CHECK_FALSE(open(zip.substr(0, size)).facts.opened);
  }

  TEST_CASE("data descriptors of all four forms must say what the directory says") {
    const std::string content = "content";
    const auto crc = number(crc_of(content), 4), narrow = number(7, 4), wide = number(7, 8);
    for (const auto& good :
         {crc + narrow + narrow, "PK\7\b" + crc + narrow + narrow, crc + wide + wide, "PK\7\b" + crc + wide + wide})
      CHECK(open(build({{.flags = 8, .descriptor = good, .local_crc = 0, .local_size = 0}})).facts.opened);
    for (const auto& bad : {std::string(), crc, crc + narrow + number(8, 4), number(1, 4) + narrow + narrow,
                            "PK\7\7" + crc + narrow + narrow, crc + narrow + narrow + "x"})
      check_closed(build({{.flags = 8, .descriptor = bad, .local_crc = 0, .local_size = 0}}), "archive.ambiguous");
  }

  TEST_CASE("what unpacks to more or less than it says is refused") {
    // Deflate of "content", stored block.
    const std::string deflated = "\1" + number(7, 2) + number(0xfff8, 2) + "content";
    const auto crc = crc_of("content");
    CHECK(open(build({{.content = deflated, .method = 8, .crc = crc, .size = 7}})).files.at(0).data == "content");
    check_closed(build({{.content = deflated, .method = 8, .crc = crc, .size = 6}}), "archive.ambiguous");
    check_closed(build({{.content = deflated, .method = 8, .crc = crc, .size = 8}}), "archive.ambiguous");
    check_closed(build({{.content = deflated + "x", .method = 8, .crc = crc, .size = 7}}), "archive.ambiguous");
  }

  TEST_CASE("limits: members, bytes, ratio, depth, password trials") {
    intake::archive_limits limits;
    limits.members = 2;
    CHECK(open(build({{.name = "a"}, {.name = "b"}}), limits).facts.opened);
    check_closed(build({{.name = "a"}, {.name = "b"}, {.name = "c"}}), "archive.limit", limits);
    limits = {};
    limits.bytes = 14;
    CHECK(open(build({{.name = "a"}, {.name = "b"}}), limits).facts.opened);
    limits.bytes = 13;
    check_closed(build({{.name = "a"}, {.name = "b"}}), "archive.limit", limits);
    check_closed(build({{.method = 8, .size = 0xfffffff0}}), "archive.limit");  // a promise of 4 GB in 7 bytes
    limits = {};
    limits.ratio_floor = 6;
    limits.ratio = 2;
    check_closed(build({{.content = "\3", .method = 8, .size = 7}}), "archive.limit", limits);
    limits = {};
    limits.password_trials = 1;
    check_closed(build({aes_entry()}), "archive.limit", limits);

    // The innermost of three is one too deep: what lies outside of it comes out.
    auto nested = build({{.name = "a"}});
    for (int i = 0; i < 2; ++i) nested = build({{.name = "z.zip", .content = nested}});
    limits = {};
    limits.depth = 1;
    const auto result = open(nested, limits);
    CHECK(codes(result) == "archive.limit ");
    CHECK(result.findings.at(0).file == 1);
    REQUIRE(result.files.size() == 2);
    CHECK(result.files[0].facts.opened);
    CHECK_FALSE(result.files[1].facts.opened);
    CHECK_FALSE(result.files[1].data.empty());
  }

  TEST_CASE("a nested archive counts against the limits of the attachment") {
    intake::archive_limits limits;
    limits.members = 2;
    const auto inner = build({{.name = "a"}, {.name = "b"}});
    check_closed(build({{.name = "z.zip", .content = inner}}), "archive.limit", limits);
    limits.members = 3;
    CHECK(open(build({{.name = "z.zip", .content = inner}}), limits).files.size() == 3);
  }

  TEST_CASE("a nested archive under another password is told as such") {
    const auto result = open(build({{.name = "z.zip", .content = build({aes_entry()})}}), {}, {"wrong"});
    CHECK(codes(result) == "archive.nested_encrypted ");
    CHECK(result.facts.opened);
    REQUIRE(result.files.size() == 1);
    CHECK_FALSE(result.files[0].data.empty());
    CHECK(result.files[0].facts.kind == archive_kind::zip);
  }

  TEST_CASE("documents stay whole") {
    CHECK(intake::kind_of_archive(build({{.name = "[Content_Types].xml"}, {.name = "word/document.xml"}})) ==
          archive_kind::none);
    CHECK(intake::kind_of_archive(build({{.name = "word/document.xml"}, {.name = "[Content_Types].xml"}})) ==
          archive_kind::none);
    CHECK(intake::kind_of_archive(build({{.name = "mimetype", .content = "application/vnd.oasis.opendocument.text"},
                                         {.name = "content.xml"}})) == archive_kind::none);
    // A name is not enough where the content is hidden.
    CHECK(intake::kind_of_archive(build({aes_entry("[Content_Types].xml")})) == archive_kind::zip);
    CHECK(intake::kind_of_archive(build({aes_entry("k.txt"), {.name = "[Content_Types].xml"}})) == archive_kind::zip);
    CHECK(intake::kind_of_archive(build({{.name = "mimetype", .content = "text/plain"}})) == archive_kind::zip);
    const auto result = open(build({{.name = "a.docx", .content = build({{.name = "[Content_Types].xml"}})}}));
    CHECK(result.files.size() == 1);
    CHECK_FALSE(result.files[0].data.empty());
  }

  TEST_CASE("ordinary bytes are no archive") {
    for (const char* text : {"", "P", "PK", "text", "%PDF-1.7", "BZhello world, not bzip2"})
      CHECK(intake::kind_of_archive(text) == archive_kind::none);
    CHECK(intake::kind_of_archive("text with PK\5\6 somewhere in it, and more than twenty-two bytes behind") ==
          archive_kind::none);
  }

  TEST_CASE("tar: files come out, links do not") {
    const auto result = open(tar_of("./書類.txt", "content"));
    CHECK(result.facts.kind == archive_kind::tar);
    REQUIRE(result.files.size() == 1);
    CHECK(result.files[0].path == "書類.txt");
    CHECK(result.files[0].data == "content");
    check_closed(tar_of("a", "", '2'), "archive.unsafe_path");
    check_closed(tar_of("../a", "x"), "archive.unsafe_path");
    check_closed(tar_of("a", "content").substr(0, 600), "archive.damaged");
  }

  TEST_CASE("an archive of two kinds is ambiguous") {
    const auto tar = tar_of("a", "content");
    check_closed(build({{}}, {.prefix = tar}), "archive.ambiguous");
    check_closed(build({{}}, {.prefix = tar, .shift_offsets = true}), "archive.ambiguous");
  }

  TEST_CASE("a damaged archive of every other kind is refused") {
    const std::vector<std::string> heads = {std::string("7z\xbc\xaf\x27\x1c\0\4", 8),
                                            "Rar!\x1a\7\1",
                                            std::string("Rar!\x1a\7\0", 7),
                                            std::string("MSCF\0\0\0\0", 8),
                                            "\x1f\x8b\x08",
                                            "BZh91AY&SY",
                                            std::string("\xfd"
                                                        "7zXZ\0",
                                                        6),
                                            "\x28\xb5\x2f\xfd",
                                            "\x20\x20-lh5-"};
    for (const auto& head : heads) {
      const auto bytes = head + std::string(200, 'x');
      CHECK(intake::kind_of_archive(bytes) != archive_kind::none);
      const auto result = open(bytes);
      CHECK_FALSE(result.facts.opened);
      CHECK(result.files.empty());
      CHECK_FALSE(result.findings.empty());
    }
  }
}
