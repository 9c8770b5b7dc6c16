// Authentication-Results (RFC 8601): what the desk's own mail server says about the sender. Handles hostile bytes:
// anyone can write such a field, so only those of the configured server count, and only where that server has put them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace intake {

struct authentication {
  std::string server;            ///< empty: no field that counts
  std::string dkim, spf, dmarc;  ///< "pass", "fail", …; empty: not reported
  std::string dkim_domain, spf_domain, dmarc_domain;
};

/// Reads `fields` (name, unfolded value; in the order of the message) for results of `server`. A server adds its fields
/// on top, so only the topmost of its fields counts, with those directly below it (one a filter on that server); what
/// follows after any other field came with the message. When two of them answer for one method, the worse answer
/// stands. `from_domain` picks among several DKIM signatures: a passed one of that domain is preferred.
[[nodiscard]] authentication read_authentication(const std::vector<std::pair<std::string, std::string>>& fields,
                                                 std::string_view server, std::string_view from_domain);

}  // namespace intake
