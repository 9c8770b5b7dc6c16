#include "wording.hpp"

#include <algorithm>
#include <array>

#include "acts.hpp"
#include "findings.hpp"

namespace intake::wording {
namespace {

using terminal::neutralised;
using terminal::tint;

// The last of each stands for what is absent or unknown.
constexpr std::array dispositions = {
    word{"accept", "受理可", "accept", tint::good}, word{"confirm", "要確認", "confirm", tint::doubtful},
    word{"return", "差戻し", "return", tint::bad}, word{"list", "一覧", "list", tint::faint},
    word{"", "未判定", "unjudged", tint::doubtful}};
constexpr std::array kinds = {word{"application", "申請", "application"}, word{"list", "一覧", "list"},
                              word{"correction", "補正", "correction"},   word{"direct", "直送", "direct"},
                              word{"other", "その他", "other"},           word{"", "－", "-"}};
constexpr std::array verdicts = {
    word{"clean", "検知なし", "clean", tint::good}, word{"infected", "検知", "infected", tint::bad},
    word{"unknown", "判定不能", "not decided", tint::doubtful}, word{"", "未検査", "not scanned", tint::doubtful}};
constexpr std::array lists = {word{"received", "受信", "received", tint::good},
                              word{"late", "遅延", "late", tint::doubtful},
                              word{"pending", "未着（期限前）", "not yet due", tint::faint},
                              word{"not_expected", "対象外（閉庁日）", "none expected", tint::faint},
                              word{"missing", "未受信", "missing", tint::bad}};
constexpr std::array addressees = {
    word{"applicant", "申請者", "applicant"}, word{"general_manager", "総括運用管理者", "general manager"},
    word{"site_administrator", "サイト管理者", "site administrator"}, word{"clerk", "担当者", "clerk"}};
constexpr std::array links = {word{"corrects", "補正の対象", "corrects"},
                              word{"corrected_by", "補正のメール", "corrected by"},
                              word{"same_receipt", "同じ受付番号", "same number"},
                              word{"listed_by", "掲載の一覧", "listed by"},
                              word{"resubmission_of", "最初の申請", "first made as"},
                              word{"resubmitted_as", "再申請", "made again as"},
                              word{"", "関連", "linked"}};

template <typename Words>
const word& look_up(const Words& words, std::string_view key) {
  const auto it = std::find_if(words.begin(), words.end(), [&](const word& w) { return w.key == key; });
  return it == words.end() ? words.back() : *it;
}

}  // namespace

const word& disposition(std::string_view key) {
  return look_up(dispositions, key);
}
const word& kind(std::string_view key) {
  return look_up(kinds, key);
}
const word& verdict(std::string_view key) {
  return look_up(verdicts, key);
}
const word& list_state(std::string_view key) {
  return look_up(lists, key);
}
const word& link(std::string_view key) {
  return look_up(links, key);
}
std::string addressee(std::string_view key, const terminal::style& style) {
  return look_up(addressees, key).said(style);
}

std::string finding(value finding, const terminal::style& style) {
  const auto* known = find_finding(finding["code"].str());
  if (!known) return neutralised(finding["code"].str("?"));
  return std::string(style.japanese() ? known->ja : known->en);
}

std::string action(value action, const terminal::style& style) {
  const auto* known = find_action(action["do"].str());
  if (!known) return neutralised(action["do"].str("?"));
  return std::string(style.japanese() ? known->ja : known->en);
}

std::string history(value event, const terminal::style& style) {
  const auto kind = event["kind"].str();
  if (kind == "noticed") {
    const std::string drafted = style.japanese() ? "連絡文案を作成：" : "letter drafted: ";
    return drafted + action(event, style) + " → " + addressee(event["to"].str(), style);
  }
  if (kind == "exported") return style.japanese() ? "取込み用に書き出した" : "exported";
  if (kind == "erased") return style.japanese() ? "個人情報を消去した" : "erased";
  const auto* act = find_act(event["act"].str());
  auto text = act ? std::string(style.japanese() ? act->ja : act->en) : neutralised(event["act"].str("?"));
  if (act) text.resize(std::min(text.find(" ("), text.size()));  // what the table says of its use
  if (const auto* settled = find_action(event["settles"].str()); settled && act && act->settles == "*")
    text += (style.japanese() ? "：" : ": ") + std::string(style.japanese() ? settled->ja : settled->en);
  if (event["note"])
    text += (style.japanese() ? "（" : " (") + neutralised(event["note"].str()) + (style.japanese() ? "）" : ")");
  return text;
}

tint severity_tint(value finding) {
  const auto severity = finding["severity"].str();
  return severity == "info" ? tint::faint : severity == "warning" ? tint::doubtful : tint::bad;
}

std::string time(std::string_view rfc3339, bool with_year) {
  if (rfc3339.size() < 16 || rfc3339[10] != 'T') return neutralised(rfc3339);
  const std::string day(rfc3339.substr(with_year ? 0 : 5, with_year ? 10 : 5));
  return neutralised(day + " " + std::string(rfc3339.substr(11, 5)));
}

std::string receipt(const record& rec) {
  const auto number = rec["application"]["receipt_no"].str();
  return neutralised(number.empty() ? rec["correction"]["receipt_no"].str() : number);
}

std::string person(const record& rec) {
  const auto applicant = rec["application"]["applicant"].str();
  if (!applicant.empty()) return neutralised(applicant);
  const auto senders = rec["mail"]["from"].items();
  if (senders.empty()) return {};
  const auto name = senders.front()["name"].str();
  return neutralised(name.empty() ? senders.front()["address"].str() : name);
}

}  // namespace intake::wording
