// The archives of a record: each replaced by what is in it. Handles hostile bytes: call inside the sandbox.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "archive_budget.hpp"
#include "record.hpp"
#include "secret.hpp"

namespace intake {

/// A document without the lock that it came with.
struct unlocked_document {
  std::string data;
  std::string password_label;  ///< of the password that fitted; empty: one that everybody knows
  std::string_view type;       ///< media type of the document as it came
};
/// nullopt: not locked, or it stays so. Must not throw for what the bytes say.
using document_unlocker = std::function<std::optional<unlocked_document>(std::string_view untrusted_bytes)>;

/// Opens every attached archive of the record. One that came out whole loses its `data`, gets "opened":true, and its
/// members follow at the end of `files`; one that did not keeps its `data` and gets a finding. Documents, attached or
/// in an archive, are offered to `unlock`; one that comes back is treated as an archive of one member. Files that came
/// out of an archive before are left as they are, so that running it twice changes nothing.
void open_archives(record& rec, std::span<const labelled_secret> passwords, const archive_limits& limits,
                   const document_unlocker& unlock = {});

}  // namespace intake
