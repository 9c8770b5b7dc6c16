#include "judge.hpp"

#include <algorithm>

#include "attachments.hpp"
#include "letter.hpp"
#include "nfkc.hpp"
#include "sender.hpp"

namespace intake {
namespace {

/// Words that matter in genuine mails: nothing may merely look like them.
std::vector<std::string> important_words(const profile& rule, const config& desk) {
  std::vector<std::string> words = rule.application.layout;
  for (const auto& station : desk.stations) {
    words.push_back(station.name);
    words.insert(words.end(), station.aliases.begin(), station.aliases.end());
  }
  for (const auto& procedure : rule.procedures) words.push_back(procedure.name);
  words.insert(words.end(), rule.site.names.begin(), rule.site.names.end());
  words.insert(words.end(), rule.site.url_hosts.begin(), rule.site.url_hosts.end());
  return words;
}

std::string_view base_name(std::string_view path) {
  const auto slash = path.find_last_of("/\\");
  return slash == path.npos ? path : path.substr(slash + 1);
}

/// One message under judgement.
class hearing {
 public:
  hearing(const profile& rule, const config& desk, const body_examiner& examiner, const record& rec,
          const precedents& known, bool insecure)
      : rule_(rule),
        desk_(desk),
        examiner_(examiner),
        rec_(rec),
        known_(known),
        insecure_(insecure),
        mail_(rec["mail"]) {
    const auto plain = mail_["text"].str(), html = mail_["html_text"].str();
    subject_ = normal_text(mail_["subject"].str());
    text_ = normal_text(plain.empty() ? html : plain);
  }

  judgement hear() {
    sender_ = read_sender(mail_, rule_, examiner_);
    if (!sender_.site) made_.sender = sender_.address;
    for (const auto& doubt : sender_.doubts) find(doubt);
    made_.kind = kind();
    examine_stages();
    examine_words();
    if (made_.kind == "application") hear_application();
    if (made_.kind == "list") hear_list();
    if (made_.kind == "correction") hear_correction();
    if (made_.kind == "direct") read_application();
    for (const auto& doubt : check_verdicts(rec_)) find(doubt);
    if (made_.kind != "list" && made_.kind != "other") look_for_malware_before();
    conclude();
    return std::move(made_);
  }

 private:
  /// Adds a finding, unless the record or this hearing has the same one.
  void find(observation what) {
    const auto code = what.code.kind().code;
    for (const auto& one : made_.findings)
      if (one.code.kind().code == code && one.file == what.file && one.detail == what.detail) return;
    bool known = false;
    rec_["findings"].each([&](value finding) {
      known = known || (finding["code"].str() == code && finding["file"].str() == what.file &&
                        finding["detail"].str() == what.detail);
    });
    if (!known) made_.findings.push_back(std::move(what));
  }
  void find(finding_code code, std::string detail) { find({code, std::move(detail)}); }

  [[nodiscard]] bool found(std::string_view code) const {
    return std::any_of(made_.findings.begin(), made_.findings.end(),
                       [&](const auto& one) { return one.code.kind().code == code; }) ||
           rec_.has_finding(code);
  }

  /// Whether the message was read to its end: what was not read cannot be missing from it.
  [[nodiscard]] bool was_read() const {
    return mail_.is_object() && !rec_.has_finding("mail.limit") && !rec_.has_finding("stage.failed");
  }

  void not_the_site() {
    if (!sender_.site && !found("sender.spoofed"))
      find("sender.not_site", sender_.address.empty() ? "no sender" : sender_.address);
  }

  std::string kind() {
    if (!mail_.is_object()) return "other";
    if (rule_.list.subject.matches(subject_)) {
      if (sender_.genuine) return "list";
      not_the_site();
      list_refused_ = true;
      return "other";
    }
    if (rule_.application.subject.matches(subject_)) {
      not_the_site();
      return "application";
    }
    if (sender_.site) {
      find("body.layout", "the subject is of no known kind");
      return "other";
    }
    if (rule_.correction.subject.matches(subject_)) return "correction";
    return looks_like_application() ? "direct" : "other";
  }

