// intake-decrypt - replace every attached archive, and every document with a password, by what is in it.
#include "libintake/locked_document.hpp"
#include "libintake/record_archives.hpp"
#include "tool.hpp"

namespace {

intake::exit_status decrypt(intake::context& context) {
  (void)context.profile();
  // Read before the worker is confined, which then has them in its memory and nothing else of this host.
  auto passwords = intake::read_password_lists(context.config().archive.passwords, "archive.passwords");
  for (auto& password : passwords) password.value.share_with_children();
  const auto& config = context.config().archive;
  intake::archive_limits limits;
  limits.members = config.max_members;
  limits.bytes = config.max_bytes;
  limits.depth = config.max_depth;

  intake::filter_stage stage;
  stage.name = "decrypt";
  stage.role = intake::sandbox::role::unpacker;
  stage.handle = [&](intake::record& rec) {
    const auto until = std::chrono::steady_clock::now() + intake::limits::unlock_time;
    intake::open_archives(rec, passwords, limits,
                          [&](std::string_view bytes) { return intake::unlock_document(bytes, passwords, until); });
  };
  return intake::run_filter(context.filter(), stage);
}

}  // namespace

int main(int argc, char** argv) {
  intake::tool tool(
      "intake-decrypt",
      "Open encrypted zips, other archives and locked documents; what is in them becomes files of the record.");
  tool.is_filter();
  tool.example("intake-fetch --new | intake-parse | intake-decrypt",
               "open what came attached, with the configured passwords");
  tool.example("intake-decrypt <parsed.ndjson | jq -c '.findings'", "see what could not be opened, and why");
  tool.body(decrypt);
  return tool.run(argc, argv);
}
