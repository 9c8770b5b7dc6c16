// What is printed about a command, made from its definition: its manual page and its completions for a shell.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace intake {

/// One option as help, man page and completions show it.
struct option_definition {
  std::string names;      ///< "-j,--jobs"
  std::string metavar;    ///< "N"; empty for a flag
  std::string help;       ///< English; translated when shown
  std::string completes;  ///< "file", "directory", or words separated by spaces
  bool required = false, positional = false, repeated = false;
  std::function<void(void* app)> bind;
};

struct command_definition {
  std::string name, summary, about;  ///< about: further sentences for the manual page, or empty
  std::vector<option_definition> options;
  std::vector<std::pair<std::string, std::string>> examples;  ///< command, explanation
  std::vector<command_definition> commands;
};

/// In man(7), in the language of the locale.
[[nodiscard]] std::string manual_page(const command_definition& tool);
/// `shell`: bash, zsh or fish; empty for any other.
[[nodiscard]] std::string completion(const command_definition& tool, const std::string& shell);

/// Completions for `intake`, which stands in front of all tools: `tools` are their names and summaries.
[[nodiscard]] std::string front_completion(const std::map<std::string, std::string>& tools, const std::string& shell);

}  // namespace intake
