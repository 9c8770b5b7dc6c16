// What intake-render made, at a glance: one page for a browser with the first pages of every file, which the records
// carry as pictures (pdf.preview). Texts of a message are escaped; the page loads nothing and runs nothing.
#pragma once

#include <string>

#include "record.hpp"
#include "terminal.hpp"

namespace intake::show {

[[nodiscard]] std::string glance_head(const terminal::style& style);
/// One message: who and what, its findings, and its files with their pictures. A file without a picture says why.
[[nodiscard]] std::string glance(const record& rec, const terminal::style& style);
[[nodiscard]] std::string glance_foot();

}  // namespace intake::show
