#include "libintake/mailbox.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "libintake/base64.hpp"
#include "libintake/failure.hpp"
#include "libintake/limits.hpp"
#include "libintake/record.hpp"
#include "scratch.hpp"

using namespace intake;

namespace {

std::vector<message> all_of(mailbox& box, const message_wish& wish = {}) {
  std::vector<message> found;
  box.each(wish, [&](message&& one) { found.push_back(std::move(one)); });
  return found;
}

std::vector<message> all_of(const std::unique_ptr<mailbox>& box, const message_wish& wish = {}) {
  return all_of(*box, wish);
}

exit_status failing(const std::unique_ptr<mailbox>& box) {
  try {
    static_cast<void>(all_of(box));
  } catch (const failure& problem) {
    return problem.status();
  }
  return exit_status::ok;
}

std::string whole_line(const message& from, std::string_view tool) {
  const auto line = fetched_record(from, {}, tool);
  return line.before + base64::encode(from.raw) + line.after;
}

std::string shown(timestamp time) {
  return to_rfc3339(time);
}

std::vector<std::string> raws_of_mbox(std::string_view bytes) {
  const scratch::folder folder;
  std::vector<std::string> raws;
  for (auto& one : all_of(open_mbox(folder.file("box", bytes)))) raws.push_back(one.raw);
  return raws;
}

const std::string mail = "Message-ID: <1@example.jp>\nSubject: x\n\nbody\n";

struct sample_maildir : scratch::folder {
  sample_maildir() {
    for (const char* const sub : {"cur", "new", "tmp"}) std::filesystem::create_directories(path(sub));
  }
};

}  // namespace

