// The process that keeps LibreOffice warm, and its confined children, each of which reads one received document.
#pragma once

#include <string>

namespace intake {

/// The body of office's nursery: LibreOffice starts with the first request. `fonts` is the text of a fontconfig file.
void run_office(int control, const std::string& fonts);

}  // namespace intake
