#include "libintake/profile.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stdexcept>

#include "libintake/failure.hpp"
#include "libintake/findings.hpp"
#include "scratch.hpp"

using namespace intake;

namespace {

std::string shipped() {
  return std::string(INTAKE_SOURCE_DIR) + "/share/intake/profiles/kumamoto-2021.toml";
}

std::string shipped_text() {
  std::ifstream file(shipped());
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE_MESSAGE(at != text.npos, from);
  return text.replace(at, from.size(), to);
}

/// Errors of a profile, without its path.
std::string errors_of(const std::string& toml) {
  const scratch::folder folder;
  const auto path = folder.file("p.toml", toml);
  try {
    static_cast<void>(load_profile(path));
  } catch (const failure& problem) {
    CHECK(problem.status() == exit_status::config);
    std::string text = problem.what();
    for (std::size_t at; (at = text.find(path)) != text.npos;) text.erase(at, path.size());
    return text;
  }
  return {};
}

/// The shipped profile with one change gives exactly one error, at the line of the change.
void refuses(std::string_view from, std::string_view to, const std::string& message) {
  const auto text = shipped_text();
  const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find(from)), '\n') + 1;
  const auto errors = errors_of(replaced(text, from, to));
  CHECK_MESSAGE(errors == ":" + std::to_string(line) + ": " + message, errors);
}

bool tells(const std::string& errors, std::string_view message) {
  return errors.find(message) != errors.npos;
}

}  // namespace

