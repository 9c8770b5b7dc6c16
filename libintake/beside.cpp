#include "beside.hpp"

#include <system_error>

#include "limits.hpp"

namespace intake {

beside::beside(std::function<void()> work, std::size_t bytes) {
  if (bytes >= limits::mib) {
    try {
      thread_ = std::thread(work);
      return;
    } catch (const std::system_error&) {  // no thread to be had
    }
  }
  work();
}

beside::~beside() {
  wait();
}

void beside::wait() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace intake
