#include "notice.hpp"

#include <algorithm>
#include <utility>

#include "address_doubt.hpp"
#include "base64.hpp"
#include "digest.hpp"
#include "findings.hpp"
#include "nfkc.hpp"

namespace intake {
namespace {

constexpr std::string_view blank = "＿＿＿＿＿＿";

/// Replaces each {field}. Values are not looked into again.
std::string fill(std::string_view text, const notice_values& values) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    out += text.substr(0, open);
    if (open == text.npos) break;
    text.remove_prefix(open);
    const std::size_t close = text.find('}');
    const std::string_view name = close == text.npos ? std::string_view{} : text.substr(1, close - 1);
    if (!is_notice_field(name)) {
      out += '{';
      text.remove_prefix(1);
      continue;
    }
    const auto value = values.find(name);
    out += value == values.end() || value->second.empty() ? blank : std::string_view(value->second);
    text.remove_prefix(close + 1);
  }
  return out;
}

/// 0: none.
std::int64_t fee_of(const record& rec, const profile& rule) {
  const auto wanted = comparable(rec["application"]["procedure"].str());
  for (const auto& procedure : rule.procedures)
    if (comparable(procedure.name) == wanted) return procedure.fee;
  return 0;
}

/// "12,400".
std::string grouped(std::int64_t number) {
  std::string out = std::to_string(number);
  for (auto at = out.size(); at > 3; at -= 3) out.insert(at - 3, ",");
  return out;
}

notice_values values_of(const record& rec, const config& desk, const profile& rule) {
  notice_values values;
  for (const auto& [name, text] : rec["application"].members()) values[std::string(name)] = one_line(text.str());
  values["named_station"] = values["station"];
  if (const auto* named = desk.find_station(values["station"])) {
    values["named_station"] = named->name;
    values["named_station_address"] = named->address;
    values["named_station_tel"] = named->tel;
  }
  if (const auto arrived = parse_rfc3339(rec["arrived_at"].str())) values["arrived_at"] = japanese_time(*arrived);
  if (const auto day = parse_iso_date(rec["handling_day"].str())) values["handling_day"] = japanese_day(*day);
  if (const auto day = parse_iso_date(rec["list"]["day"].str())) values["day"] = japanese_day(*day);
  values["subject"] = one_line(rec["mail"]["subject"].str());
  if (const auto fee = fee_of(rec, rule); fee > 0) values["fee"] = grouped(fee);
  values["detail"] = "受信メール " + one_line(rec.id());
  if (!values["arrived_at"].empty()) values["detail"] += "（" + values["arrived_at"] + " 受信）";
  return values;
}

std::string findings_text(const value& why) {
  std::string lines;
  why.each([&](value code) {
    if (const auto* kind = find_finding(code.str())) lines += (lines.empty() ? "・" : "\n・") + std::string(kind->ja);
  });
  return lines;
}

/// Where the applicant can be written to: an address that the genuine application names, or the sender of a mail that
/// came directly. The site's own address is never an applicant's.
role_holder applicant_of(const record& rec) {
  role_holder who{one_line(rec["application"]["applicant"].str()),
                  one_line(rec["application"]["applicant_address"].str())};
  if (who.address.empty() && (rec["kind"].str() == "direct" || rec["kind"].str() == "correction")) {
    const auto from = rec["mail"]["from"].items();
    if (from.size() == 1) who.address = one_line(from[0]["address"].str());
    if (from.size() == 1 && who.name.empty()) who.name = one_line(from[0]["name"].str());
  }
  return who;
}

/// An address that can stand in a header field as it is (RFC 5321 dot-string without quoting). Anything else is shown
/// to the clerk and not written to.
bool is_plain_address(std::string_view address) {
  const std::size_t at = address.find('@');
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.@").find(c) != std::string_view::npos;
  };
  return at != address.npos && at != 0 && at + 1 < address.size() && address.find('@', at + 1) == address.npos &&
         address.size() <= 254 && std::all_of(address.begin(), address.end(), allowed);
}

void address_to_applicant(draft& letter, const record& rec) {
  const auto who = applicant_of(rec);
  letter.name = who.name;
  letter.address = is_plain_address(who.address) ? who.address : std::string();
}

