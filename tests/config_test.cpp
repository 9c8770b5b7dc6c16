#include "libintake/config.hpp"

#include <doctest/doctest.h>

#include "libintake/failure.hpp"
#include "scratch.hpp"

using namespace intake;

namespace {

const std::string head = R"(profile = "kumamoto-2021"
station = "chuo"
[[stations]]
id = "chuo"
name = "熊本中央警察署"
aliases = ["中央署"]
address = "chuo@police.example.jp"
tel = "096-000-0000"
[[stations]]
id = "higashi"
name = "熊本東警察署"
)";

const std::string whole = head + R"([[accounts]]
name = "chuo"
url = "imaps://mail.example.jp/INBOX"
user = "chuo"
password = "file:mail.secret"
ca_file = "ca.pem"
auth = "plain"
timeout_seconds = 20
[[accounts]]
name = "old"
station = "higashi"
url = "maildir:Mail/old"
[archive]
passwords = ["file:/etc/intake/zip.secret", "credential:zip"]
max_members = 10
[ledger]
path = "ledger.db"
key = "command:pass ledger"
[scan]
database = "/var/lib/clamav"
max_age_days = 5
allow_stale = true
[render]
dpi = 200
[output]
out = "out"
drafts = "/srv/drafts"
mail_program = "thunderbird -compose"
[roles]
operation_manager = { name = "署長", address = "chief@police.example.jp" }
general_manager = { name = "警務部長", address = "keimu@police.example.jp" }
)";

struct outcome {
  exit_status status = exit_status::ok;
  std::string text;
  config read;
};

outcome load(const std::string& toml) {
  const scratch::folder folder;
  outcome seen;
  const auto path = folder.file("intake.toml", toml);
  try {
    seen.read = load_config(path);
  } catch (const failure& problem) {
    seen.status = problem.status();
    seen.text = problem.what();
    // Without the folder, which has another name each time.
    for (std::size_t at; (at = seen.text.find(folder.path())) != seen.text.npos;)
      seen.text.erase(at, folder.path().size());
  }
  return seen;
}

void refuses(const std::string& toml, const std::string& message) {
  const auto seen = load(toml);
  CHECK(seen.status == exit_status::config);
  CHECK_MESSAGE(seen.text == message, seen.text);
}

}  // namespace

