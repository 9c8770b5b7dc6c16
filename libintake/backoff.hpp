// How long to wait before something that failed is tried again: longer each time up to a bound, and never quite the
// same, so that many who lost one server do not come back to it at one moment.
#pragma once

#include <chrono>
#include <random>

namespace intake {

class backoff {
 public:
  backoff(std::chrono::milliseconds first, std::chrono::milliseconds most);
  /// Between half and all of a time that doubles with each call, from `first` to `most`.
  [[nodiscard]] std::chrono::milliseconds next();
  /// It works again.
  void reset() { whole_ = first_; }

 private:
  std::chrono::milliseconds first_, most_, whole_;
  std::minstd_rand random_;
};

}  // namespace intake
