// The fields, dates, lists and bodies that are judged. Every text that comes out must be valid UTF-8 and bounded, every
// date one that exists, and judging must never accept what the input alone could not earn.
#include <cstdlib>
#include <string>
#include <string_view>

#include "libintake/charset.hpp"
#include "libintake/era.hpp"
#include "libintake/json.hpp"
#include "libintake/judge.hpp"
#include "libintake/letter.hpp"
#include "libintake/limits.hpp"

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

const intake::profile& rule() {
  static const intake::profile made = [] {
    intake::profile it;
    it.site.senders = {"noreply@proc.example.go.jp"};
    it.site.authentication_server = "mx.police.example.jp";
    it.site.authentication_require = {"dkim"};
    it.site.url_hosts = {"proc.example.go.jp"};
    it.site.names = {"手続サイト"};
    it.application.subject = intake::pattern("^申請");
    it.application.layout = {"受付番号", "申請者名"};
    it.application.fields = {{"receipt_no", intake::pattern(R"((?m)^受付番号[: \t]*(\S+))")},
                             {"submitted_at", intake::pattern(R"((?m)^申請日時[: \t]*(\S.*)$)")},
                             {"station", intake::pattern(R"((?m)^申請先[: \t]*(\S.*)$)")},
                             {"applicant", intake::pattern(R"((?m)^申請者名[: \t]*(\S.*)$)")}};
    it.list.subject = intake::pattern("^一覧");
    it.list.day = intake::pattern(R"((?m)^対象日[: \t]*(\S.*)$)");
    it.list.count = intake::pattern(R"((?m)^件数[: \t]*(\d+))");
    it.list.rows =
        intake::pattern(R"((?m)^(?P<receipt_no>[A-Z0-9-]+)[ \t]+(?P<submitted_at>\S+)[ \t]+(?P<applicant>\S.*)$)");
    it.list.csv.emplace();
    it.list.csv->attachment = intake::pattern(R"(\.csv$)");
    it.list.csv->encoding = "cp932";
    it.list.csv->columns = {{"receipt_no", "受付番号"}, {"submitted_at", "申請日時"}, {"applicant", "申請者名"}};
    it.correction.subject = intake::pattern("補正");
    it.correction.receipt_no = intake::pattern(R"(受付番号[: \t]*(\S+))");
    it.procedures = {{"見本届", 100}};
    return it;
  }();
  return made;
}

const intake::config& desk() {
  static const intake::config made = [] {
    intake::config it;
    it.station = "a";
    it.stations = {{"a", "架空署", {}, "a@example.jp", ""}, {"b", "見本署", {}, "b@example.jp", ""}};
    return it;
  }();
  return made;
}

void check_date(std::string_view text) {
  const auto read = intake::parse_written_time(text);
  if (!read) return;
  check(read->day.ok() && read->hour >= 0 && read->hour < 24 && read->minute < 60 && read->second < 60);
  const auto again = intake::parse_written_time(intake::to_era_text(read->day));
  check(again && again->day == read->day);
}

void check_list(std::string_view text) {
  const auto normal = intake::normal_text(text);
  const auto list = intake::read_list_mail("", normal, {{"f0", "a.csv", std::string(text)}}, rule());
  check(list.entries.size() <= intake::limits::list_entries);
  for (const auto& entry : list.entries) check(!entry.receipt_no.empty() && intake::charset::is_utf8(entry.receipt_no));
}

/// The input as subject, text and sender of a mail that nothing vouches for.
void check_judgement(std::string_view text) {
  static const intake::judge judge(rule(), desk());
  static const intake::stream_memory none;
  const auto cut = text.find('\n');
  intake::json::writer out;
  out.begin_object().member("intake", 1).member("id", "m-1").key("mail").begin_object();
  out.key("from").begin_array().begin_object().member("name", text.substr(0, 200));
  out.member("address", text.size() % 2 ? "noreply@proc.example.go.jp" : "x@y.example").end_object().end_array();
  out.member("subject", text.substr(0, cut)).member("text", text).end_object();
  intake::record rec(out.end_object().take());
  const auto made = judge.consider(rec, none);
  check(made.disposition != "accept" && made.disposition != "list");
  write(rec, made);
  const intake::record written(rec.line());
  check(written["disposition"].str() == made.disposition);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_date(text);
  (void)intake::parse_time_of_day(text);
  check_list(text);
  check_judgement(text);
  return 0;
}
