#include "explanation.hpp"

#include <algorithm>

#include "attachments.hpp"
#include "json.hpp"
#include "letter.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

using outcome = rule_outcome;

constexpr std::size_t shown_lines = 60, shown_bytes = 300;  // of the text, for a person to look at

std::string quoted(std::string_view text) {
  return "“" + std::string(text.substr(0, shown_bytes)) + (text.size() > shown_bytes ? "…" : "") + "”";
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : ", ") + text;
  return out;
}

class explainer {
 public:
  explainer(const record& rec, const profile& rule, const config& desk, const judgement& made)
      : rec_(rec), rule_(rule), desk_(desk), made_(made), mail_(rec["mail"]) {
    const auto plain = mail_["text"].str();
    subject_ = normal_text(mail_["subject"].str());
    text_ = normal_text(plain.empty() ? mail_["html_text"].str() : plain);
  }

  std::vector<explained_rule> explain() {
    if (!mail_.is_object()) {
      add("mail", outcome::unmet, "the message could not be read");
      return std::move(out_);
    }
    add("subject", outcome::told, quoted(subject_));
    show_text();
    explain_sender();
    explain_kind();
    if (made_.kind == "application" || made_.kind == "direct") explain_application();
    if (made_.kind == "list") explain_list();
    if (made_.kind == "correction") explain_correction();
    return std::move(out_);
  }

 private:
  void add(std::string rule, outcome what, std::string says) {
    out_.push_back({std::move(rule), what, std::move(says)});
  }
  void add(std::string rule, bool met, std::string says) {
    add(std::move(rule), met ? outcome::met : outcome::unmet, std::move(says));
  }

