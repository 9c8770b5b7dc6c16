#include "manual.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "libintake/failure.hpp"

namespace intake {

namespace {

/// Text as man(7) takes it: no line of it is a request or very long, and a hyphen stays one that can be pasted.
std::string roff(std::string_view text) {
  constexpr std::size_t long_enough = 64;
  std::string out;
  bool line_start = true;
  std::size_t line = 0;
  for (char c : text) {
    if (c == ' ' && out.size() - line > long_enough) c = '\n';
    if (line_start && (c == '.' || c == '\'')) out += "\\&";
    line_start = c == '\n';
    if (line_start) line = out.size();
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
  }
  return out;
}

/// For the tag of a paragraph, which is one line.
std::string one_line(std::string_view text) {
  std::string out = roff(text);
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t from = 0; from <= text.size() && !text.empty();) {
    const auto end = std::min(text.find(separator, from), text.size());
    parts.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  return parts;
}

void section(std::string& out, const char* title) {
  out += fmt::format(".SH {}\n", tr(title));
}

std::string bold_names(const option_definition& it) {
  std::string out;
  for (const auto& name : split(it.names, ',')) {
    if (!out.empty()) out += ", ";
    out += fmt::format("\\fB{}\\fR", roff(name));
  }
  if (!it.metavar.empty()) out += fmt::format(" \\fI{}\\fR", roff(it.metavar));
  return out;
}

void option_list(std::string& out, const std::vector<option_definition>& options) {
  for (const auto& it : options) out += fmt::format(".TP\n{}\n{}\n", bold_names(it), roff(tr(it.help)));
}

void synopsis(std::string& out, const std::string& name, const command_definition& command) {
  out += fmt::format("\\fB{}\\fR", roff(name));
  const bool has_options = std::any_of(command.options.begin(), command.options.end(),
                                       [](const option_definition& it) { return !it.positional; });
  if (has_options) out += fmt::format(" [\\fI{}\\fR]", tr("options"));
  for (const auto& it : command.options) {
    if (!it.positional) continue;
    const auto shown = fmt::format("\\fI{}\\fR{}", roff(it.names), it.repeated ? " ..." : "");
    out += it.required ? " " + shown : " [" + shown + "]";
  }
  out += "\n";
}

void example_list(std::string& out, const std::vector<std::pair<std::string, std::string>>& examples) {
  for (const auto& [command, explanation] : examples)
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", one_line(command), roff(tr(explanation)));
}

std::string words_of(const option_definition& it) {
  return it.completes == "file" || it.completes == "directory" ? "" : it.completes;
}

/// For use between single quotes of any of the shells.
std::string quoted(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != text.npos; at += 4) text.replace(at, 1, "'\\''");
  return "'" + text + "'";
}

std::string all_names(const std::vector<option_definition>& options) {
  std::string out;
  for (const auto& it : options)
    if (!it.positional)
      for (const auto& name : split(it.names, ',')) out += (out.empty() ? "" : " ") + name;
  return out;
}

std::string command_names(const command_definition& tool) {
  std::string out;
  for (const auto& command : tool.commands) out += (out.empty() ? "" : " ") + command.name;
  return out;
}

/// The words of a choice that a positional argument has; of several, all.
std::string positional_words(const std::vector<option_definition>& options) {
  std::string out;
  for (const auto& it : options)
    if (it.positional && !words_of(it).empty()) out += (out.empty() ? "" : " ") + words_of(it);
  return out;
}

std::string for_bash(const command_definition& tool) {
  const std::string function = "_" + tool.name;
  std::string values, commands;
  const auto add_values = [&](const std::vector<option_definition>& options) {
    for (const auto& it : options) {
      if (it.positional || it.metavar.empty()) continue;
      std::string reply = "COMPREPLY=()";
      if (it.completes == "file") reply = "mapfile -t COMPREPLY < <(compgen -f -- \"$word\")";
      if (it.completes == "directory") reply = "mapfile -t COMPREPLY < <(compgen -d -- \"$word\")";
      if (!words_of(it).empty())
        reply = fmt::format("mapfile -t COMPREPLY < <(compgen -W '{}' -- \"$word\")", words_of(it));
      std::string pattern = it.names;
      std::replace(pattern.begin(), pattern.end(), ',', '|');
      const auto line = fmt::format("    {}) {}; return ;;\n", pattern, reply);
      if (values.find(line) == values.npos) values += line;
    }
  };
  add_values(tool.options);
  for (const auto& command : tool.commands) {
    add_values(command.options);
    commands += fmt::format("      {}) words='{} {}' ;;\n", command.name, all_names(command.options),
                            positional_words(command.options));
  }
  std::string choose = fmt::format("  local words='{} {}'\n", all_names(tool.options), positional_words(tool.options));
  if (!tool.commands.empty())
    choose = fmt::format(
        "  local words='{} {}' each\n  for each in \"${{COMP_WORDS[@]:1:COMP_CWORD-1}}\"; do\n"
        "    case $each in\n{}    esac\n  done\n",
        all_names(tool.options), command_names(tool), commands);
  return fmt::format(
      "# bash completion for {0}; made by {0} --completion bash\n# shellcheck shell=bash\n"
      "{1}() {{\n  local word=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD-1]}}\n"
      "  case $before in\n{2}  esac\n{3}"
      "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
      "  [[ ${{#COMPREPLY[@]}} != 0 || $word == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n}}\n"
      "complete -F {1} {0}\n",
      tool.name, function, values, choose);
}

/// An _arguments specification; a bracket or colon in the help would end its part.
std::string zsh_specification(const option_definition& it) {
  std::string help = it.help;
  for (const char special : {'[', ']', ':'})
    for (std::size_t at = 0; (at = help.find(special, at)) != help.npos; at += 2) help.insert(at, "\\");
  std::string action;
  if (it.completes == "file") action = "_files";
  if (it.completes == "directory") action = "_files -/";
  if (!words_of(it).empty()) action = "(" + words_of(it) + ")";
  if (it.positional)
    return quoted(fmt::format("{}:{}:{}",
                              it.repeated   ? "*"
                              : it.required ? ""
                                            : ":",
                              it.names, action.empty() ? "_files" : action));
  const auto names = split(it.names, ',');
  const std::string value = it.metavar.empty() ? "" : fmt::format(":{}:{}", it.metavar, action);
  std::string out;
  for (const auto& name : names)
    out += (out.empty() ? "" : " ") + quoted(fmt::format("{}{}[{}]{}", it.repeated ? "*" : "", name, help, value));
  return out;
}

std::string zsh_arguments(const std::vector<option_definition>& options, const std::string& indent) {
  std::string out = "_arguments -s";
  for (const auto& it : options) out += " \\\n" + indent + "  " + zsh_specification(it);
  return out;
}

std::string for_zsh(const command_definition& tool) {
  std::string out = fmt::format("#compdef {0}\n# made by {0} --completion zsh\n", tool.name);
  if (tool.commands.empty()) return out + zsh_arguments(tool.options, "") + "\n";
  out += "local context state state_descr line\ntypeset -A opt_args\nlocal -a commands=(\n";
  for (const auto& command : tool.commands) out += "  " + quoted(command.name + ":" + command.summary) + "\n";
  out += ")\n" + zsh_arguments(tool.options, "") + " \\\n  '1:command:->command' '*::arguments:->arguments'\n";
  out += "case $state in\n  command) _describe command commands ;;\n  arguments)\n    case $line[1] in\n";
  for (const auto& command : tool.commands)
    out += fmt::format("      {}) {} ;;\n", command.name, zsh_arguments(command.options, "        "));
  return out + "    esac ;;\nesac\n";
}

void fish_options(std::string& out, const std::string& tool, const std::vector<option_definition>& options,
                  const std::string& condition) {
  for (const auto& it : options) {
    if (it.positional) {
      if (!words_of(it).empty()) out += fmt::format("complete -c {}{} -a '{}'\n", tool, condition, words_of(it));
      continue;
    }
    std::string line = "complete -c " + tool + condition;
    for (const auto& name : split(it.names, ','))
      line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (!it.metavar.empty()) line += it.completes == "file" || it.completes == "directory" ? " -r" : " -x";
    if (it.completes == "directory") line += " -a '(__fish_complete_directories)'";
    if (!words_of(it).empty()) line += " -a '" + words_of(it) + "'";
    out += line + " -d " + quoted(it.help) + "\n";
  }
}

std::string for_fish(const command_definition& tool) {
  std::string out = fmt::format("# fish completion for {0}; made by {0} --completion fish\n", tool.name);
  fish_options(out, tool.name, tool.options, "");
  if (!tool.commands.empty()) out += fmt::format("complete -c {} -f\n", tool.name);
  for (const auto& command : tool.commands) {
    out += fmt::format("complete -c {} -n __fish_use_subcommand -a {} -d {}\n", tool.name, command.name,
                       quoted(command.summary));
    fish_options(out, tool.name, command.options, fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name));
  }
  return out;
}

}  // namespace

