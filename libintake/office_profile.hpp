// LibreOffice's settings. Trusted text of our own.
#pragma once

#include <string>
#include <vector>

namespace intake {

struct office_file {
  std::string path, text;
};

/// The files of a profile: nothing is run, nothing is fetched, nothing is asked; Japanese locale and fonts; a window
/// without menus.
[[nodiscard]] std::vector<office_file> office_profile();

/// Where LibreOffice looks for its settings, as it wants CONFIGURATION_LAYERS: where it always does, and in the final
/// ones of `folder`, in which office_profile() lies.
[[nodiscard]] std::string office_layers(const std::string& folder);

}  // namespace intake
