// What the sources of one run share: the output, the ledger, and what was handed over. Each source calls from a thread
// of its own. Used by fetch.
#pragma once

#include <chrono>
#include <exception>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "fetch.hpp"
#include "handed_over.hpp"
#include "ledger.hpp"

namespace intake {

class fetch_run {
 public:
  fetch_run(std::vector<fetch_source>& sources, const fetch_order& order);

  /// Every source once.
  void once();
  /// Every source that can be opened, until the process is asked to end.
  void watch();

 private:
  void ask(fetch_source& source);
  void stay_with(fetch_source& source);
  void looked(fetch_source& source);
  void failed(fetch_source& source, const failure& problem, bool held);

  void take(fetch_source& source, const message& found);
  [[nodiscard]] bool is_wanted(const message& found);
  [[nodiscard]] bool is_known(const message_place& place);
  [[nodiscard]] bool is_finished(const message_place& place);
  void note(const fetch_source& source, std::size_t messages);
  void lose(std::exception_ptr why);
  void tell(const fetch_source& source) const;

  using box_name = std::vector<std::string>;  ///< account, mailbox, UIDVALIDITY
  using clock = std::chrono::steady_clock;
  /// The last event of a watched source.
  struct noted {
    clock::time_point at;
    bool any = false, ok = false;
    bool looked_since = false;
    std::size_t messages = 0;  ///< handed over until then
  };

  std::vector<fetch_source>& sources_;
  const fetch_order& order_;
  message_wish wish_;
  std::mutex lock_;  ///< over all below
  std::exception_ptr fatal_;
  recent_ids written_;                       ///< so that nothing is handed over twice
  std::map<box_name, uid_set> handed_over_;  ///< of what is watched
  std::map<box_name, uid_set> finished_;
  std::map<const fetch_source*, noted> noted_;
};

}  // namespace intake
