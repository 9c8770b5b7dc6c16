// intake-scan - add a malware verdict, the real type and active content to every file of a message.
#include <cstdio>
#include <filesystem>

#include "libintake/file_check.hpp"
#include "libintake/log.hpp"
#include "tool.hpp"

namespace {

using namespace intake;

// The worker's watchdog stands behind the limits that a scan keeps by itself.
std::chrono::milliseconds watchdog(std::chrono::milliseconds time) {
  return 2 * time + std::chrono::seconds(10);
}

/// A long run goes on with the signatures it has when the new ones are of no use; they get old, which is told.
void renew(scanner& engine) {
  try {
    engine.reload();
  } catch (const failure& error) {
    const phrase told("{}; going on with the signatures of {}", error.said(), engine.database().built_at());
    log::say(log::level::warning, told);
  }
}

exit_status scan_all(context& ctx, const std::string& database_option) {
  (void)ctx.profile();
  const auto& desk = ctx.config().scan;
  const std::chrono::seconds time(desk.seconds);
  scanner_options options;
  options.database = database_option.empty() ? desk.database : database_option;
  options.time = time;
  // As the pump will see it, whose root is another one; what does not exist is told by the engine.
  std::error_code missing;
  if (const auto whole = std::filesystem::canonical(options.database, missing); !missing) options.database = whole;
  scanner engine(options);
  const auto& database = engine.database();
  if (!desk.allow_stale && database.stale(desk.max_age_days, std::time(nullptr)))
    throw failure(exit_status::unavailable, "signature database {}: built {}, older than {} days", database.path,
                  database.built_at(), desk.max_age_days);
  const type_reader types;
  progress shown(progress::shape_of(ctx.filter().progress, ctx.filter().quiet), ctx.filter().tool);
  file_checker checker(engine, types, {desk.max_age_days, time, &shown});

  filter_stage stage{.name = "scan", .role = sandbox::role::scanner};
  stage.deadline = watchdog(time);
  stage.on_timeout = "scan.failed";
  stage.prepare = [&] {
    if (!engine.detects_canary())
      throw failure(exit_status::unavailable, "ClamAV does not find its test file (EICAR) with the signatures in {}",
                    database.path);
  };
  stage.handle = [&](record& rec) { checker.check(rec); };
  const bool is_folder = std::filesystem::is_directory(options.database);
  stage.pump_reads = {is_folder ? options.database : std::filesystem::path(options.database).parent_path().string()};
  stage.outdated = [&] { return engine.outdated(); };
  stage.renew = [&] {
    shown.pause();
    renew(engine);
  };
  stage.shown = &shown;
  return run_filter(ctx.filter(), stage);
}

}  // namespace

int main(int argc, char** argv) {
  std::string database;
  intake::tool tool("intake-scan", "Add a malware verdict, the real type and active content to every file.");
  tool.is_filter()
      .shows_progress()
      .option("--database", database, "DIR", "directory of scan signatures instead of the configuration's", "directory")
      .example("intake-parse < records | intake-decrypt | intake-scan", "check the files of messages")
      .example("intake-scan -j 4 --fail-on return", "four workers; status 1 when a message must be returned")
      .body([&](context& ctx) { return scan_all(ctx, database); });
  return tool.run(argc, argv);
}
