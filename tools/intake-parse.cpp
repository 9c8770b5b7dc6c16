// intake-parse - read each message: header fields, text, files.
#include "libintake/mail_record.hpp"
#include "tools/tool.hpp"

namespace {

intake::exit_status parse_all(intake::context& ctx) {
  // Loaded before the first received byte; it also sets the clause labels that findings carry.
  const auto server = ctx.profile().site.authentication_server;
  return intake::run_filter(ctx.filter(), {.name = "parse",
                                           .role = intake::sandbox::role::parser,
                                           .handle = [&](intake::record& rec) { intake::parse_record(rec, server); }});
}

}  // namespace

int main(int argc, char** argv) {
  intake::tool tool("intake-parse", "Read each message: header fields, text, files.");
  tool.is_filter()
      .example("intake-fetch --new | intake-parse | intake-show", "show what came in")
      .example("intake-parse < raw.ndjson > parsed.ndjson", "read a stream of fetched messages again")
      .body(parse_all);
  return tool.run(argc, argv);
}
