#include "entry_table.hpp"

#include <algorithm>

#include "limits.hpp"

namespace intake {

void entry_table::add(const fields& entry) {
  std::size_t size = 0;
  row made;
  for (std::size_t i = 0; i < entry.size(); ++i) {
    made.sizes[i] = static_cast<std::uint32_t>(entry[i].size());
    size += entry[i].size();
  }
  if (blocks_.empty() || blocks_.back().capacity() - blocks_.back().size() < size)
    blocks_.emplace_back().reserve(std::max(limits::mib, size));
  auto& block = blocks_.back();
  made.block = static_cast<std::uint32_t>(blocks_.size() - 1);
  made.offset = static_cast<std::uint32_t>(block.size());
  for (const auto field : entry) block += field;
  rows_.push_back(made);
}

std::string_view entry_table::receipt_no(std::size_t at) const {
  const auto& kept = rows_[at];
  return std::string_view(blocks_[kept.block]).substr(kept.offset, kept.sizes[0]);
}

list_entry entry_table::entry(std::size_t at) const {
  const auto& kept = rows_[at];
  std::size_t begin = kept.offset;
  const auto next = [&](std::size_t field) {
    const auto start = begin;
    begin += kept.sizes[field];
    return blocks_[kept.block].substr(start, kept.sizes[field]);
  };
  list_entry out;
  out.receipt_no = next(0);
  out.submitted_at = next(1);
  out.procedure = next(2);
  out.station = next(3);
  out.applicant = next(4);
  return out;
}

}  // namespace intake
