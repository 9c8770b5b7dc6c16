#include "fetch_run.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <thread>

#include "stop_signal.hpp"

namespace intake {
namespace {

message_source as_source(const message_place& place) {
  return {place.kind, place.account, place.mailbox, place.uidvalidity, place.uid.empty() ? place.path : place.uid};
}

std::vector<std::string> box_of(const message_place& place) {
  return {place.account, place.mailbox, place.uidvalidity};
}

}  // namespace

fetch_run::fetch_run(std::vector<fetch_source>& sources, const fetch_order& order)
    : sources_(sources), order_(order), wish_(order.wish) {
  if (order.only_new || order.watch) wish_.is_known = [this](const message_place& place) { return is_known(place); };
  if (order.shown) wish_.expect = [&order](std::size_t count) { order.shown->expect(count); };
}

void fetch_run::once() {
  {
    std::vector<std::jthread> on_servers;  // joined at the end of the block, whatever is thrown
    for (auto& source : sources_)
      if (source.box && source.box->needs_network()) on_servers.emplace_back([this, &source] { ask(source); });
    for (auto& source : sources_)
      if (source.box && !source.box->needs_network()) ask(source);
  }
  if (fatal_) std::rethrow_exception(fatal_);
  order_.out->finish();
  for (const auto& source : sources_) {
    if (source.problem) tell(source);
    note(source, source.messages);
  }
  const bool nothing = std::all_of(sources_.begin(), sources_.end(),
                                   [](const auto& source) { return source.messages == 0 && !source.problem; });
  if (nothing && !(wish_.uids.empty() && wish_.message_ids.empty()))
    throw failure(exit_status::no_input, "no message is the one that was asked for");
}

void fetch_run::ask(fetch_source& source) {
  try {
    source.box->each(wish_, [&](message&& found) { take(source, found); });
  } catch (const stop_signal::stopped&) {
  } catch (const failure& problem) {
    source.problem = problem;
  } catch (const std::exception& problem) {
    source.problem = failure(exit_status::software, withheld(problem.what()));
  }
}

void fetch_run::tell(const fetch_source& source) const {
  if (order_.shown) order_.shown->pause();
  order_.tell(source);
}

/// The run is lost: those who wait for servers need not wait on.
void fetch_run::lose(std::exception_ptr why) {
  if (!fatal_) fatal_ = std::move(why);
  stop_signal::ask();
}

void fetch_run::take(fetch_source& source, const message& found) {
  const std::lock_guard guard(lock_);
  stop_signal::check();
  try {
    if (is_wanted(found)) {
      const auto line = fetched_record(found, *order_.calendar, order_.tool + " " INTAKE_VERSION);
      order_.out->write_line(line.before, found.raw, line.after);
      ++source.messages;
    }
    if (order_.shown) order_.shown->done(found.size);
    if (order_.watch) handed_over_[box_of(found.place)].insert(as_source(found.place).uid);
  } catch (...) {
    lose(std::current_exception());
    throw stop_signal::stopped{};
  }
}

/// Known by its bytes though its place is new (UIDVALIDITY changed, a second account): not counted twice.
bool fetch_run::is_wanted(const message& found) {
  if (order_.only_new && order_.book->finished(found.id)) {
    order_.book->note_source(found.id, as_source(found.place), order_.tool);
    return false;
  }
  return !(order_.only_new || order_.watch) || written_.insert(found.id);
}

bool fetch_run::is_known(const message_place& place) {
  const std::lock_guard guard(lock_);
  stop_signal::check();
  if (const auto box = handed_over_.find(box_of(place)); box != handed_over_.end())
    if (box->second.contains(as_source(place).uid)) return true;
  return order_.only_new && is_finished(place);
}

bool fetch_run::is_finished(const message_place& place) {
  if (place.kind != "imap") return order_.book->finished(as_source(place));
  // A mailbox of 100,000 messages is a few ranges, and asking for each of them would take seconds.
  const auto [it, fresh] = finished_.try_emplace(box_of(place));
  if (fresh)
    for (const auto& range : order_.book->finished_uids(as_source(place)))
      it->second.insert_range(range.first, range.last);
  return it->second.contains(place.uid);
}

void fetch_run::note(const fetch_source& source, std::size_t messages) {
  if (!order_.book || !order_.is_check || !source.from) return;
  const auto& name = source.from->name;
  const std::string error = source.problem ? source.problem->what() : "";
  const bool fault = source.problem && order_.book->failed_checks(name) + 1 >= source.from->fault_after;
  order_.book->note_check(name, messages, error, order_.tool, fault ? "report_fault" : "");
}

}  // namespace intake
