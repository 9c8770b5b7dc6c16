// What comes into the ledger while somebody watches. What it quotes came from mails; it reads and changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "ledger.hpp"

namespace intake {

class arrivals {
 public:
  /// `book` outlives it.
  explicit arrivals(const ledger& book) : book_(&book) {}

  /// Hands over, as lines for show::read, what came since the look before: messages once they are judged, and again
  /// when they are judged differently; messages whose judgement has not come limits::follow_patience after them; days
  /// that were reconciled; accounts whose failed checks are to be reported. The first look gives the messages that are
  /// to be handled on the day of `at` or later.
  void look(timestamp at, const std::function<void(const std::string& line)>& tell);

 private:
  void tell_event(const event& what, date today, const std::function<void(const std::string& line)>& tell);

  const ledger* book_;
  bool looked_ = false;
  std::int64_t last_ = 0;                        ///< sequence of the last event that was seen
  std::map<std::string, std::int64_t> waiting_;  ///< received and not judged, with the time of it
  std::set<std::string, std::less<>> told_;      ///< messages of this look
};

}  // namespace intake