TEST_SUITE("config") {
  TEST_CASE("a whole configuration is read") {
    const scratch::folder folder;
    const auto read = load_config(folder.file("intake.toml", whole));
    CHECK(read.profile == "kumamoto-2021");
    CHECK(read.own_station().name == "熊本中央警察署");
    REQUIRE(read.stations.size() == 2);
    REQUIRE(read.accounts.size() == 2);
    CHECK(read.accounts[0].station == "chuo");
    CHECK(read.accounts[0].url == "imaps://mail.example.jp/INBOX");
    CHECK(read.accounts[0].password == "file:" + folder.path("mail.secret"));
    CHECK(read.accounts[0].ca_file == folder.path("ca.pem"));
    CHECK(read.accounts[0].timeout_seconds == 20);
    CHECK(read.accounts[0].fault_after == 3);
    CHECK(read.accounts[1].url == "maildir:" + folder.path("Mail/old"));
    CHECK(read.accounts[1].station == "higashi");
    CHECK(read.archive.passwords == std::vector<std::string>{"file:/etc/intake/zip.secret", "credential:zip"});
    CHECK(read.archive.max_members == 10);
    CHECK(read.archive.max_depth == limits::archive_depth);
    CHECK(read.ledger.path == folder.path("ledger.db"));
    CHECK(read.ledger.key == "command:pass ledger");
    CHECK(read.scan.max_age_days == 5);
    CHECK(read.scan.allow_stale);
    CHECK(read.render.dpi == 200);
    CHECK(read.output.out == folder.path("out"));
    CHECK(read.output.drafts == "/srv/drafts");
    CHECK(read.output.mail_program == "thunderbird -compose");
    CHECK(read.general_manager->name == "警務部長");
    CHECK(!read.site_administrator);
    CHECK(read.folder() + '/' == folder.path());
  }

  TEST_CASE("drafts go to a folder, a file that holds many, or a mailbox") {
    const auto drafts = [&](const std::string& named) {
      return load(head + "[output]\ndrafts = \"" + named + "\"\n").read.output.drafts;
    };
    CHECK(drafts("imap:chuo/下書き") == "imap:chuo/下書き");
    CHECK(drafts("mbox:/srv/drafts.mbox") == "mbox:/srv/drafts.mbox");
    CHECK(drafts("ndjson:a/b").ends_with("/a/b"));
    CHECK(drafts("ndjson:a/b").starts_with("ndjson:/"));
  }

  TEST_CASE("the least there must be") {
    CHECK_MESSAGE(load(head).status == exit_status::ok, load(head).text);
    refuses("",
            "intake.toml:1: missing key \"profile\"\nintake.toml:1: missing key \"station\"\n"
            "intake.toml:1: missing table [[stations]]");
  }

  TEST_CASE("a station is found by id, name and alias, whatever the width of its letters") {
    const auto read = load(whole).read;
    for (const char* const name : {"chuo", "ｃｈｕｏ", "熊本中央警察署", "熊本 中央 警察署", "　中央署 "}) {
      REQUIRE_MESSAGE(read.find_station(name) != nullptr, name);
      CHECK(read.find_station(name)->id == "chuo");
    }
    for (const char* const name : {"", " ", "中央", "熊本中央警察署長", "\xff\xfe"}) CHECK(!read.find_station(name));
  }

  TEST_CASE("every mistake is told at once, at its line") {
    refuses(
        "profile = 3\nstation = \"chou\"\nsttion = 1\n[[stations]]\nid = \"chuo\"\nadress = "
        "\"x\"\n[scan]\nmax_age_days = "
        "\"3\"\nallow_stale = 1\n",
        "intake.toml:1: \"profile\" must be a string, and is a whole number\n"
        "intake.toml:2: no station has the id \"chou\"; did you mean \"chuo\"?\n"
        "intake.toml:3: unknown key \"sttion\"; did you mean \"station\"?\n"
        "intake.toml:4: [[stations]]: missing key \"name\"\n"
        "intake.toml:6: unknown key \"adress\"; did you mean \"address\"?\n"
        "intake.toml:8: \"max_age_days\" must be a whole number, and is a string\n"
        "intake.toml:9: \"allow_stale\" must be true or false, and is a whole number");
  }

  TEST_CASE("an unknown table is told, and one far from all known words gets no suggestion") {
    refuses(head + "[legder]\npath = \"x\"\n[somethingelse]\n",
            "intake.toml:12: unknown key \"legder\"; did you mean \"ledger\"?\n"
            "intake.toml:14: unknown key \"somethingelse\"");
  }

  TEST_CASE("what is not TOML is told at its line") {
    const auto seen = load("profile = \"x\"\nstation = \n");
    CHECK(seen.status == exit_status::config);
    CHECK_MESSAGE(seen.text.starts_with("intake.toml:2: "), seen.text);
    CHECK(load("profile = \"\xff\"\n").status == exit_status::config);
    CHECK(load("profile = \"x\"\nprofile = \"y\"\n").text.starts_with("intake.toml:2: "));
  }

  TEST_CASE("a password in the file itself is refused and not shown") {
    const auto seen = load(head +
                           "[[accounts]]\nname = \"a\"\nurl = \"imaps://h/\"\nuser = \"u\"\npassword = \"hunter2\"\n"
                           "[ledger]\npath = \"l\"\nkey = \"hunter3\"\n[archive]\npasswords = [\"hunter4\"]\n");
    CHECK(seen.status == exit_status::config);
    CHECK(seen.text.find("intake.toml:16: \"password\" must begin with file:") != std::string::npos);
    CHECK(seen.text.find("intake.toml:19: \"key\"") != std::string::npos);
    CHECK(seen.text.find("intake.toml:21: \"passwords\"") != std::string::npos);
    CHECK(seen.text.find("hunter") == std::string::npos);
  }

  TEST_CASE("accounts are checked") {
    const auto account = [](const std::string& lines) { return head + "[[accounts]]\nname = \"a\"\n" + lines; };
    for (const char* const wrong : {"http://h/", "imaps:/h", "imaps:///INBOX", "maildir:", "INBOX", "mbox"}) {
      const auto seen = load(account("url = \"" + std::string(wrong) + "\"\n"));
      CHECK_MESSAGE(seen.text.find("intake.toml:14: \"url\" must be") != std::string::npos, wrong);
    }
    CHECK(load(account("url = \"imaps://u:hunter2@h/\"\n")).text ==
          "intake.toml:14: \"url\" must not hold a user or password");
    refuses(account("url = \"pop3s://h\"\n"),
            "intake.toml:12: a mail server needs \"user\"\n"
            "intake.toml:12: a mail server needs \"password\" or \"client_cert\"");
    refuses(account("url = \"mbox:x\"\nstation = \"nishi\"\n"), "intake.toml:15: no station has the id \"nishi\"");
    refuses(
        account("url = \"mbox:x\"\nauth = \"cram\"\n"),
        "intake.toml:15: unknown mechanism \"cram\": plain, login, xoauth2, oauthbearer, scram-sha-256 or external");
    refuses(account("url = \"mbox:x\"\ntimeout_seconds = 0\n"),
            "intake.toml:15: \"timeout_seconds\" must be 1 to 3600");
    refuses(account("url = \"mbox:x\"\n[[accounts]]\nname = \"a\"\nurl = \"mbox:y\"\n"),
            "intake.toml:16: two accounts are named \"a\"");
  }

  TEST_CASE("two stations cannot answer to one name") {
    refuses(head + "aliases = [\"中央 署\"]\n", "intake.toml:12: \"中央 署\" is already a name of station \"chuo\"");
    CHECK(load(head + "aliases = [\"東署\", \"東署\", \"higashi\"]\n").status == exit_status::ok);
  }

  TEST_CASE("limits can be lowered, never raised") {
    refuses(head + "[archive]\nmax_depth = 4\n", "intake.toml:13: \"max_depth\" must be 1 to 3");
    refuses(head + "[archive]\nmax_members = 0\n", "intake.toml:13: \"max_members\" must be 1 to 1000");
  }

  TEST_CASE("wrong kinds of tables and lists are told") {
    refuses("profile = \"x\"\nstation = \"a\"\nstations = \"a\"\n",
            "intake.toml:2: no station has the id \"a\"\n"
            "intake.toml:3: \"stations\" must be an array of tables: [[stations]], and is a string");
    refuses(head + "aliases = [\"a\", 3]\n[[accounts]]\n",
            "intake.toml:12: \"aliases\" must hold strings that are not empty\n"
            "intake.toml:13: [[accounts]]: missing key \"name\"\nintake.toml:13: [[accounts]]: missing key \"url\"");
    refuses(head + "[roles]\ngeneral_manager = { name = \"x\" }\n",
            "intake.toml:13: [roles.general_manager]: missing key \"address\"");
    refuses(head + "[roles]\ngeneral_manager = { name = \"x\", address = \"a b@c\" }\n",
            "intake.toml:13: \"address\" is not a mail address");
    refuses(head + "tel = \"\\u0007\"\n", "intake.toml:12: \"tel\" holds control characters");
  }

  TEST_CASE("without a configuration the status is 66, and the message says where it was looked for") {
    const scratch::folder folder;
    try {
      static_cast<void>(load_config(folder.path("absent.toml")));
      FAIL("it was read");
    } catch (const failure& problem) {
      CHECK(problem.status() == exit_status::no_input);
    }
  }

  TEST_CASE("the environment names the configuration, then the home folder") {
    const scratch::folder folder;
    folder.file(".config/intake/intake.toml", head);
    const char* const home = std::getenv("HOME");
    const std::string before = home ? home : "";
    ::setenv("HOME", folder.path().c_str(), 1);
    CHECK(load_config().file.ends_with("/.config/intake/intake.toml"));
    ::setenv("INTAKE_CONFIG", folder.file("other.toml", head).c_str(), 1);
    CHECK(load_config().file.ends_with("/other.toml"));
    ::unsetenv("INTAKE_CONFIG");
    ::setenv("HOME", before.c_str(), 1);
  }
}
