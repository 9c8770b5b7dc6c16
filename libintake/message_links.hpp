// Which messages belong together: corrections and list mails to their application, an application made again to the
// first one. Answered from the ledger, whose contents came from mails: values are compared and never trusted, and a
// link is a hint for a clerk, never a reason to accept anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ledger.hpp"

namespace intake {

struct message_link {
  /// corrects | corrected_by | same_receipt | listed_by | resubmission_of | resubmitted_as
  std::string_view kind;
  std::string id;
};

/// Links of a judged message, in the order of arrival of what they lead to; none for what is erased, or in a ledger
/// opened without its key. An application is a resubmission when the same applicant made one for the same procedure
/// within limits::resubmission_days before, that one was turned back, and none was accepted in between; it is linked to
/// the first that was turned back, however many there were.
[[nodiscard]] std::vector<message_link> links_of(const message_entry& message, const ledger& book);

}  // namespace intake
