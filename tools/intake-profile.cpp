// intake-profile - for whoever writes a profile: is it sound, and what should be looked at again.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "libintake/findings.hpp"
#include "tool.hpp"

namespace {

using namespace intake;

/// What a reader accepts and its author may not have meant.
std::vector<std::string> remarks_on(const profile& rule) {
  std::vector<std::string> out;
  const auto today = intake::to_string(civil_day(now()));
  if (!rule.valid_until.empty() && rule.valid_until < today)
    out.push_back(fmt::format(fmt::runtime(tr("expired on {}")), rule.valid_until));
  if (today < rule.valid_from) out.push_back(fmt::format(fmt::runtime(tr("in force only from {}")), rule.valid_from));
  if (rule.site.authentication_server.empty())
    out.push_back(
        tr("[site] authentication is not set: whoever writes the site's address into From is taken for the site"));
  if (rule.application.layout.empty())
    out.push_back(tr("[application] layout names no label: a letter of any form passes"));
  for (const auto& action : action_kinds) {
    const auto named = [&](const auto& one) {
      return one.first == action.name || one.first.starts_with(std::string(action.name) + ".");
    };
    if (action.to != "clerk" && std::none_of(rule.notices.begin(), rule.notices.end(), named))
      out.push_back(fmt::format(fmt::runtime(tr("[notices.{}] is missing: no letter is drafted for it")), action.name));
  }
  return out;
}

exit_status check(context& ctx, const std::string& file) {
  const auto rule = file.empty() ? ctx.profile() : load_profile(std::filesystem::absolute(file).string());
  fmt::print(fmt::runtime(tr("{}: sound. {} ({}), from {}{}; {} fields, {} procedures, {} letters\n")), rule.file,
             rule.title, rule.reference, rule.valid_from, rule.valid_until.empty() ? "" : " – " + rule.valid_until,
             rule.application.fields.size(), rule.procedures.size(), rule.notices.size());
  for (const auto& remark : remarks_on(rule)) fmt::print(fmt::runtime(tr("look at: {}\n")), remark);
  return exit_status::ok;
}

exit_status list() {
  const auto folder = find_shared("profiles");
  if (folder.empty()) throw failure(exit_status::no_input, "no shipped profiles are installed");
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    const auto rule = load_profile(file);
    fmt::print("{}\t{} ({})\t{} – {}\n", rule.name, rule.title, rule.reference, rule.valid_from, rule.valid_until);
  }
  return exit_status::ok;
}

}  // namespace

int main(int argc, char** argv) {
  std::string file;
  tool tool("intake-profile", "Check a profile, the rule of a desk; list the shipped ones.");
  tool.about(
      "Mistakes are told all at once, each with its line, and end with 78. What is sound and may not be meant is "
      "told, too. What each rule meets in a real mail shows intake-verify --explain.");
  tool.command("check", "read a profile and tell every mistake in it")
      .positional("FILE", file, "the profile (else that of the configuration)", false, "file")
      .example("intake profile check /etc/intake/profile.toml", "after every change")
      .body([&](context& ctx) { return check(ctx, file); });
  tool.command("list", "the profiles that are shipped, with the days they are in force").body([](context&) {
    return list();
  });
  return tool.run(argc, argv);
}
