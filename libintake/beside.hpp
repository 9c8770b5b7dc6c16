// A second thread for a short while: what costs milliseconds for a large input is done beside the rest.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>

namespace intake {

/// Does `work` while the caller goes on: in a thread of its own if the input has so many bytes that this pays, and if a
/// thread can be had; at once otherwise. `work` must not throw.
class beside {
 public:
  beside(std::function<void()> work, std::size_t bytes);
  ~beside();
  beside(const beside&) = delete;
  beside& operator=(const beside&) = delete;
  /// Until it is done.
  void wait();

 private:
  std::thread thread_;
};

}  // namespace intake
