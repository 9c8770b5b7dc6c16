// The rule and the desk that the fuzzers of what is judged go by.
#pragma once

#include "libintake/config.hpp"
#include "libintake/profile.hpp"

namespace fuzz {

inline const intake::profile& rule() {
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

inline const intake::config& desk() {
  static const intake::config made = [] {
    intake::config it;
    it.station = "a";
    it.stations = {{"a", "架空署", {}, "a@example.jp", ""}, {"b", "見本署", {}, "b@example.jp", ""}};
    return it;
  }();
  return made;
}

}  // namespace fuzz