  [[nodiscard]] bool looks_like_application() const {
    if (rule_.direct.subject && rule_.direct.subject.matches(subject_)) return true;
    // Two of the labels, so that one common word does not make an application.
    if (has_attachment(rec_) || count_labels(text_, rule_) >= 2) return true;
    return std::any_of(rule_.procedures.begin(), rule_.procedures.end(), [&](const auto& procedure) {
      const auto name = nfkc(procedure.name);
      return subject_.find(name) != subject_.npos || text_.find(name) != text_.npos;
    });
  }

  /// What did not happen to this record can have found nothing.
  void examine_stages() {
    if (insecure_ || rec_["insecure"].boolean()) find("stage.failed", "a stage ran without confinement");
    const auto stages = rec_["stages"];
    if (rec_.has_finding("input.unusable")) return;  // not a message at all
    if (!mail_.is_object() || !stages["parse"]) return find("stage.failed", "parse: did not run");
    if (rec_.files().empty()) return;
    if (!stages["decrypt"]) find("stage.failed", "decrypt: did not run");
    if (!stages["scan"]) find("scan.missing", "scan: did not run");
  }

  void examine_words() {
    if (!mail_.is_object()) return;
    const auto raw_subject = mail_["subject"].str(), plain = mail_["text"].str(), html = mail_["html_text"].str();
    std::string shown(raw_subject);
    for (const auto* const field : {"from", "reply_to"})
      for (const auto& one : mail_[field].items()) (shown += '\n') += one["name"].str();
    (shown += '\n') += plain.empty() ? html : plain;
    // The address the mail comes from is looked at by read_sender; here are words that a person reads.
    for (const auto& doubt : examiner_.examine(shown)) find(doubt);
    if (!plain.empty() && !html.empty())
      for (const auto& doubt : examiner_.examine(html))
        if (!found(doubt.code.kind().code)) find(doubt);
    std::vector<std::string_view> links;
    for (const auto& link : mail_["links"].items()) links.push_back(link.str());
    if (!found("body.url"))
      for (const auto& doubt : examiner_.examine_links(links)) find(doubt);
  }

  void read_application() {
    auto read = read_letter(text_, rule_);
    if (was_read() && made_.kind == "application")
      for (const auto& doubt : read.doubts) find(doubt);
    made_.application = std::move(read.fields);
  }

  void hear_application() {
    read_application();
    compare_applicant();
    for (const auto& doubt : check_application_files(rec_, rule_)) find(doubt);
    examine_station();
    const auto number = made_.field("receipt_no");
    if (!number.empty() && known_.receipt_seen(number, rec_.id())) find("duplicate.receipt", std::string(number));
    if (!known_.whole()) find("stage.failed", "verify: what passed earlier in this run is not known any more");
  }

  /// The letter and the HTML may name different people, and so may other places that the profile lists.
  void compare_applicant() {
    const auto applicant = made_.field("applicant");
    if (applicant.empty()) return;
    const auto compare = [&](std::string_view where, std::string_view name) {
      if (!name.empty() && comparable(name) != comparable(applicant))
        find("applicant.mismatch",
             "“" + std::string(applicant) + "”, " + std::string(where) + ": “" + std::string(name) + "”");
    };
    if (const auto html = mail_["html_text"].str(); !html.empty() && mail_["text"])
      compare("HTML", read_letter(normal_text(html), rule_).field("applicant"));
    for (const auto& rule : rule_.application.same_person) {
      const auto check = [&](std::string_view text) {
        if (const auto name = rule.name.first(text)) compare(rule.in, trimmed(*name));
      };
      if (rule.in == "body") check(text_);
      if (rule.in == "subject") check(subject_);
      if (rule.in == "reply_to")
        for (const auto& one : mail_["reply_to"].items()) check(normal_text(one["name"].str()));
      if (rule.in == "file")
        for (const auto& file : rec_.files()) check(normal_text(base_name(file["path"].str())));
    }
  }

  /// Which of our mailboxes took it in decides whose desk it is.
  [[nodiscard]] const station& receiving_station() const {
    const auto account = rec_["source"]["account"].str();
    for (const auto& one : desk_.accounts)
      if (!account.empty() && one.name == account)
        if (const auto* station = desk_.find_station(one.station)) return *station;
    return desk_.own_station();
  }

