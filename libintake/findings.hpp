// The one table of finding codes, of actions and of clause keys. Everything else (judging, help, docs, schema,
// notices) is made from it. Clause *labels* are data of the profile; here are only the keys that they go by.
#pragma once

#include <array>
#include <span>
#include <string_view>

namespace intake {

enum class severity { error, warning, info };

/// What a finding does to the disposition under the default policy (docs/record.md, "Disposition").
enum class effect {
  refuse,  ///< return: malware, whatever else
  doubt,   ///< confirm: a person must look
  mend,    ///< return: only the applicant can mend it
  none,    ///< told, changes nothing
};

/// A clause of the rule, by key. The profile's [clauses] gives each key the label that is shown.
struct clause_key {
  std::string_view key, en, ja;  ///< what it asks, in a few words
};

inline constexpr std::array clause_keys = {
    clause_key{"mail_check", "mail is checked at least once on every open day", "開庁日に1日1回以上の受信確認"},
    clause_key{"no_storage", "received files are not kept on the terminal", "受領ファイルを端末に保存しない"},
    clause_key{"virus_check", "every received file is virus-checked", "全ファイルのウイルスチェック"},
    clause_key{"malware", "malware: ask to check and apply again, then at the counter", "不正プログラム検知時の再申請・窓口の依頼"},
    clause_key{"misdirected", "sent to the wrong station", "宛先誤りの連絡"},
    clause_key{"suspicious", "suspicious: confirm with the named person by telephone", "不審点の電話等による確認"},
    clause_key{"correction", "corrections are asked for and come straight to the station", "補正の依頼と受領"},
    clause_key{"fee", "fees are paid at the station", "手数料納付の連絡"},
    clause_key{"list_check", "the list mail is opened and checked for missed receptions", "一覧メールの確認"},
    clause_key{"missed", "missed reception: ask to apply again", "受信漏れの再申請依頼"},
    clause_key{"list_missing", "a day without list mail is reported", "一覧メール未受信の報告"},
    clause_key{"fault", "faults are reported", "障害の報告"},
    clause_key{"change", "changes of addresses and stations are reported", "変更の連絡"},
    clause_key{"security", "the receiving terminal is kept secure", "受信端末の安全"},
    clause_key{"privacy", "personal data: only who needs it", "個人情報の取扱い"},
    clause_key{"arrival", "an application arrives when it is recorded, also on closed days", "到達と処理日"},
    clause_key{"direct", "sent directly, not through the site", "直接送付されたメールへの案内"},
    clause_key{"regular_file", "nothing but the regular file is attached", "正規のファイル以外の添付がないこと"},
    clause_key{"body", "nothing unnatural in the body", "本文に不自然な点がないこと"},
    clause_key{"macro", "no macro warning on opening", "マクロ等がないこと"},
    clause_key{"authenticity", "doubted: check the list mail and telephone", "真正性の確認"},
    clause_key{"harmless", "files are made harmless before they are taken in", "PDF変換による無害化"},
};

struct finding_kind {
  std::string_view code;
  intake::severity severity;
  intake::effect effect;
  std::string_view clause;  ///< key in clause_keys
  std::string_view ja, en;  ///< what a clerk reads
};

inline constexpr std::array finding_kinds = {
    finding_kind{"input.unusable", severity::error, effect::doubt, "fault", "読み取れない記録です（処理系の異常）",
                 "a line that is not a usable record"},
    finding_kind{"stage.failed", severity::error, effect::doubt, "fault", "処理が途中で失敗しました",
                 "a stage failed on this message"},
    finding_kind{"mail.malformed", severity::warning, effect::doubt, "body", "メールの形式が壊れています",
                 "the message is malformed"},
    finding_kind{"mail.limit", severity::error, effect::doubt, "body", "メールが大きすぎるか複雑すぎます",
                 "the message exceeds a limit"},
    finding_kind{"attachment.missing", severity::error, effect::doubt, "regular_file", "正規の添付ファイルがありません",
                 "the regular attachment is missing"},
    finding_kind{"attachment.unexpected", severity::error, effect::doubt, "regular_file",
                 "正規のファイル以外が添付されています", "something other than the regular file is attached"},
    finding_kind{"attachment.type_mismatch", severity::error, effect::doubt, "regular_file",
                 "ファイルの名前と中身の種類が違います", "a file is not what its name says"},
    finding_kind{"archive.not_encrypted", severity::error, effect::doubt, "regular_file", "Zipが暗号化されていません",
                 "the archive is not encrypted"},
    finding_kind{"archive.zipcrypto", severity::error, effect::doubt, "regular_file",
                 "古い暗号方式（ZipCrypto）のZipです", "the archive uses ZipCrypto, not AES"},
    finding_kind{"archive.password", severity::error, effect::mend, "regular_file", "Zipのパスワードが合いません",
                 "no known password opens the archive"},
    finding_kind{"archive.damaged", severity::error, effect::mend, "regular_file", "圧縮ファイルが壊れています",
                 "the archive is damaged"},
    finding_kind{"archive.unsafe_path", severity::error, effect::doubt, "regular_file",
                 "圧縮ファイル内の名前が危険です", "an archive member has a dangerous name"},
    finding_kind{"archive.limit", severity::error, effect::mend, "regular_file",
                 "圧縮ファイルが制限（数・大きさ・深さ）を超えています", "the archive exceeds a limit"},
    finding_kind{"archive.nested_encrypted", severity::error, effect::mend, "regular_file",
                 "圧縮ファイルの中に開けない暗号化ファイルがあります", "an encrypted archive inside cannot be opened"},
    finding_kind{"archive.ambiguous", severity::error, effect::doubt, "regular_file",
                 "圧縮ファイルの構造が矛盾しています", "the archive contradicts itself"},
    finding_kind{"malware.found", severity::error, effect::refuse, "malware", "不正プログラムを検知しました",
                 "malware was found"},
    finding_kind{"scan.missing", severity::error, effect::doubt, "virus_check", "ウイルスチェックが行われていません",
                 "a file was not scanned"},
    finding_kind{"scan.failed", severity::error, effect::doubt, "virus_check", "ウイルスチェックが完了しませんでした",
                 "the scan did not finish"},
    finding_kind{"scan.limit", severity::error, effect::doubt, "virus_check",
                 "ウイルスチェックの制限を超えたため判定できません", "a scan limit was exceeded"},
    finding_kind{"scan.encrypted", severity::error, effect::doubt, "virus_check",
                 "暗号化されているためウイルスチェックできません", "encrypted content could not be scanned"},
    finding_kind{"scan.stale_database", severity::warning, effect::doubt, "virus_check",
                 "ウイルス定義が古くなっています", "the virus database is too old"},
    finding_kind{"macro.vba", severity::error, effect::doubt, "macro", "マクロ（VBA）が含まれています", "VBA macros"},
    finding_kind{"macro.xlm", severity::error, effect::doubt, "macro", "Excel 4.0マクロが含まれています",
                 "Excel 4.0 macros"},
    finding_kind{"macro.dde", severity::error, effect::doubt, "macro", "DDE（外部プログラム呼出し）が含まれています",
                 "DDE fields"},
    finding_kind{"macro.remote_template", severity::error, effect::doubt, "macro", "外部のひな形を読み込む文書です",
                 "the document loads a remote template"},
    finding_kind{"macro.external_link", severity::warning, effect::doubt, "macro", "外部へのリンクを読み込む文書です",
                 "the document loads external content"},
    finding_kind{"macro.ole_object", severity::error, effect::doubt, "macro", "埋め込みオブジェクトが含まれています",
                 "embedded objects"},
    finding_kind{"macro.odf_script", severity::error, effect::doubt, "macro",
                 "スクリプト（OpenDocument）が含まれています", "scripts in an OpenDocument file"},
    finding_kind{"pdf.javascript", severity::error, effect::doubt, "macro", "PDFにJavaScriptが含まれています",
                 "JavaScript in a PDF"},
    finding_kind{"pdf.launch", severity::error, effect::doubt, "macro", "PDFがプログラムを起動しようとします",
                 "a PDF launches a program"},
    finding_kind{"pdf.open_action", severity::warning, effect::doubt, "macro", "PDFを開くと自動動作します",
                 "a PDF acts on opening"},
    finding_kind{"pdf.embedded_file", severity::error, effect::doubt, "macro", "PDFに別のファイルが埋め込まれています",
                 "a file inside a PDF"},
    finding_kind{"body.url", severity::warning, effect::doubt, "body", "本文に見慣れないURLがあります",
                 "an unexpected URL in the body"},
    finding_kind{"body.html_only", severity::warning, effect::doubt, "body", "本文がHTMLのみです",
                 "the body is HTML only"},
    finding_kind{"body.hidden_text", severity::warning, effect::doubt, "body", "本文に隠された文字があります",
                 "hidden text in the body"},
    finding_kind{"body.confusable", severity::warning, effect::doubt, "body", "紛らわしい文字が使われています",
                 "confusable characters"},
    finding_kind{"body.layout", severity::warning, effect::doubt, "body", "本文の書式が正規のものと違います",
                 "the body does not have the regular layout"},
    finding_kind{"body.foreign_script", severity::warning, effect::doubt, "body", "見慣れない文字種が混じっています",
                 "characters of an unexpected script"},
    finding_kind{"sender.not_site", severity::error, effect::doubt, "authenticity", "差出人が手続サイトではありません",
                 "the sender is not the site"},
    finding_kind{"sender.spoofed", severity::error, effect::doubt, "authenticity",
                 "差出人が詐称されている疑いがあります", "the sender looks forged"},
    finding_kind{"sender.reply_to", severity::warning, effect::doubt, "authenticity", "返信先が差出人と違います",
                 "Reply-To differs from the sender"},
    finding_kind{"station.misdirected", severity::error, effect::mend, "misdirected", "宛先の警察署が違います",
                 "meant for another station"},
    finding_kind{"station.unknown", severity::warning, effect::doubt, "misdirected", "宛先の警察署が分かりません",
                 "the station named is not known"},
    finding_kind{"applicant.mismatch", severity::warning, effect::doubt, "suspicious",
                 "名義人以外による申請の疑いがあります", "the applicant differs within the message"},
    finding_kind{"duplicate.receipt", severity::warning, effect::doubt, "suspicious", "受付番号が重複しています",
                 "the receipt number was seen before"},
    finding_kind{"repeat.after_malware", severity::warning, effect::doubt, "malware",
                 "不正プログラム検知後の再申請です", "applied again after malware"},
    finding_kind{"render.unsupported", severity::warning, effect::doubt, "harmless",
                 "無害化（PDF変換）できない種類のファイルです", "a type that cannot be made harmless"},
    finding_kind{"render.password", severity::warning, effect::doubt, "harmless",
                 "文書にパスワードがかかっていて開けません", "the document needs a password"},
    finding_kind{"render.timeout", severity::error, effect::doubt, "harmless", "PDF変換が時間内に終わりませんでした",
                 "rendering took too long"},
    finding_kind{"render.limit", severity::error, effect::doubt, "harmless", "PDF変換の制限を超えました",
                 "rendering exceeded a limit"},
    finding_kind{"render.missing_glyph", severity::warning, effect::doubt, "harmless",
                 "表示できない文字（外字など）があります", "characters that cannot be shown"},
    finding_kind{"render.unseen", severity::info, effect::none, "harmless",
                 "PDFの頁だけでは分からない内容（コメント・変更履歴・非表示シート）があります",
                 "comments, tracked changes or hidden sheets in a document"},
    finding_kind{"render.failed", severity::error, effect::doubt, "harmless", "PDF変換に失敗しました",
                 "rendering failed"},
};

/// Whom an action addresses.
struct action_kind {
  std::string_view name;    ///< member "do"
  std::string_view clause;  ///< key in clause_keys
  std::string_view to;      ///< applicant | general_manager | site_administrator | clerk
  std::string_view ja, en;
};

inline constexpr std::array action_kinds = {
    action_kind{"ask_resubmit", "malware", "applicant", "本サイト経由での再申請を依頼する",
                "ask the applicant to apply again through the site"},
    action_kind{"ask_counter", "malware", "applicant", "窓口での申請を求める",
                "ask the applicant to come to the counter"},
    action_kind{"ask_redirect", "misdirected", "applicant", "宛先を直して再申請するよう求める",
                "ask the applicant to apply again to the right station"},
    action_kind{"phone_confirm", "suspicious", "clerk", "名義人に電話等で確認する",
                "confirm with the named person by telephone"},
    action_kind{"check_list", "authenticity", "clerk", "一覧メールへの掲載を確認する",
                "check that the list mail names it"},
    action_kind{"ask_correction", "correction", "applicant", "書類の補正を求める", "ask for a correction"},
    action_kind{"tell_fee", "fee", "applicant", "手数料を署で納付するよう連絡する",
                "tell the applicant to pay the fee at the station"},
    action_kind{"ask_site", "direct", "applicant", "本サイト経由又は窓口での申請を案内する",
                "ask to use the site or the counter"},
    action_kind{"report_list_missing", "list_missing", "general_manager", "一覧メールの未受信を報告する",
                "report the missing list mail"},
    action_kind{"report_fault", "fault", "general_manager", "障害を報告する", "report the fault"},
    action_kind{"report_change", "change", "general_manager", "変更を報告する", "report the change"},
};

/// A code of the table, checked when the program is compiled: an unknown code does not build.
class finding_code {
 public:
  template <std::size_t N>
  consteval finding_code(const char (&code)[N]) {  // NOLINT: implicit on purpose
    while (place_ < finding_kinds.size() && finding_kinds[place_].code != std::string_view(code)) ++place_;
    if (place_ == finding_kinds.size()) throw "not in finding_kinds";
  }
  explicit constexpr finding_code(const finding_kind& kind)
      : place_(static_cast<std::size_t>(&kind - finding_kinds.data())) {}
  [[nodiscard]] constexpr const finding_kind& kind() const { return finding_kinds[place_]; }

 private:
  // A place, not a pointer: with -fsanitize=undefined GCC 12 takes no pointer into the table for a constant.
  std::size_t place_ = 0;
};

/// The entry of a code met in a record, or nullptr: a record may carry codes of a newer version.
[[nodiscard]] const finding_kind* find_finding(std::string_view code);
[[nodiscard]] const action_kind* find_action(std::string_view name);
[[nodiscard]] bool is_clause_key(std::string_view key);
[[nodiscard]] std::string_view to_string(severity severity);

}  // namespace intake
