// intake - one word in front of all tools: "intake scan -j 2" runs intake-scan. It reads nothing that was received.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libintake/failure.hpp"
#include "libintake/terminal.hpp"
#include "manual.hpp"

namespace {

namespace fs = std::filesystem;
using intake::exit_status;
using intake::failure;
using intake::tr;

constexpr std::string_view prefix = "intake-";

/// Tools stand beside this program, in the build as when installed.
fs::path directory() {
  return fs::read_symlink("/proc/self/exe").parent_path();
}

[[noreturn]] void run(const std::string& path, std::vector<std::string> words) {
  const char* const found = std::getenv("PATH");
  ::setenv("PATH", (directory().string() + (found ? std::string(":") + found : "")).c_str(), 1);  // for the scripts
  std::vector<char*> argv;
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(path.c_str(), argv.data());
  if (errno == ENOENT)
    throw failure(exit_status::usage, "there is no intake command \"{}\" (intake help)", words[0].substr(7));
  throw system_failure(exit_status::os, path);
}

std::string path_of(const std::string& name) {
  const auto beside = directory() / name;
  return ::access(beside.c_str(), X_OK) == 0 ? beside.string() : name;
}

/// What the tool says of itself, in the language of the locale; empty for a program that says nothing.
std::string summary_of(const fs::path& path) {
  int ends[2];
  if (::pipe(ends) != 0) return {};
  const auto child = ::fork();
  if (child == 0) {
    ::dup2(ends[1], 1);
    ::close(ends[0]);
    ::close(2);
    ::execl(path.c_str(), path.c_str(), "--summary", nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string said;
  std::array<char, 512> part;
  for (ssize_t got; (got = ::read(ends[0], part.data(), part.size())) > 0;)
    said.append(part.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (status != 0) return {};
  return said.substr(0, said.find('\n'));
}

/// Name without prefix, summary.
std::map<std::string, std::string> all_tools() {
  std::map<std::string, std::string> tools;
  for (const auto& entry : fs::directory_iterator(directory())) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(prefix) || ::access(entry.path().c_str(), X_OK) != 0) continue;
    if (auto summary = summary_of(entry.path()); !summary.empty()) tools[name.substr(prefix.size())] = summary;
  }
  return tools;
}

int print(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  return written ? 0 : static_cast<int>(exit_status::io);
}

std::string list() {
  std::string out = fmt::format("{}\n\n", tr("Usage: intake COMMAND [ARGUMENT...]"));
  for (const auto& [name, summary] : all_tools()) out += fmt::format("  {:<12} {}\n", name, summary);
  return out + "\n" +
         tr("\"intake help COMMAND\" shows the manual of a command, \"intake COMMAND --help\" its options.") + "\n";
}

/// The manual page where there is one, else the options.
[[noreturn]] void help(const std::string& name) {
  const auto tool = std::string(prefix) + name;
  if (std::system(("man -w " + std::string("'") + tool + "' >/dev/null 2>&1").c_str()) == 0) run("man", {"man", tool});
  run(path_of(tool), {tool, "--help"});
}

bool is_command(const std::string& name) {
  return !name.empty() &&
         std::all_of(name.begin(), name.end(), [](char c) { return c == '-' || (c >= 'a' && c <= 'z'); }) &&
         name[0] != '-';
}

}  // namespace

int main(int argc, char** argv) {
  std::setlocale(LC_CTYPE, "");  // the width of characters is all that is asked of it
  std::vector<std::string> words(argv + 1, argv + argc);
  try {
    if (words.empty() || words[0] == "--help" || words[0] == "-h" || (words[0] == "help" && words.size() == 1))
      return print(list());
    if (words[0] == "--version") return print("intake " INTAKE_VERSION "\n");
    if (words[0] == "--completion" && words.size() == 2) return print(intake::front_completion(all_tools(), words[1]));
    const bool asks = words[0] == "help";
    const auto& name = asks ? words[1] : words[0];
    if (!is_command(name)) throw failure(exit_status::usage, "not a command: \"{}\" (intake help)", name);
    if (asks) help(name);
    auto tool = std::string(prefix) + name;
    words[0] = tool;
    run(path_of(tool), std::move(words));
  } catch (const failure& error) {
    fmt::print(stderr, "intake: {}\n", intake::terminal::neutralised(error.said().local(), true));
    return static_cast<int>(error.status());
  } catch (const std::exception& error) {
    fmt::print(stderr, "intake: {}\n", intake::terminal::neutralised(error.what(), true));
    return static_cast<int>(exit_status::os);
  }
}