  void examine_station() {
    const auto named = made_.field("station");
    if (named.empty()) return;  // body.layout has told
    const auto* const meant = desk_.find_station(named);
    if (!meant)
      find("station.unknown", std::string(named));
    else if (meant->id != receiving_station().id)
      find("station.misdirected", meant->name);
  }

  void hear_list() {
    std::vector<list_file> files;
    for (const auto& file : rec_.files()) {
      if (file["opened"].boolean() && !file["data"]) continue;
      auto bytes = file["data"].bytes();
      if (!bytes) {
        find({"stage.failed", "verify: the bytes of the list are gone", std::string(file["id"].str())});
        continue;
      }
      files.push_back({std::string(file["id"].str()), std::string(file["path"].str()), std::move(*bytes)});
    }
    made_.list = read_list_mail(subject_, text_, files, rule_);
    for (const auto& doubt : made_.list.doubts) find(doubt);
  }

  /// It comes from an address that nothing vouches for, so at least the application that it corrects must be known.
  void hear_correction() {
    auto number = rule_.correction.receipt_no.first(text_);
    if (!number) number = rule_.correction.receipt_no.first(subject_);
    made_.corrected_receipt_no = number ? std::string(trimmed(*number)) : std::string();
    if (made_.corrected_receipt_no.empty()) {
      if (was_read()) find("body.layout", "receipt_no is not told");
    } else if (!known_.receipt_seen(made_.corrected_receipt_no, rec_.id())) {
      find("body.layout", "no application " + made_.corrected_receipt_no + " is known here");
    }
    for (const auto& doubt : check_correction_files(rec_)) find(doubt);
  }

  void look_for_malware_before() {
    const auto applicant = made_.field("applicant");
    if (!applicant.empty() && known_.malware_from_applicant(applicant, rec_.id()))
      find("repeat.after_malware", std::string(applicant));
    else if (!made_.sender.empty() && known_.malware_from_sender(made_.sender, rec_.id()))
      find("repeat.after_malware", made_.sender);
  }

  void conclude() {
    circumstances of{.kind = made_.kind,
                     .codes = {},
                     .list_refused = list_refused_,
                     .address_doubted = sender_.disowned || sender_.address.empty()};
    const auto add = [&](std::string_view code) {
      if (std::find(of.codes.begin(), of.codes.end(), code) == of.codes.end()) of.codes.emplace_back(code);
    };
    rec_["findings"].each([&](value finding) {
      const auto code = finding["code"].str();
      if (find_finding(code))
        add(code);
      else if (finding["severity"].str() != "info")
        of.unknown_doubt = true;
    });
    for (const auto& one : made_.findings) add(one.code.kind().code);
    for (const auto& procedure : rule_.procedures)
      if (comparable(procedure.name) == comparable(made_.field("procedure"))) of.fee = procedure.fee;
    auto result = decide(of, rule_);
    made_.disposition = result.disposition;
    made_.actions = std::move(result.actions);
  }

  const profile& rule_;
  const config& desk_;
  const body_examiner& examiner_;
  const record& rec_;
  const precedents& known_;
  bool insecure_, list_refused_ = false;
  value mail_;
  std::string subject_, text_;
  sender_reading sender_;
  judgement made_;
};

}  // namespace

struct judge::state {
  const profile& rule;
  const config& desk;
  body_examiner examiner;
};

judge::judge(const profile& rule, const config& desk)
    : state_(new state{rule, desk, {important_words(rule, desk), rule.site.url_hosts}}) {}
judge::~judge() = default;

judgement judge::consider(const record& rec, const precedents& known, bool insecure) const {
  return hearing(state_->rule, state_->desk, state_->examiner, rec, known, insecure).hear();
}

std::string_view judgement::field(std::string_view name) const {
  for (const auto& [known, text] : application)
    if (known == name) return text;
  return {};
}

void remember(stream_memory& memory, const record& rec, const judgement& made) {
  if (made.kind == "application") memory.note_receipt(made.field("receipt_no"), rec.id());
  const bool malware = rec.has_finding("malware.found") ||
                       std::any_of(made.findings.begin(), made.findings.end(),
                                   [](const auto& one) { return one.code.kind().code == "malware.found"; });
  if (malware) memory.note_malware(made.field("applicant"), made.sender, rec.id());
}

}  // namespace intake
