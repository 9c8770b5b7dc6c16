#include "backoff.hpp"

#include <algorithm>

namespace intake {

backoff::backoff(std::chrono::milliseconds first, std::chrono::milliseconds most)
    : first_(std::min(first, most)), most_(most), whole_(first_), random_(std::random_device{}()) {}

std::chrono::milliseconds backoff::next() {
  const auto whole = whole_;
  whole_ = std::min(2 * whole_, most_);
  return std::chrono::milliseconds(
      std::uniform_int_distribution<std::chrono::milliseconds::rep>(whole.count() / 2, whole.count())(random_));
}

}  // namespace intake
