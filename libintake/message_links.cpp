#include "message_links.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "limits.hpp"
#include "nfkc.hpp"
#include "record.hpp"

namespace intake {
namespace {

/// What one message tells that others can be held against.
struct told {
  std::string id, kind, disposition, receipt_no, applicant, procedure, corrected;
  std::int64_t arrived = 0;
};

told read(const message_entry& message) {
  told out{.id = message.id, .kind = message.kind, .disposition = message.disposition, .arrived = message.arrived_at};
  if (message.payload.empty()) return out;
  const record rec(message.payload);
  const auto application = rec["application"];
  out.receipt_no = application["receipt_no"].str();
  out.applicant = application["applicant"].str();
  out.procedure = application["procedure"].str();
  out.corrected = rec["correction"]["receipt_no"].str();
  if (message.cleared && out.disposition == "confirm") out.disposition = "accept";
  return out;
}

bool before(const told& a, const told& b) {
  return std::tie(a.arrived, a.id) < std::tie(b.arrived, b.id);
}

/// All messages that fit, by arrival, at most as many as one applicant can be expected to have.
std::vector<told> gather(const ledger& book, const message_filter& filter) {
  std::vector<told> found;
  book.each_message(filter, [&](const message_entry& message) {
    if (message.state != "received") found.push_back(read(message));
    return found.size() < limits::linked_messages;
  });
  std::sort(found.begin(), found.end(), before);
  return found;
}

void link_by_receipt(const told& self, const ledger& book, std::vector<message_link>& links) {
  const auto& number = self.receipt_no.empty() ? self.corrected : self.receipt_no;
  if (number.empty()) return;
  message_filter filter;
  filter.receipt_no = number;
  for (const auto& other : gather(book, filter)) {
    if (other.id == self.id) continue;
    const bool is_application = !other.receipt_no.empty() && folded(other.receipt_no) == folded(number);
    if (other.kind == "list")
      links.push_back({"listed_by", other.id});
    else if (!self.corrected.empty())
      links.push_back({is_application ? "corrects" : "same_receipt", other.id});
    else
      links.push_back({is_application ? "same_receipt" : "corrected_by", other.id});
  }
}

/// The first of each row of applications that were turned back, by the id of every later one of that row.
std::map<std::string, std::string> rows_of(const std::vector<told>& all) {
  std::map<std::string, std::string> first_of;
  std::optional<told> first;
  for (const auto& one : all) {
    if (first && one.arrived - first->arrived > std::int64_t{86400} * limits::resubmission_days) first.reset();
    if (first) first_of[one.id] = first->id;
    if (one.disposition == "return" && !first) first = one;
    if (one.disposition == "accept") first.reset();
  }
  return first_of;
}

void link_by_applicant(const told& self, const ledger& book, std::vector<message_link>& links) {
  if (self.applicant.empty() || self.procedure.empty()) return;
  message_filter filter;
  filter.applicant = self.applicant;
  auto all = gather(book, filter);
  std::erase_if(all, [&](const told& one) { return comparable(one.procedure) != comparable(self.procedure); });
  const auto first_of = rows_of(all);
  if (const auto own = first_of.find(self.id); own != first_of.end()) links.push_back({"resubmission_of", own->second});
  for (const auto& one : all)
    if (const auto it = first_of.find(one.id); it != first_of.end() && it->second == self.id)
      links.push_back({"resubmitted_as", one.id});
}

}  // namespace

std::vector<message_link> links_of(const message_entry& message, const ledger& book) {
  std::vector<message_link> links;
  if (message.payload.empty() || message.state == "received") return links;
  const auto self = read(message);
  link_by_receipt(self, book, links);
  link_by_applicant(self, book, links);
  return links;
}

}  // namespace intake
