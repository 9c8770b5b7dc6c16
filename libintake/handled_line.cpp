#include "handled_line.hpp"

#include <algorithm>

#include "json.hpp"
#include "utc.hpp"

namespace intake {

void stamp(record& rec, const std::string& stage, const std::string& tool) {
  json::writer out;
  out.begin_object().member("tool", tool + " " INTAKE_VERSION).member("at", utc_now()).end_object();
  rec.set_in("stages", stage, out.take());
  if (sandbox::disabled()) rec.set("insecure", "true");
}

std::string unusable(std::string_view line, std::uint64_t size, const std::string& digest, std::string_view reason) {
  return unusable_record(line.substr(0, limits::unusable_kept_bytes), size, digest, reason);
}

bool meets_fail_on(const filter_options& options, std::string_view line, const line_edits& edits) {
  const auto& wanted = options.fail_on;
  if (wanted.empty()) return false;
  const auto made = edits.value_of("disposition");
  const std::string_view judged = made ? *made : raw_member(line, "disposition");
  return std::any_of(wanted.begin(), wanted.end(), [&](const std::string& it) { return judged == '"' + it + '"'; });
}

}  // namespace intake
