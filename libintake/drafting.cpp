#include "drafting.hpp"

#include "draft_folder.hpp"
#include "json.hpp"

namespace intake {

bool drafting::store(const draft& letter, const std::string& payload) {
  event noticed;
  noticed.subject = letter.about;
  noticed.kind = "noticed";
  noticed.actor = "intake-notice";
  noticed.payload = payload;
  json::writer facts;
  facts.begin_object().member("do", letter.action).member("to", letter.recipient);
  // What a receipt number or a clerk's words tell apart stays out of the facts.
  noticed.identity = json::writer(facts).end_object().take() + letter.once;
  if (letter.opens) facts.key("actions").begin_array().string(letter.action).end_array();
  noticed.facts = facts.end_object().take();
  {
    // Only asked: taken back at once, so that nobody waits for the ledger while the draft goes to the disk.
    const ledger::batch tried(book_);
    if (!book_.append(noticed)) return false;
  }
  sink_.store(letter, draft_name(letter), to_message(letter, desk_, now()));
  return book_.append(noticed);
}

std::string drafting::place(const draft& letter) const {
  return sink_.place(draft_name(letter));
}

std::string drafting::told(const draft& letter, bool is_new) const {
  json::writer out;
  out.begin_object().member("do", letter.action).member("to", letter.recipient);
  out.member("path", place(letter)).member("new", is_new);
  return out.end_object().take();
}

}  // namespace intake
