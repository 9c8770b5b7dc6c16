// The archives of a record: each replaced by what is in it. Handles hostile bytes: call inside the sandbox.
#pragma once

#include <span>

#include "archive_budget.hpp"
#include "record.hpp"
#include "secret.hpp"

namespace intake {

/// Opens every attached archive of the record. One that came out whole loses its `data`, gets "opened":true, and its
/// members follow at the end of `files`; one that did not keeps its `data` and gets a finding. Files that came out of
/// an archive before are left as they are, so that running it twice changes nothing.
void open_archives(record& rec, std::span<const labelled_secret> passwords, const archive_limits& limits);

}  // namespace intake
