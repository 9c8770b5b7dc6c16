// The file of the ledger: how it is made, recognised, and brought up to date. Used by libintake/ledger.cpp only.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "database.hpp"

namespace intake::ledger_schema {

inline constexpr std::int64_t application_id = 0x494e544b;  ///< "INTK", where file(1) looks for it
inline constexpr std::int64_t version = 2;                  ///< of the tables that hold what cannot be made again
/// Of the tables that are made from the events: when it differs, they are made anew from them.
inline constexpr std::int64_t derived_version = 2;

/// Tables of what the events say, for fast answers; made in the schema named ("main" or "temp").
[[nodiscard]] std::string derived_tables(const std::string& schema);
/// Names of those tables, for comparing them.
inline constexpr const char* derived_names[] = {"messages", "mailboxes", "sources", "ranges",
                                                "lookups",  "items",     "dated",   "repeats"};
[[nodiscard]] bool is_derived(std::string_view table);

/// Throws failure(no_input) when there is no such file, and what opening it would throw for its kind and mode.
void must_exist(const std::string& path);
/// Opens for writing. A file that is absent is made: mode 0600, under a lock on its directory and under another name
/// until it is whole, so that of several processes one makes it and a killed one leaves no part of one. `fill` writes
/// the first rows. A file of another program, of a newer version, empty or damaged is refused and left as it is.
[[nodiscard]] std::unique_ptr<database> open_for_writing(const std::string& path,
                                                         const std::function<void(database&)>& fill);
[[nodiscard]] std::unique_ptr<database> open_for_reading(const std::string& path);

/// An empty ledger in memory: what the schema of a whole one of that version looks like, with derived tables of ours.
[[nodiscard]] std::unique_ptr<database> example(std::int64_t of_version);

}  // namespace intake::ledger_schema
