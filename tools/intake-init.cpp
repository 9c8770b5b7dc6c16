// intake-init - a desk of one's own: asks a few questions, and writes a configuration and profile that work.
#include <fmt/format.h>

#include "init/answers.hpp"
#include "init/desk_files.hpp"

namespace {

using namespace intake;

exit_status make_desk(init::answers& of) {
  init::complete(of);
  const auto left = init::write_desk(of);
  fmt::print(fmt::runtime(tr("The desk is set up: {}/intake.toml, profile.toml and secrets beside it.\n")), of.folder);
  fmt::print("{}\n", tr("Left to do:"));
  std::size_t number = 0;
  for (const auto& line : left) fmt::print("  {}. {}\n", ++number, line);
  const bool found_by_itself = of.folder == "/etc/intake" || of.folder.ends_with("/.config/intake");
  const auto as = of.owner.empty() ? std::string() : "sudo -u " + of.owner + " ";
  const auto with = found_by_itself ? std::string() : "INTAKE_CONFIG=" + of.folder + "/intake.toml ";
  fmt::print("  {}. {}{}intake doctor\n  {}. {}{}intake daily --table\n", number + 1, as, with, number + 2, as, with);
  return exit_status::ok;
}

}  // namespace

int main(int argc, char** argv) {
  init::answers of;
  tool tool("intake-init", "Set up a desk: write a commented configuration and profile.");
  tool.about(
      "Asks at the terminal for what no option tells. Makes a key for the ledger and the folders of the desk. "
      "Passwords "
      "are asked for without being shown, or copied from files, and never appear in the configuration. What is there "
      "already is never overwritten.");
  add_options(tool, of);
  tool.example("sudo intake init", "the desk of this machine, in /etc/intake")
      .example(
          "intake init --dir desk --station 見本警察署 --address desk@police.example.jp --mailbox maildir:Maildir "
          "--sender noreply@proc.example.go.jp --valid-from 2026-04-01",
          "without questions")
      .body([&](context&) { return make_desk(of); });
  return tool.run(argc, argv);
}
