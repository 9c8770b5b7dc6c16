// LibreOffice's settings and a sample for warming it up. Trusted texts of our own.
#pragma once

#include <string>

namespace intake {

/// registrymodifications.xcu: nothing is run, nothing is fetched, nothing is asked; Japanese locale and fonts.
[[nodiscard]] std::string office_settings();

/// A flat OpenDocument presentation.
[[nodiscard]] std::string office_sample_slides();

}  // namespace intake
