// What intake-show shows of the records on stdin.
#pragma once

#include <string>

#include "tools/tool.hpp"

namespace intake {

struct show_options {
  std::string wanted;  ///< this message only
  bool json = false, pages = false, from_ledger = false, follow = false;
};

/// A table of them all, the page of one, their JSON, or what was rendered of them as a page for a browser.
[[nodiscard]] exit_status show_passing(const show_options& opt);

}  // namespace intake
