#include "failure.hpp"

namespace intake {

failure system_failure(exit_status status, const phrase& what, int number) {
  return {status, "{}: {}", what, system_error(number)};
}

}  // namespace intake
