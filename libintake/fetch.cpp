#include "fetch.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "fetch_run.hpp"

namespace intake {
namespace {

template <typename Open>
fetch_source open_one(std::string name, const account* from, const Open& open) {
  fetch_source source{std::move(name), from, nullptr, std::nullopt, 0};
  try {
    source.box = open();
  } catch (const failure& problem) {
    source.problem = problem;
  }
  return source;
}

}  // namespace

std::vector<fetch_source> open_accounts(const config& desk, const std::vector<std::string>& names) {
  for (const auto& name : names)
    if (std::none_of(desk.accounts.begin(), desk.accounts.end(), [&](const auto& one) { return one.name == name; }))
      throw failure(exit_status::usage, "no account is named \"{}\"", name);
  std::vector<fetch_source> sources;
  for (const auto& one : desk.accounts)
    if (names.empty() || std::find(names.begin(), names.end(), one.name) != names.end())
      sources.push_back(open_one(one.name, &one, [&] { return open_account(one); }));
  if (sources.empty()) throw failure(exit_status::config, "{}: no [[accounts]], and no path was named", desk.file);
  return sources;
}

std::vector<fetch_source> open_paths(const std::vector<std::string>& paths) {
  std::vector<fetch_source> sources;
  for (const auto& path : paths) sources.push_back(open_one(path, nullptr, [&] { return open_path(path); }));
  return sources;
}

std::pair<sandbox::role, sandbox::access> confinement_for(const std::vector<fetch_source>& sources,
                                                          const std::string& ledger_path) {
  sandbox::access access;
  bool network = false;
  for (const auto& source : sources) {
    if (!source.box) continue;
    network |= source.box->needs_network();
    // What is missing now cannot be allowed; it fails when it is asked.
    for (auto& path : source.box->paths())
      if (::access(path.c_str(), F_OK) == 0) access.read.push_back(std::move(path));
  }
  if (!ledger_path.empty()) access.write.push_back(std::filesystem::path(ledger_path).parent_path().string());
  return {network ? sandbox::role::fetcher : sandbox::role::keeper, std::move(access)};
}

std::optional<ledger> ledger_for(const config& desk, const fetch_order& order) {
  if (desk.ledger.path.empty()) {
    if (order.only_new)
      throw failure(exit_status::config, "{}: --new needs [ledger], which knows what is new", desk.file);
    return std::nullopt;
  }
  if (!order.only_new && !order.is_check) return std::nullopt;
  return open_ledger(desk, ledger::mode::write);
}

void fetch(std::vector<fetch_source>& sources, const fetch_order& order) {
  fetch_run run(sources, order);
  if (order.watch)
    run.watch();
  else
    run.once();
}

exit_status status_of(const std::vector<fetch_source>& sources) {
  const auto it = std::find_if(sources.begin(), sources.end(), [](const auto& one) { return one.problem.has_value(); });
  return it == sources.end() ? exit_status::ok : it->problem->status();
}

}  // namespace intake