const profile::notice* wording(std::string_view action, std::string_view recipient, std::string_view clause,
                               const profile& rule) {
  for (const auto& variant : {std::string(recipient), std::string(clause)})
    if (const auto it = rule.notices.find(std::string(action) + "." + variant); it != rule.notices.end())
      return &it->second;
  const auto it = rule.notices.find(std::string(action));
  return it == rule.notices.end() ? nullptr : &it->second;
}

std::string clause_key_of(std::string_view label, std::string_view action, const profile& rule) {
  std::string found;
  for (const auto& [key, shown] : rule.clauses)
    if (shown == label && (found.empty() || rule.notices.contains(std::string(action) + "." + key))) found = key;
  return found;
}

/// RFC 2047 encoded words, folded so that a line with a field name of up to 11 characters keeps to 76.
std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::size_t size = std::min<std::size_t>(text.size(), 39);
    while (size < text.size() && size > 1 && (text[size] & 0xc0) == 0x80) --size;  // not within a character
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64::encode(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

std::string mailbox_field(std::string_view name, std::string_view address) {
  const std::string shown = one_line(name);
  return (shown.empty() ? "" : encoded_words(shown) + "\r\n ") + "<" + std::string(address) + ">";
}

std::string rfc5322_date(timestamp at) {
  using namespace std::chrono;
  const auto day = civil_day(at);
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const std::int64_t local = at.seconds + at.offset_minutes * 60;
  const std::int64_t second = ((local % 86400) + 86400) % 86400;
  const int offset = std::abs(at.offset_minutes);
  return std::string(days[weekday(sys_days(day)).c_encoding()]) + ", " +
         std::to_string(static_cast<unsigned>(day.day())) + " " + months[static_cast<unsigned>(day.month()) - 1] + " " +
         std::to_string(static_cast<int>(day.year())) + " " + two(second / 3600) + ":" + two(second / 60 % 60) + ":" +
         two(second % 60) + (at.offset_minutes < 0 ? " -" : " +") + two(offset / 60) + two(offset % 60);
}

}  // namespace

std::string one_line(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const auto c = static_cast<unsigned char>(value[i]);
    const bool control = c < 0x20 || c == 0x7f || (c == 0xc2 && i + 1 < value.size() && (value[i + 1] & 0xe0) == 0x80);
    const auto mark = value.substr(i, 3);
    const bool reorders = mark == "\u200e" || mark == "\u200f" || mark == "\u2028" || mark == "\u2029" ||
                          (mark >= "\u202a" && mark <= "\u202e") || (mark >= "\u2066" && mark <= "\u2069");
    if (control || (c == 0xe2 && reorders)) {
      out += ' ';
      i += control ? (c == 0xc2) : 2;
    } else {
      out += value[i];
    }
  }
  return out;
}

