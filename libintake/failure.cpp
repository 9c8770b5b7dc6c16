#include "failure.hpp"

#include <cerrno>
#include <cstring>

namespace intake {

failure system_failure(exit_status status, const std::string& what) {
  return {status, what + ": " + std::strerror(errno)};
}

}  // namespace intake