TEST_SUITE("mailbox") {
  TEST_CASE("a Maildir gives the messages of new and cur, oldest first, with time and unique name") {
    const sample_maildir box;
    box.file("new/1795000000.M2P1.host", mail + "second\n");
    box.file("cur/1790000000.M1P1.host,S=12:2,S", mail + "first\n");
    box.file("new/odd-name", mail + "no time\n");
    box.file("tmp/1799000000.half", "half a mess");
    box.file("new/.hidden", "x");
    ::timespec times[2] = {{1780000000, 0}, {1780000000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, box.path("new/odd-name").c_str(), times, 0) == 0);
    const auto found = all_of(open_maildir(box.path(), "chuo"));
    REQUIRE(found.size() == 3);
    CHECK(found[0].place.uid == "odd-name");
    CHECK(shown(found[0].arrived) == "2026-05-29T05:26:40+09:00");
    CHECK(found[1].place.uid == "1790000000.M1P1.host,S=12");
    CHECK(shown(found[1].arrived) == "2026-09-21T23:13:20+09:00");
    CHECK(found[1].raw == mail + "first\n");
    CHECK(found[2].place.kind == "maildir");
    CHECK(found[2].place.account == "chuo");
    CHECK(found[2].place.mailbox == box.path());
    CHECK(found[2].id == message_identity(mail + "second\n"));
  }

  TEST_CASE("a Maildir is not changed by reading it") {
    const sample_maildir box;
    const auto path = box.file("new/1790000000.a", mail);
    ::timespec times[2] = {{1780000000, 0}, {1790000000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), times, 0) == 0);
    CHECK(all_of(open_maildir(box.path())).size() == 1);
    struct stat after = {};
    REQUIRE(::stat(path.c_str(), &after) == 0);
    CHECK(after.st_atime == 1780000000);
    CHECK(after.st_mtime == 1790000000);
  }

  TEST_CASE("a message that is marked or moved while the Maildir is read is still read once, a deleted one is gone") {
    const sample_maildir box;
    box.file("new/1790000000.a", mail);
    box.file("new/1790000001.b", mail + "b");
    box.file("cur/1790000002.c:2,", mail + "c");
    box.file("cur/1790000003.d:2,", mail + "d");
    std::vector<std::string> seen;
    open_maildir(box.path())->each({}, [&](message&& one) {
      seen.push_back(one.place.uid);
      if (seen.size() > 1) return;
      std::filesystem::rename(box.path("new/1790000001.b"), box.path("cur/1790000001.b:2,S"));
      std::filesystem::rename(box.path("cur/1790000002.c:2,"), box.path("cur/1790000002.c:2,RS"));
      std::filesystem::remove(box.path("cur/1790000003.d:2,"));
    });
    CHECK(seen == std::vector<std::string>{"1790000000.a", "1790000001.b", "1790000002.c"});
  }

  TEST_CASE("what cannot be read does not keep the others from being read, and is told") {
    const sample_maildir box;
    box.file("new/1790000000.a", mail);
    REQUIRE(::mkfifo(box.path("new/1790000001.fifo").c_str(), 0600) == 0);
    std::filesystem::create_directory(box.path("new/1790000002.folder"));
    std::filesystem::create_symlink("/absent", box.path("new/1790000003.link"));
    box.file("new/1790000004.b", mail);
    std::size_t read = 0;
    CHECK_THROWS_AS(open_maildir(box.path())->each({}, [&](message&&) { ++read; }), failure);
    CHECK(read == 2);
  }

  TEST_CASE("a failure of the receiver is not taken for one of the mailbox") {
    const sample_maildir box;
    box.file("new/1790000000.a", mail);
    box.file("new/1790000001.b", mail);
    int calls = 0;
    try {
      open_maildir(box.path())->each({}, [&](message&&) {
        ++calls;
        throw failure(exit_status::no_input, "full");
      });
    } catch (const failure& problem) {
      CHECK(problem.what() == std::string("full"));
    }
    CHECK(calls == 1);
  }

  TEST_CASE("a mailbox that vanished, or is none, is told") {
    const scratch::folder folder;
    CHECK(failing(open_maildir(folder.path("absent"))) == exit_status::no_input);
    CHECK(failing(open_mbox(folder.path("absent"))) == exit_status::no_input);
    CHECK(failing(open_message_files(folder.path("absent"))) == exit_status::no_input);
    CHECK(failing(open_mbox(folder.file("text", "hello\n"))) == exit_status::unavailable);
    CHECK(failing(open_mbox(folder.path())) == exit_status::unavailable);
    CHECK_THROWS_AS(static_cast<void>(open_path(folder.path("absent"))), failure);
  }

  TEST_CASE("empty mailboxes give nothing and are no error") {
    const sample_maildir box;
    CHECK(all_of(open_maildir(box.path())).empty());
    CHECK(all_of(open_mbox(box.file("empty", ""))).empty());
    CHECK(all_of(open_mbox(box.file("blank", "\n\n"))).empty());
    std::filesystem::create_directory(box.path("files"));
    CHECK(all_of(open_message_files(box.path("files"))).empty());
  }

  TEST_CASE("an mbox is cut at From lines, and the blank line before one is not of the message") {
    const scratch::folder folder;
    const auto found = all_of(open_mbox(folder.file("box",
                                                    "From a@example.jp Mon Nov 23 06:11:08 2026\nSubject: 1\n\nbody\n\n"
                                                    "From b@example.jp Tue Nov 24 06:11:08 2026 -0500\nSubject: 2\n\n"
                                                    "From c Wed Nov 25 06:11:08 JST 2026\nSubject: 3\n\nlast line"),
                                        "chuo"));
    REQUIRE(found.size() == 3);
    CHECK(found[0].raw == "Subject: 1\n\nbody\n");
    CHECK(found[1].raw == "Subject: 2\n");
    CHECK(found[2].raw == "Subject: 3\n\nlast line");
    CHECK(shown(found[0].arrived) == "2026-11-23T06:11:08+09:00");
    CHECK(shown(found[1].arrived) == "2026-11-24T06:11:08-05:00");
    CHECK(shown(found[2].arrived) == "2026-11-25T06:11:08+09:00");
    CHECK(found[0].place.kind == "mbox");
    CHECK(found[0].place.uid == found[0].id);
  }

  TEST_CASE("quoted From lines get one quote back") {
    CHECK(raws_of_mbox("From a\nX: 1\n\n>From me\n>>From you\n> From it\nFromage\n>Fromage\n") ==
          std::vector<std::string>{"X: 1\n\nFrom me\n>From you\n> From it\nFromage\n>Fromage\n"});
  }

  TEST_CASE("a From line inside text does not cut it unless it is a whole one") {
    CHECK(raws_of_mbox("From a\nX: 1\n\ntext\nFrom here on\nmore\n").size() == 1);
    CHECK(raws_of_mbox("From a\nX: 1\n\ntext\n\nFrom here on\nmore\n").size() ==
          2);  // better one too many than one lost
    CHECK(raws_of_mbox("From a\nX: 1\n\ntext\nFrom b@c Mon Nov 23 06:11:08 2026\nX: 2\n").size() == 2);
  }

  TEST_CASE("Content-Length is not believed") {
    CHECK(raws_of_mbox("From a\nContent-Length: 1000\n\nx\n\nFrom b\nX: 2\n\ny\n").size() == 2);
    CHECK(raws_of_mbox("From a\nContent-Length: -1\n\nx\n").size() == 1);
  }

  TEST_CASE("an mbox with CRLF, NUL and lines without end") {
    CHECK(raws_of_mbox("From a\r\nX: 1\r\n\r\nb\r\n\r\nFrom b\r\nX: 2\r\n") ==
          std::vector<std::string>{"X: 1\r\n\r\nb\r\n", "X: 2\r\n"});
    using namespace std::string_literals;
    CHECK(raws_of_mbox("From a\n\0\0\n\nFrom b\n\0"s) == std::vector<std::string>{"\0\0\n"s, "\0"s});
    // A piece in the middle of a long line is not the start of one.
    const std::string line(limits::mib, 'x');
    CHECK(raws_of_mbox("From a\nX: " + line.substr(3) + "From b\n>From c\n") ==
          std::vector<std::string>{"X: " + line.substr(3) + "From b\nFrom c\n"});
  }

  TEST_CASE("an mbox larger than a buffer keeps every byte") {
    std::string box, first, second;
    for (int i = 0; i < 40000; ++i) first += "line " + std::to_string(i) + "\n\n";
    second = first + std::string(3 * limits::mib, 'y') + "\n";
    box = "From a\n" + first + "\nFrom b\n" + second;
    CHECK(raws_of_mbox(box) == std::vector<std::string>{first, second});
  }

  TEST_CASE("the same message is the same through Maildir, mbox and file, with LF or CRLF") {
    const sample_maildir box;
    box.file("new/1790000000.a", mail);
    const std::string crlf = "Message-ID: <1@example.jp>\r\nSubject: x\r\n\r\nbody\r\n\r\n";
    const auto id = all_of(open_maildir(box.path())).at(0).id;
    CHECK(all_of(open_mbox(box.file("box", "From a\n" + mail + "\n"))).at(0).id == id);
    CHECK(all_of(open_message_files(box.file("a.eml", crlf))).at(0).id == id);
  }

  TEST_CASE("the identity of a message in pieces is that of the whole") {
    for (const std::string_view text : {"", "\n", "a\r\nb\r\n", "\r\r\n\n\ra\r\r", "a\rb\r\r\n\r\nc", "\r\n\r\nx\n\r"})
      for (std::size_t piece = 1; piece <= text.size() + 1; ++piece) {
        message_digest digest;
        for (std::size_t at = 0; at < text.size(); at += piece) digest.update(text.substr(at, piece));
        CHECK(digest.identity() == message_identity(text));
      }
  }

  TEST_CASE("files arrive when the receiving server says so, else when they were changed") {
    const scratch::folder folder;
    folder.file("b.eml",
                "Received: from a by b\r\n\t(x; y); Sun, 22 Nov 2026 23:40:01 +0900\r\nReceived: from z; 1 Jan 2000 "
                "00:00:00 +0900\r\n\r\n");
    folder.file("a.eml", mail);
    folder.file("readme.txt", "x");
    ::timespec times[2] = {{1780000000, 0}, {1780000000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, folder.path("a.eml").c_str(), times, 0) == 0);
    const auto found = all_of(open_message_files(folder.path().substr(0, folder.path().size() - 1)));
    REQUIRE(found.size() == 2);
    CHECK(shown(found[0].arrived) == "2026-05-29T05:26:40+09:00");
    CHECK(found[0].place.path == folder.path("a.eml"));
    CHECK(shown(found[1].arrived) == "2026-11-22T23:40:01+09:00");
  }

  TEST_CASE("a path is taken for what it is") {
    const sample_maildir box;
    box.file("new/1790000000.a", mail);
    box.file("files/a.eml", mail);
    const auto kind = [&](const std::string& path) { return all_of(open_path(path)).at(0).place.kind; };
    CHECK(kind(box.path()) == "maildir");
    CHECK(kind("maildir:" + box.path()) == "maildir");
    CHECK(kind(box.path("files")) == "file");
    CHECK(kind(box.path("files/a.eml")) == "file");
    CHECK(kind(box.file("box", "From a\nX: 1\n")) == "mbox");
    CHECK(kind("eml:" + box.path("box")) == "file");
  }

  TEST_CASE("wishes: uid, Message-ID, record id, day of arrival, and what is known") {
    const sample_maildir box;
    box.file("new/1790000000.a", mail);
    box.file("new/1790100000.b", "Message-Id:\n <2@example.jp>\n\nb\n");
    box.file("new/1790200000.c", "Subject: none\n\nMessage-ID: <3@example.jp>\n");
    const auto uids = [&](const message_wish& wish) {
      std::string all;
      for (const auto& one : all_of(open_maildir(box.path()), wish)) all += one.place.uid.back();
      return all;
    };
    CHECK(uids({}) == "abc");
    CHECK(uids({.uids = {"1790000000.a", "x"}}) == "a");
    CHECK(uids({.message_ids = {"<2@example.jp>"}}) == "b");
    CHECK(uids({.message_ids = {"2@example.jp", "1@example.jp"}}) == "ab");
    CHECK(uids({.message_ids = {"3@example.jp"}}).empty());  // only the header counts
    CHECK(uids({.message_ids = {message_identity(mail)}}) == "a");
    CHECK(uids({.since = parse_iso_date("2026-09-23")}) == "bc");  // 1790100000 is 03:00 of that day in Japan
    CHECK(uids({.is_known = [](const message_place& place) { return place.uid.ends_with("b"); }}) == "ac");
  }

  TEST_CASE("a header field is found folded or not, in the header only, and within bounds") {
    CHECK(header_field("A: 1\nb :  2\n\t3 \n\nC: 4\n", "B") == "2\t3");
    CHECK(header_field("A: 1\n\nC: 4\n", "c").empty());
    CHECK(header_field("", "a").empty());
    CHECK(header_field("nonsense\nA: 1\n", "a") == "1");
    CHECK(header_field("A:", "a").empty());
    CHECK(header_field("A: " + std::string(limits::mib, 'x') + "\nB: 1\n", "a").size() <= 64 * limits::kib);
    CHECK(header_field(std::string(limits::mib, '\n'), "a").empty());
  }

  TEST_CASE("a message over the limit is counted and digested, and not kept") {
    message_builder builder;
    sha256 digest;
    message_digest identity;
    const std::string piece(limits::mib, 'x');
    builder.add("Message-ID: <big@example.jp>\n\n");
    digest.update("Message-ID: <big@example.jp>\n\n");
    identity.update("Message-ID: <big@example.jp>\n\n");
    for (std::size_t i = 0; i < limits::raw_message_bytes / limits::mib; ++i) {
      builder.add(piece);
      digest.update(piece);
      identity.update(piece);
    }
    auto big = builder.finish();
    CHECK(big.too_large);
    CHECK(big.raw.empty());
    CHECK(big.size == limits::raw_message_bytes + 30);
    CHECK(big.sha256 == digest.hex());
    CHECK(big.id == identity.identity());
    CHECK(message_wish{.message_ids = {"big@example.jp"}}.wants(big));
    big.place.kind = "file";
    const record rec(whole_line(big, "intake-fetch 0"));
    CHECK(rec.has_finding("mail.limit"));
    CHECK(!rec["raw"]["data"]);
    CHECK(rec["raw"]["size"].integer() == static_cast<std::int64_t>(big.size));
    CHECK(rec["raw"]["sha256"].str() == big.sha256);
  }

  TEST_CASE("a message of exactly the limit is whole") {
    message_builder builder;
    builder.add(std::string(limits::raw_message_bytes, 'x'));
    auto whole = builder.finish();
    CHECK(!whole.too_large);
    const auto line = whole_line(whole, "intake-fetch 0");
    CHECK(line.size() < limits::record_bytes);
    CHECK(record(line)["raw"]["data"].bytes().value_or("") == whole.raw);
  }

  TEST_CASE("the record says where it lies, when it came and when it is handled") {
    message one;
    one.place = {.kind = "imap", .account = "chuo", .mailbox = "受信箱\"", .uidvalidity = "7", .uid = "42", .path = {}};
    one.arrived = parse_rfc3339("2026-11-22T14:40:01Z").value();
    one.raw = mail;
    one.size = mail.size();
    one.id = message_identity(mail);
    one.sha256 = sha256_hex(mail);
    const record rec(whole_line(one, "intake-fetch 0.1"));
    CHECK(rec.id() == one.id);
    CHECK(rec["source"]["kind"].str() == "imap");
    CHECK(rec["source"]["mailbox"].str() == "受信箱\"");
    CHECK(rec["source"]["uidvalidity"].str() == "7");
    CHECK(rec["source"]["uid"].str() == "42");
    CHECK(!rec["source"]["path"]);
    CHECK(rec["arrived_at"].str() == "2026-11-22T23:40:01+09:00");
    CHECK(rec["handling_day"].str() == "2026-11-24");
    CHECK(rec["raw"]["data"].bytes().value_or("") == mail);
    CHECK(rec["stages"]["fetch"]["tool"].str() == "intake-fetch 0.1");
    CHECK(!rec["findings"]);
  }
}
