#include "archive_budget.hpp"

#include <fmt/format.h>

namespace intake {
namespace {

void spend(std::uint64_t& spent, std::uint64_t more, std::uint64_t limit, const char* what) {
  if (more > limit - spent) throw archive_limit_crossed(fmt::format("more than {} {}", limit, what));
  spent += more;
}

}  // namespace

void archive_budget::spend_members(std::uint64_t members) {
  spend(members_, members, limits_.members, "members");
}

void archive_budget::spend_bytes(std::uint64_t bytes) {
  spend(bytes_, bytes, limits_.bytes, "bytes unpacked");
}

void archive_budget::spend_trial() {
  spend(trials_, 1, limits_.password_trials, "password trials");
}

void archive_budget::check_ratio(std::uint64_t packed, std::uint64_t unpacked) const {
  if (unpacked <= limits_.ratio_floor || unpacked / limits_.ratio <= packed) return;
  throw archive_limit_crossed(fmt::format("unpacks to more than {} times its size", limits_.ratio));
}

void archive_budget::check_name(std::size_t bytes) const {
  if (bytes > limits_.name_bytes)
    throw archive_refused("archive.unsafe_path", fmt::format("a name of more than {} bytes", limits_.name_bytes));
}

}  // namespace intake