  /// As patterns meet it, which is not as it came: full-width forms have become plain ones.
  void show_text() {
    std::string_view rest = text_;
    for (std::size_t line = 1; !rest.empty() && line <= shown_lines; ++line) {
      const auto end = std::min(rest.find('\n'), rest.size());
      if (end != 0) add("text line " + std::to_string(line), outcome::told, quoted(rest.substr(0, end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!rest.empty()) add("text", outcome::told, "more lines follow");
  }

  /// Findings about the sender, as the judge made them.
  std::string doubts_of_sender() const {
    std::string out;
    for (const auto& one : made_.findings)
      if (one.code.kind().code.starts_with("sender."))
        out += "; " + std::string(one.code.kind().code) + ": " + one.detail;
    return out;
  }

  void explain_sender() {
    std::vector<std::string> from;
    for (const auto& one : mail_["from"].items()) from.emplace_back(one["address"].str());
    const auto& senders = rule_.site.senders;
    const bool site = from.size() == 1 && std::any_of(senders.begin(), senders.end(), [&](const auto& sender) {
                        return comparable(sender) == comparable(from[0]);
                      });
    add("[site] senders", site,
        "From " + quoted(joined(from)) + (site ? " is one of " : " is none of ") + joined(senders) +
            doubts_of_sender());
    if (!site || rule_.site.authentication_server.empty()) return;
    const auto results = mail_["authentication"];
    std::string says = "wanted: " + joined(rule_.site.authentication_require) + " by " +
                       rule_.site.authentication_server + "; Authentication-Results: ";
    if (!results) says += "none";
    for (const auto& [name, result] : results.members())
      says += std::string(name) + "=" + std::string(result.str()) + " ";
    const bool spoofed = std::any_of(made_.findings.begin(), made_.findings.end(),
                                     [](const auto& one) { return one.code.kind().code == "sender.spoofed"; });
    add("[site] authentication", !spoofed, says);
  }

  void explain_subject(const char* table, const pattern& wanted) {
    if (!wanted) return;
    const bool met = wanted.matches(subject_);
    add(std::string(table) + " subject", met ? outcome::met : outcome::told,
        "/" + wanted.text() + "/ " + (met ? "matches" : "does not match"));
  }

  void explain_kind() {
    explain_subject("[list]", rule_.list.subject);
    explain_subject("[application]", rule_.application.subject);
    explain_subject("[correction]", rule_.correction.subject);
    explain_subject("[direct]", rule_.direct.subject);
    add("kind", made_.kind == "other" ? outcome::unmet : outcome::met, made_.kind);
  }

  void explain_pattern(const std::string& name, const pattern& wanted, std::string_view text) {
    const auto found = wanted.first(text);
    add(name, found.has_value(), "/" + wanted.text() + "/ " + (found ? "gives " + quoted(*found) : "matches nowhere"));
  }

  void explain_application() {
    for (const auto& label : rule_.application.layout)
      add("[application] layout", has_label(text_, label),
          quoted(label) + (has_label(text_, label) ? " begins a line" : " begins no line"));
    for (const auto& [name, field] : rule_.application.fields) {
      explain_pattern("[application.fields] " + name, field, text_);
      const auto value = made_.field(name);
      if (value.empty() && field.first(text_)) add("", outcome::unmet, "and what it gives was not taken for one");
      if (!value.empty() && value != trimmed(*field.first(text_)))
        add("", outcome::told, "read as " + std::string(value));
    }
    for (const auto& same : rule_.application.same_person) {
      std::string_view where = same.in == "body" ? text_ : same.in == "subject" ? subject_ : std::string_view();
      if (!where.empty()) explain_pattern("[[application.same_person]] " + same.in, same.name, where);
    }
    for (const auto& one : made_.findings)
      if (one.code.kind().code == "applicant.mismatch") add("applicant", outcome::unmet, one.detail);
    explain_station();
    explain_procedure();
    explain_files();
  }

  void explain_station() {
    const auto named = made_.field("station");
    if (named.empty()) return;
    const auto* const meant = desk_.find_station(named);
    add("[[stations]]", meant != nullptr,
        quoted(named) + (meant ? " is " + meant->id + " (" + meant->name + ")" : " is the name or alias of none"));
  }

  void explain_procedure() {
    const auto named = made_.field("procedure");
    const auto it = std::find_if(rule_.procedures.begin(), rule_.procedures.end(),
                                 [&](const auto& one) { return comparable(one.name) == comparable(named); });
    if (named.empty()) return;
    add("[procedures]", outcome::told,
        quoted(named) + (it == rule_.procedures.end() ? " is not listed: no fee is told"
                         : it->fee == 0               ? " has no fee"
                                                      : " has a fee of " + std::to_string(it->fee) + " yen"));
  }

  void explain_files() {
    std::string says = "wanted: " + std::to_string(rule_.application.attachments_exactly) + " " +
                       rule_.application.attachments_kind + "; files: ";
    std::vector<std::string> files;
    for (const auto& file : rec_.files()) {
      if (file["origin"].str() == "archive") continue;
      files.push_back(quoted(file["path"].str()) + " " + std::string(file["type"].str("of unknown type")) +
                      ", encryption " + std::string(file["encryption"].str("none")));
    }
    add("[application] attachments", check_application_files(rec_, rule_).empty(),
        says + (files.empty() ? "none" : joined(files)));
  }

  void explain_list() {
    if (rule_.list.day) explain_pattern("[list] day", rule_.list.day, text_);
    if (rule_.list.count) explain_pattern("[list] count", rule_.list.count, text_);
    add(rule_.list.csv ? "[list] rows or csv" : "[list] rows", made_.list.doubts.empty(),
        std::to_string(made_.list.entries.size()) + " entries");
    for (const auto& entry : made_.list.entries) {
      if (out_.size() > 2 * shown_lines) break;
      add("", outcome::told,
          joined({entry.receipt_no, entry.submitted_at, entry.procedure, entry.station, entry.applicant}));
    }
  }

  void explain_correction() {
    const auto& wanted = rule_.correction.receipt_no;
    explain_pattern("[correction] receipt_no", wanted, wanted.first(text_) ? text_ : subject_);
  }

  const record& rec_;
  const profile& rule_;
  const config& desk_;
  const judgement& made_;
  value mail_;
  std::string subject_, text_;
  std::vector<explained_rule> out_;
};

}  // namespace

std::vector<explained_rule> explain(const record& rec, const profile& rule, const config& desk, const judgement& made) {
  return explainer(rec, rule, desk, made).explain();
}

std::string explanation_json(const std::vector<explained_rule>& rules) {
  json::writer out;
  out.begin_array();
  for (const auto& one : rules)
    out.begin_object()
        .member("rule", one.rule)
        .member("outcome", one.outcome == outcome::met     ? "met"
                           : one.outcome == outcome::unmet ? "unmet"
                                                           : "told")
        .member("says", one.says)
        .end_object();
  return out.end_array().take();
}

}  // namespace intake
