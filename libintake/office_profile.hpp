// LibreOffice's settings. Trusted text of our own.
#pragma once

#include <string>

namespace intake {

/// registrymodifications.xcu: nothing is run, nothing is fetched, nothing is asked; Japanese locale and fonts.
[[nodiscard]] std::string office_settings();

}  // namespace intake
