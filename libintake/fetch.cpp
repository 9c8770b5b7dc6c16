#include "fetch.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "filter.hpp"
#include "ledger.hpp"

namespace intake {
namespace {

message_source as_source(const message_place& place) {
  return {place.kind, place.account, place.mailbox, place.uidvalidity, place.uid.empty() ? place.path : place.uid};
}

std::optional<std::uint64_t> as_number(const std::string& uid) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(uid.data(), uid.data() + uid.size(), number);
  return error == std::errc() && end == uid.data() + uid.size() ? std::optional(number) : std::nullopt;
}

/// What all sources share; they call from threads of their own.
class run {
 public:
  run(std::vector<fetch_source>& sources, const fetch_order& order) : sources_(sources), order_(order) {
    wish_ = order.wish;
    if (order.only_new) wish_.is_known = [this](const message_place& place) { return is_finished(place); };
  }

  void all() {
    {
      std::vector<std::jthread> on_servers;  // joined at the end of the block, whatever is thrown
      for (auto& source : sources_)
        if (source.box && source.box->needs_network()) on_servers.emplace_back([this, &source] { ask(source); });
      for (auto& source : sources_)
        if (source.box && !source.box->needs_network()) ask(source);
    }
    if (fatal_) std::rethrow_exception(fatal_);
    writer_.finish();
    for (const auto& source : sources_) note(source);
  }

 private:
  void ask(fetch_source& source) {
    try {
      source.box->each(wish_, [&](message&& found) { take(source, found); });
    } catch (const stopped&) {
    } catch (const failure& problem) {
      source.problem = problem;
    } catch (const std::exception& problem) {
      source.problem = failure(exit_status::software, problem.what());
    }
  }

  /// Thrown into a source once the run is lost; not a std::exception, so that no source takes it for its own.
  struct stopped {};

  void take(fetch_source& source, const message& found) {
    const std::lock_guard guard(lock_);
    if (fatal_) throw stopped{};
    try {
      if (order_.only_new && !is_wanted(found)) return;
      writer_.write_line(fetched_record(found, *order_.calendar, order_.tool + " " INTAKE_VERSION));
      ++source.messages;
    } catch (...) {
      fatal_ = std::current_exception();
      throw stopped{};
    }
  }

  /// Known by its bytes though its place is new (UIDVALIDITY changed, a second account): not counted twice.
  bool is_wanted(const message& found) {
    if (order_.book->finished(found.id)) {
      order_.book->note_source(found.id, as_source(found.place), order_.tool);
      return false;
    }
    return written_.insert(found.id).second;
  }

  bool is_finished(const message_place& place) {
    const std::lock_guard guard(lock_);
    if (fatal_) throw stopped{};
    const auto number = place.kind == "imap" ? as_number(place.uid) : std::nullopt;
    if (!number) return order_.book->finished(as_source(place));
    // A mailbox of 100,000 messages is a few ranges, and asking for each of them would take seconds.
    const auto [it, fresh] = finished_.try_emplace({place.account, place.mailbox, place.uidvalidity});
    if (fresh) it->second = order_.book->finished_uids(as_source(place));
    const auto after = std::upper_bound(it->second.begin(), it->second.end(), *number,
                                        [](std::uint64_t uid, const uid_range& range) { return uid < range.first; });
    return after != it->second.begin() && *number <= std::prev(after)->last;
  }

  void note(const fetch_source& source) {
    if (!order_.book || !order_.is_check || !source.from) return;
    const auto& name = source.from->name;
    const std::string error = source.problem ? source.problem->what() : "";
    const bool fault = source.problem && order_.book->failed_checks(name) + 1 >= source.from->fault_after;
    order_.book->note_check(name, source.messages, error, order_.tool, fault ? "report_fault" : "");
  }

  std::vector<fetch_source>& sources_;
  const fetch_order& order_;
  message_wish wish_;
  record_writer writer_;
  std::mutex lock_;
  std::exception_ptr fatal_;
  std::set<std::string> written_;
  std::map<std::vector<std::string>, std::vector<uid_range>> finished_;
};

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
      throw failure(exit_status::usage, "no account is named \"" + name + '"');
  std::vector<fetch_source> sources;
  for (const auto& one : desk.accounts)
    if (names.empty() || std::find(names.begin(), names.end(), one.name) != names.end())
      sources.push_back(open_one(one.name, &one, [&] { return open_account(one); }));
  if (sources.empty()) throw failure(exit_status::config, desk.file + ": no [[accounts]], and no path was named");
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

void fetch(std::vector<fetch_source>& sources, const fetch_order& order) {
  run(sources, order).all();
}

}  // namespace intake
