#include "arrivals.hpp"

#include "ledger_lines.hpp"
#include "limits.hpp"
#include "record.hpp"

namespace intake {

void arrivals::look(timestamp at, const std::function<void(const std::string& line)>& tell) {
  const auto today = civil_day(at);
  told_.clear();
  if (!looked_) {
    // The end first: what comes while the day is read is told twice rather than never.
    last_ = book_->head().sequence;
    looked_ = true;
    message_filter of_today;
    of_today.from = today;
    book_->each_message(of_today, [&](const message_entry& entry) {
      tell(line_of(entry, today));
      return true;
    });
  }
  event_filter fresh;
  fresh.after = last_;
  book_->each_event(fresh, [&](const event& what) {
    last_ = what.sequence;
    tell_event(what, today, tell);
    return true;
  });
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    if (at.seconds - it->second < limits::follow_patience.count()) {
      ++it;
      continue;
    }
    if (const auto entry = book_->find(it->first)) tell(line_of(*entry, today));
    it = waiting_.erase(it);
  }
}

void arrivals::tell_event(const event& what, date today, const std::function<void(const std::string& line)>& tell) {
  if (what.kind == "received") {
    waiting_.emplace(what.subject, what.at.seconds);
  } else if (what.kind == "judged") {
    waiting_.erase(what.subject);
    if (!told_.insert(what.subject).second) return;
    if (const auto entry = book_->find(what.subject)) tell(line_of(*entry, today));
  } else if (what.kind == "reconciled") {
    if (!what.payload.empty()) tell(what.payload);
  } else if (what.kind == "checked") {
    const record said(R"({"intake":1,"id":"x","facts":)" + what.facts + "}");
    if (said["facts"]["actions"].items().empty()) return;
    for (const auto& item : book_->open_items())
      if (item.subject == what.subject) tell(line_of(item, today));
  }
}

}  // namespace intake
