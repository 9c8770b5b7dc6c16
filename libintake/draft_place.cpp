#include "draft_place.hpp"

#include <unistd.h>

#include <algorithm>

#include "draft_file.hpp"
#include "draft_folder.hpp"
#include "draft_mailbox.hpp"

namespace intake {
namespace {

/// "ACCOUNT" or "ACCOUNT/MAILBOX".
opened_sink open_mailbox(const std::string& named, const config& desk) {
  const auto name = named.substr(0, named.find('/'));
  const auto into =
      std::find_if(desk.accounts.begin(), desk.accounts.end(), [&](const auto& one) { return one.name == name; });
  if (into == desk.accounts.end()) throw failure(exit_status::usage, "no account is named \"{}\"", name);
  auto sink = std::make_unique<draft_mailbox>(*into, name == named ? "" : named.substr(name.size() + 1));
  opened_sink opened{.sink = nullptr, .role = sandbox::role::fetcher, .access = {}};
  for (auto& path : sink->paths())
    if (access(path.c_str(), F_OK) == 0) opened.access.read.push_back(std::move(path));
  opened.sink = std::move(sink);
  return opened;
}

}  // namespace

opened_sink open_sink(const std::string& place, const config& desk) {
  const auto colon = place.find(':');
  const auto kind = place.substr(0, colon);
  if (kind == "imap" && colon != place.npos) return open_mailbox(place.substr(colon + 1), desk);
  if ((kind == "mbox" || kind == "ndjson") && colon != place.npos) {
    const auto form = kind == "mbox" ? draft_form::mbox : draft_form::ndjson;
    return {.sink = std::make_unique<draft_file>(place.substr(colon + 1), form), .access = {}};
  }
  opened_sink opened{.sink = std::make_unique<draft_folder>(place), .access = {}};
  opened.access.write.push_back(place);
  return opened;
}

}  // namespace intake
