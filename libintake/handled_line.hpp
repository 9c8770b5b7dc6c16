// What every frame of a filter does with a line, whoever handles it: run_filter() and run_keeper(). Lines may be
// hostile.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "filter.hpp"
#include "line_edits.hpp"
#include "record.hpp"

namespace intake {

/// Sets stages.STAGE: which tool has finished with the record, and when.
void stamp(record& rec, const std::string& stage, const std::string& tool);

/// What is emitted in place of a line that is none. `size` and `digest` tell of all of it.
[[nodiscard]] std::string unusable(std::string_view line, std::uint64_t size, const std::string& digest,
                                   std::string_view reason);

/// Whether the disposition that the line ends up with is one that the caller asked to be told of.
[[nodiscard]] bool meets_fail_on(const filter_options& options, std::string_view line, const line_edits& edits);

}  // namespace intake