TEST_SUITE("profile") {
  TEST_CASE("the shipped profile is whole") {
    const auto read = load_profile(shipped());
    CHECK(read.name == "kumamoto-2021");
    CHECK(read.reference == "熊総第203号");
    CHECK(read.valid_from == "2021-06-01");
    CHECK(read.valid_until == "2025-03-31");
    REQUIRE(read.clauses.size() == clause_keys.size());
    CHECK(read.clause("virus_check") == "第4-2(2)");
    CHECK(read.clause("regular_file") == "第8-1(1)");
    CHECK(read.clause("nonsense") == "nonsense");
    CHECK(read.site.senders == std::vector<std::string>{"noreply@proc.example.go.jp"});
    CHECK(read.site.authentication_server == "mx.police.example.jp");
    CHECK(read.application.attachments_exactly == 1);
    REQUIRE(read.application.fields.size() == 6);
    CHECK(read.application.fields[0].first == "receipt_no");
    CHECK(read.application.fields[4].first == "submitted_at");
    CHECK(read.calendar.cutoff_minutes == 16 * 60);
    CHECK(read.calendar.closed.size() == 5);
    CHECK(read.procedures[0].name == "道路使用許可申請");
    CHECK(read.procedures[0].fee == 2400);
  }

  TEST_CASE("a pattern that can never match what is received is refused with the form that can") {
    const auto wide = replaced(shipped_text(), "subject = '補正'", "subject = '補正：'");
    CHECK(errors_of(wide).find("NFKC; write: 補正:") != std::string::npos);
  }

  TEST_CASE("the shipped profile has a wording for every action that writes to somebody") {
    const auto read = load_profile(shipped());
    for (const auto& action : action_kinds) {
      const std::string name(action.name);
      CHECK_MESSAGE(read.notices.contains(name) == (action.to != "clerk"), name);
      CHECK_MESSAGE(read.notices.contains(name + ".site_administrator") == (action.to == "general_manager"), name);
    }
    CHECK(read.notices.contains("ask_resubmit.malware"));
    CHECK(read.notices.contains("ask_resubmit.missed"));
  }

  TEST_CASE("the shipped patterns read the site's layouts") {
    const auto read = load_profile(shipped());
    const std::string body =
        "受付番号:R8-000123\n手続名: 道路使用許可申請\n申請先:熊本中央警察署\n申請者名: 架空 "
        "太郎\n申請日時:2026年11月22日 9:05\n";
    const std::vector<std::string> values = {"R8-000123", "道路使用許可申請", "熊本中央警察署", "架空 太郎",
                                             "2026年11月22日 9:05"};
    for (std::size_t i = 0; i < values.size(); ++i)
      CHECK(read.application.fields[i].second.first(body).value_or("none") == values[i]);
    CHECK(read.application.subject.matches("【警察行政手続サイト】申請受付のお知らせ"));
    CHECK(!read.application.subject.matches("Re: 【警察行政手続サイト】申請"));
    const auto rows = read.list.rows.all(
        "対象日: 2026年11月22日\n件数: 2\nR8-1 9:05 道路使用許可申請 熊本中央警察署 架空 太郎\nR8-2 23:59 駐車許可申請 "
        "中央署 見本 花子\n",
        10);
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].at("receipt_no") == "R8-1");
    CHECK(rows[1].at("applicant") == "見本 花子");
  }

  TEST_CASE("patterns answer with groups, whole matches and bounded lists") {
    CHECK(pattern("a(b)?c").first("xabcx").value() == "b");
    CHECK(pattern("a(b)?c").first("ac").value().empty());
    CHECK(pattern("abc").first("xabcx").value() == "abc");
    CHECK(!pattern("z").first("xabcx"));
    CHECK(!pattern().matches(""));
    CHECK(!pattern().first("x"));
    CHECK(!pattern());
    CHECK(pattern("(?P<x>.)").all("あいう", 10).size() == 3);
    CHECK(pattern("(?P<x>.)").all("あいう", 2).size() == 2);
    CHECK(pattern("(?P<x>z*)").all("あz", 10).size() == 3);  // before あ, before z with it, at the end
    CHECK(pattern("(?P<x>z*)").all("", 10).size() == 1);
    CHECK(pattern("(?m)^(?P<x>.)").all("ab\ncd", 10)[1].at("x") == "c");
    CHECK(pattern("(?P<x>.)").all("\xff\xfe", 10).empty());
    CHECK_THROWS_AS(pattern("(a"), std::invalid_argument);
    CHECK_THROWS_AS(pattern("(?=a)"), std::invalid_argument);
  }

  TEST_CASE("a pattern that would run for ever elsewhere is quick") {
    CHECK(!pattern("^(a+)+$").matches(std::string(1 << 20, 'a') + "b"));
  }

  TEST_CASE("wrong patterns are errors of the profile") {
    refuses("receipt_no = '(?m)^受付番号[: \\t]*(\\S+)'", "receipt_no = '(a'",
            "\"receipt_no\" is not a pattern: missing ): (a");
    refuses("procedure = '(?m)^手続名[: \\t]*(\\S.*)$'", "procedure = 'x'",
            "\"procedure\" must have one group, the value; write others as (?:…)");
    refuses("day = '(?m)^対象日[: \\t]*(\\S.*)$'", "day = '(a)(b)'",
            "\"day\" must have one group, the value; write others as (?:…)");
    refuses("count = '(?m)^件数[: \\t]*(\\d+)'", "count = '件数'", "\"count\" must have one group, the number");
    refuses("subject = '補正'", "subject = ''", "\"subject\" must not be empty");
    const auto errors = errors_of(replaced(shipped_text(), "(?P<receipt_no>[A-Z0-9]", "(?P<receiptno>[A-Z0-9]"));
    CHECK(tells(errors, "unknown field \"receiptno\"; did you mean \"receipt_no\"?"));
    CHECK(tells(errors, "\"rows\" must give \"receipt_no\""));
  }

  TEST_CASE("every clause key needs a label, and no other is known") {
    const auto errors = errors_of(replaced(shipped_text(), "virus_check = ", "virus_chek = "));
    CHECK(tells(errors, "unknown key \"virus_chek\"; did you mean \"virus_check\"?"));
    CHECK(tells(errors, "[clauses]: missing key \"virus_check\""));
    refuses("harmless = \"第8-2\"", "harmless = \"\"", "\"harmless\" must not be empty");
  }

  TEST_CASE("a notice may name known fields only") {
    refuses("subject = \"【{station}】申請方法の御案内\"", "subject = \"【{stetion}】\"",
            "unknown field {stetion}; did you mean \"station\"?");
    refuses("subject = \"【{station}】申請方法の御案内\"", "subject = \"【{station】\"",
            "\"subject\" has a brace without its pair");
    refuses("subject = \"【{station}】申請方法の御案内\"", "subject = \"station}\"",
            "\"subject\" has a brace without its pair");
    refuses("subject = \"【{station}】申請方法の御案内\"", "subject = \"a\\nBcc: x\"", "\"subject\" must be one line");
    refuses("[notices.ask_site]", "[notices.ask_sight]", "unknown key \"ask_sight\"; did you mean \"ask_site\"?");
    refuses("[notices.ask_resubmit.clause.missed]", "[notices.ask_resubmit.clause.mised]",
            "unknown key \"mised\"; did you mean \"missed\"?");
    for (const auto& field : notice_fields) CHECK(is_notice_field(field.name));
    CHECK(!is_notice_field("password"));
    CHECK(!is_notice_field(""));
  }

  TEST_CASE("the profile may be stricter than the table, never milder") {
    const auto with = [](const std::string& lines) { return shipped_text() + "[stricter]\n" + lines; };
    const scratch::folder folder;
    const auto read =
        load_profile(folder.file("p.toml", with("\"macro.vba\" = \"refuse\"\n\"archive.password\" = \"doubt\"\n")));
    CHECK(read.stricter.at("macro.vba") == "refuse");
    CHECK(read.stricter.size() == 2);
    CHECK(tells(errors_of(with("\"malware.found\" = \"doubt\"\n")), "may be made stricter, never milder"));
    CHECK(tells(errors_of(with("\"macro.vba\" = \"none\"\n")), "must be doubt or refuse"));
    CHECK(tells(errors_of(with("\"macro.vbs\" = \"doubt\"\n")), "did you mean \"macro.vba\"?"));
  }

  TEST_CASE("calendar and times are checked") {
    refuses("timezone = \"Asia/Tokyo\"", "timezone = \"Europe/Paris\"", "\"timezone\" must be Asia/Tokyo");
    refuses("holidays = \"japan\"", "holidays = \"jpan\"", "\"holidays\" must be japan or none");
    refuses("\"12-29\"", "\"12-32\"", "\"12-32\" is not a day of the year, as 12-29");
    refuses("cutoff = \"16:00\"", "cutoff = \"24:01\"", "\"cutoff\" must be a time of day, as 16:00");
    refuses("due = \"09:00\"", "due = \"9:00\"", "\"due\" must be a time of day, as 09:00");
    refuses("expect = \"every_day\"", "expect = \"daily\"", "\"expect\" must be every_day or open_days");
    refuses("valid_from = 2021-06-01", "valid_from = 2021", "\"valid_from\" must be a date, as 2026-11-24");
    refuses("valid_until = 2025-03-31", "valid_until = \"2020-03-31\"", "\"valid_until\" lies before \"valid_from\"");
  }

  TEST_CASE("extra and excepted days are dates or texts of their form") {
    const scratch::folder folder;
    const auto read = load_profile(folder.file(
        "p.toml", replaced(shipped_text(), "cutoff = \"16:00\"", "extra = [2026-05-18]\nexcept = [\"2026-05-23\"]")));
    CHECK(!read.calendar.is_open(*parse_iso_date("2026-05-18")));
    CHECK(read.calendar.is_open(*parse_iso_date("2026-05-23")));
    CHECK(read.calendar.cutoff_minutes == 24 * 60);
    refuses("cutoff = \"16:00\"", "extra = [\"2026-13-01\"]", "\"extra\" must hold dates");
  }

  TEST_CASE("senders, authentication and lists are checked") {
    refuses("\"noreply@proc.example.go.jp\"", "\"proc.example.go.jp\"", "\"proc.example.go.jp\" is not a mail address");
    refuses("senders = [\"noreply@proc.example.go.jp\"]", "senders = []", "\"senders\" must not be empty");
    refuses("require = [\"dkim\"]", "require = [\"dkin\"]", "unknown method \"dkin\": dkim, spf or dmarc");
    refuses("encoding = \"cp932\"", "encoding = \"cp933\"",
            "unknown encoding \"cp933\": utf-8, cp932, euc-jp, iso-2022-jp or utf-16");
    refuses("kind = \"zip-aes\"", "kind = \"rar\"", "unknown kind \"rar\": zip-aes");
    refuses("fee = 2400", "fee = -1", "\"fee\" must be 0 to 100000000");
    CHECK(tells(errors_of(replaced(shipped_text(), "\nstation = '(?m)", "\nplace = '(?m)")),
                "[application.fields]: missing key \"station\""));
    const auto senders = errors_of("[site]\nsender = [\"a@b\"]\n");
    CHECK(tells(senders, "unknown key \"sender\"; did you mean \"senders\"?"));
    CHECK(tells(senders, "missing table [clauses]"));
  }

  TEST_CASE("a profile is found by path, beside the configuration, and in the shared folder, in that order") {
    const scratch::folder desk, share;
    const auto named = [](const char* name) { return replaced(shipped_text(), "name = \"kumamoto-2021\"", name); };
    share.file("profiles/other.toml", named("name = \"shared\""));
    ::setenv("INTAKE_SHARE", share.path().c_str(), 1);
    CHECK(load_profile("other", desk.path()).name == "shared");
    desk.file("other.toml", named("name = \"beside\""));
    CHECK(load_profile("other", desk.path()).name == "beside");
    CHECK(load_profile("./other.toml", desk.path()).name == "beside");
    CHECK(load_profile(share.path("profiles/other.toml"), desk.path()).name == "shared");
    CHECK_THROWS_AS(static_cast<void>(load_profile("absent", desk.path())), failure);
    ::unsetenv("INTAKE_SHARE");
    CHECK(load_profile("kumamoto-2021", desk.path()).name == "kumamoto-2021");
  }
}
