#include "address_doubt.hpp"

#include <algorithm>
#include <array>

#include "nfkc.hpp"
#include "record.hpp"

namespace intake {

bool doubts_address(std::string_view code) {
  constexpr std::array<std::string_view, 5> codes = {"applicant.mismatch", "body.confusable", "body.hidden_text",
                                                     "mail.malformed", "mail.limit"};
  return code.starts_with("sender.") || std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_address_doubted(const record& rec) {
  bool doubted = false;
  rec["findings"].each([&](value finding) { doubted = doubted || doubts_address(finding["code"].str()); });
  if (rec["kind"].str() == "application") return doubted;  // what the site must pass is the judge's to say
  for (const char* method : {"dkim", "spf", "dmarc"})
    doubted = doubted || folded(rec["mail"]["authentication"][method].str()) == "fail";
  return doubted;
}

}  // namespace intake