std::string plain_lines(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out += (out.empty() ? "" : "\n") + one_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string japanese_day(date day) {
  return std::to_string(static_cast<int>(day.year())) + "年" + std::to_string(static_cast<unsigned>(day.month())) +
         "月" + std::to_string(static_cast<unsigned>(day.day())) + "日";
}

std::string japanese_time(timestamp at) {
  const std::int64_t minutes = (at.seconds / 60 + at.offset_minutes) % (24 * 60);
  const auto two = [](std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return japanese_day(civil_day(at)) + " " + two(minutes / 60) + ":" + two(minutes % 60);
}

std::optional<draft> make_draft(std::string_view action, std::string_view recipient, std::string_view clause,
                                notice_values values, const config& desk, const profile& rule, date today) {
  const auto* words = wording(action, recipient, clause, rule);
  if (!words) return std::nullopt;
  const auto& station = desk.own_station();
  values["station"] = station.name;
  values["station_address"] = station.address;
  values["station_tel"] = station.tel;
  values["today"] = japanese_day(today);
  values["reference"] = rule.reference;
  values["clause"] = rule.clause(clause);
  const auto name = [](const std::optional<role_holder>& holder) { return holder ? holder->name : std::string(); };
  values["operation_manager"] = name(desk.operation_manager);
  values["general_manager"] = name(desk.general_manager);
  values["site_administrator"] = name(desk.site_administrator);

  draft letter;
  letter.action = action;
  letter.recipient = recipient;
  letter.subject = one_line(fill(words->subject, values));
  letter.body = fill(words->body, values);
  const auto& holder = recipient == "site_administrator" ? desk.site_administrator : desk.general_manager;
  if (recipient != "applicant" && holder) {
    letter.name = holder->name;
    letter.address = holder->address;
  }
  return letter;
}

namespace {

void tell_about(draft& letter, const record& rec) {
  letter.about = rec.id();
  letter.receipt_no = one_line(rec["application"]["receipt_no"].str(rec["correction"]["receipt_no"].str()));
}

/// The letters of one action of a record. What is reported goes to the 総括運用管理者, who reports it on: both letters
/// are drafted at once.
std::vector<draft> letters_of(std::string_view action, std::string_view clause, const std::string& findings,
                              notice_values values, const record& rec, const config& desk, const profile& rule,
                              date today) {
  const bool report = find_action(action)->to != "applicant";
  values["findings"] = findings;
  if (report && !findings.empty()) values["detail"] += "\n" + findings;
  std::vector<std::string_view> recipients = {"applicant"};
  if (report) recipients = {"general_manager", "site_administrator"};
  std::vector<draft> letters;
  for (const auto recipient : recipients) {
    auto letter = make_draft(action, recipient, clause, values, desk, rule, today);
    if (!letter) continue;
    if (!report) address_to_applicant(*letter, rec);
    tell_about(*letter, rec);
    letters.push_back(std::move(*letter));
  }
  return letters;
}

}  // namespace

std::vector<draft> drafts_for(const record& rec, const config& desk, const profile& rule, date today, bool cleared) {
  std::vector<draft> letters;
  const auto values = values_of(rec, desk, rule);
  const bool doubted = is_address_doubted(rec);
  const bool accepted = rec["disposition"].str() == "accept" || cleared;
  bool fee_asked = false;
  rec["actions"].each([&](value action) {
    const std::string name(action["do"].str());
    const auto* kind = find_action(name);
    if (!kind || action["to"].str() == "clerk" || kind->to == "clerk") return;
    fee_asked = fee_asked || name == "tell_fee";
    if (kind->to == "applicant" && doubted) return;
    if (name == "tell_fee" && !accepted) return;
    const auto clause = clause_key_of(action["clause"].str(), name, rule);
    for (auto& letter : letters_of(name, clause, findings_text(action["why"]), values, rec, desk, rule, today))
      letters.push_back(std::move(letter));
  });
  if (cleared && (doubted || !fee_asked) && rec["kind"].str() == "application" && fee_of(rec, rule) > 0)
    for (auto& letter : letters_of("tell_fee", "fee", {}, values, rec, desk, rule, today)) {
      if (doubted) letter.address.clear();
      letter.opens = true;
      letters.push_back(std::move(letter));
    }
  return letters;
}

std::optional<draft> correction_draft(const record& rec, std::string_view what, const config& desk, const profile& rule,
                                      date today) {
  if (is_address_doubted(rec)) return std::nullopt;
  auto values = values_of(rec, desk, rule);
  values["detail"] = plain_lines(what);
  if (values["receipt_no"].empty()) values["receipt_no"] = one_line(rec["correction"]["receipt_no"].str());
  auto letter = make_draft("ask_correction", "applicant", "correction", std::move(values), desk, rule, today);
  if (!letter) return std::nullopt;
  address_to_applicant(*letter, rec);
  tell_about(*letter, rec);
  letter->once = what;
  letter->opens = true;
  return letter;
}

std::string to_message(const draft& letter, const config& desk, timestamp at) {
  const auto& station = desk.own_station();
  const std::string domain = station.address.substr(station.address.find('@') + 1);
  const std::string identity =
      sha256_hex(letter.about + '\0' + letter.action + '\0' + letter.recipient + '\0' + letter.once).substr(0, 32);
  std::string out;
  out += "From: " + mailbox_field(station.name, station.address) + "\r\n";
  out += "Reply-To: <" + station.address + ">\r\n";
  if (!letter.address.empty()) out += "To: " + mailbox_field(letter.name, letter.address) + "\r\n";
  out += "Subject: " + encoded_words(letter.subject) + "\r\n";
  out += "Date: " + rfc5322_date(at) + "\r\n";
  out += "Message-ID: <" + identity + "@" + domain + ">\r\n";
  out += "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n";
  out += "X-Unsent: 1\r\n\r\n";  // mail programs then open the file as a draft
  std::string body;
  for (const char c : letter.body) {
    if (c == '\n') body += '\r';
    body += c;
  }
  const std::string text = base64::encode(body);
  for (std::size_t i = 0; i < text.size(); i += 76) out += text.substr(i, 76) + "\r\n";
  return out;
}

}  // namespace intake
