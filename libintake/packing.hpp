// Payloads of the ledger made short before they are sealed: deflate (RFC 1951) with a dictionary of the words that
// every record repeats. What is unpacked was sealed under the ledger's key; it is bounded all the same.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace intake {

/// A JSON object made short; itself where that would be no gain.
[[nodiscard]] std::string pack(std::string_view json);
/// What pack() was given, and JSON as the first version sealed it. nullopt: pack() makes no such thing, or more than
/// limits::ledger_payload_bytes.
[[nodiscard]] std::optional<std::string> unpack(std::string packed);

}  // namespace intake