std::string manual_page(const command_definition& tool) {
  std::string title = tool.name;
  std::transform(title.begin(), title.end(), title.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  std::string out = fmt::format(".\\\" Made by {} --manual.\n.TH {} 1 \"\" \"intake {}\" \"intake\"\n", tool.name,
                                roff(title), INTAKE_VERSION);
  section(out, marked("NAME"));
  out += fmt::format("{} \\-\n{}\n", roff(tool.name), roff(tr(tool.summary)));
  section(out, marked("SYNOPSIS"));
  if (tool.commands.empty())
    synopsis(out, tool.name, tool);
  else
    for (std::size_t i = 0; i < tool.commands.size(); ++i) {
      if (i != 0) out += ".br\n";
      synopsis(out, tool.name + " " + tool.commands[i].name, tool.commands[i]);
    }
  section(out, marked("DESCRIPTION"));
  out += roff(tr(tool.summary)) + "\n";
  if (!tool.about.empty()) out += ".PP\n" + roff(tr(tool.about)) + "\n";
  if (!tool.commands.empty()) {
    section(out, marked("COMMANDS"));
    for (const auto& command : tool.commands) {
      out += fmt::format(".SS {}\n{}\n", roff(command.name), roff(tr(command.summary)));
      option_list(out, command.options);
      example_list(out, command.examples);
    }
  }
  section(out, marked("OPTIONS"));
  option_list(out, tool.options);
  if (!tool.examples.empty()) {
    section(out, marked("EXAMPLES"));
    example_list(out, tool.examples);
  }
  section(out, marked("EXIT STATUS"));
  for (const auto& it : exit_statuses)
    out += fmt::format(".TP\n\\fB{}\\fR\n{}\n", static_cast<int>(it.status), roff(tr(it.meaning)));
  section(out, marked("SEE ALSO"));
  out += "\\fBintake\\fR(7), \\fBintake\\-record\\fR(5), \\fBintake.toml\\fR(5), \\fBintake\\-profile\\fR(5)\n";
  return out;
}

std::string completion(const command_definition& tool, const std::string& shell) {
  if (shell == "bash") return for_bash(tool);
  if (shell == "zsh") return for_zsh(tool);
  if (shell == "fish") return for_fish(tool);
  return {};
}

std::string front_completion(const std::map<std::string, std::string>& tools, const std::string& shell) {
  std::string names = "help";
  for (const auto& tool : tools) names += " " + tool.first;
  if (shell == "bash")
    return fmt::format(
        "# bash completion for intake; made by intake --completion bash\n# shellcheck shell=bash\n"
        "_intake() {{\n"
        "  if ((COMP_CWORD == 1)) || {{ ((COMP_CWORD == 2)) && [[ ${{COMP_WORDS[1]}} == help ]]; }}; then\n"
        "    mapfile -t COMPREPLY < <(compgen -W '{}' -- \"${{COMP_WORDS[COMP_CWORD]}}\")\n    return\n  fi\n"
        "  local tool=intake-${{COMP_WORDS[1]}}\n"
        "  declare -F \"_$tool\" >/dev/null || _completion_loader \"$tool\"\n"
        "  COMP_WORDS=(\"$tool\" \"${{COMP_WORDS[@]:2}}\")\n  ((COMP_CWORD--))\n"
        "  ! declare -F \"_$tool\" >/dev/null || \"_$tool\"\n}}\ncomplete -F _intake intake\n",
        names);
  if (shell == "zsh") {
    std::string out =
        "#compdef intake\n# made by intake --completion zsh\nlocal context state state_descr line\n"
        "typeset -A opt_args\nlocal -a commands=(\n";
    for (const auto& [name, summary] : tools) out += "  " + quoted(name + ":" + summary) + "\n";
    return out +
           "  'help:Show the manual of a command.'\n)\n_arguments '1:command:->command' '*::arguments:->arguments'\n"
           "case $state in\n  command) _describe command commands ;;\n"
           "  arguments) words[1]=intake-$words[1]; _normal ;;\nesac\n";
  }
  if (shell != "fish") return {};
  std::string out = "# fish completion for intake; made by intake --completion fish\n";
  for (const auto& [name, summary] : tools)
    out += fmt::format("complete -c intake -f -n __fish_use_subcommand -a {} -d {}\n", name, quoted(summary));
  return out +
         "complete -c intake -f -n __fish_use_subcommand -a help -d 'Show the manual of a command.'\n"
         "complete -c intake -n 'not __fish_use_subcommand' -a '(set -l words (commandline -opc) (commandline -ct); "
         "complete -C \"intake-\"(string join \" \" -- $words[2..-1]))'\n";
}

}  // namespace intake
