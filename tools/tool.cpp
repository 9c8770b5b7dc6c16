#include "tool.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

#include "libintake/log.hpp"
#include "libintake/sandbox.hpp"

namespace intake {

const config& context::config() {
  if (!config_) config_ = load_config(config_path_);
  return *config_;
}

const profile& context::profile() {
  if (!profile_) {
    const auto beside = std::filesystem::path(config().file).parent_path().string();
    profile_ = load_profile(config().profile, beside);
    set_clause_labels(profile_->clauses);
  }
  return *profile_;
}

struct tool::state {
  command_definition said;                // without its commands
  std::vector<option_definition> common;  // what every tool has, and no command again
  std::vector<std::unique_ptr<tool>> commands;
  std::function<exit_status(context&)> body;
  std::shared_ptr<context> shared = std::make_shared<context>();  // one for the tool and all its commands
  bool insecure = false;
  std::string log;
};

tool::tool(std::string name, std::string summary) : state_(std::make_unique<state>()) {
  state_->said.name = std::move(name);
  state_->said.summary = std::move(summary);
  option("--config", state_->shared->config_path_, "FILE",
         "configuration (else $INTAKE_CONFIG, ~/.config/intake, /etc/intake)", "file");
  flag("-q,--quiet", state_->shared->filter_.quiet, "say nothing but errors");
  option("--log", state_->log, "FORMAT",
         "what is said on stderr: text, or json, a line each (else $INTAKE_LOG, or text)", "text json");
  flag("--insecure-no-sandbox", state_->insecure,
       "for diagnosis only: work without confinement; nothing that was touched so is ever accepted");
  state_->common = std::exchange(state_->said.options, {});
  state_->common.push_back({.names = "-h,--help", .help = "print this help and end"});
  state_->common.push_back({.names = "--version", .help = "print the version and end"});
}
tool::~tool() = default;

namespace {

CLI::App& as_app(void* app) {
  return *static_cast<CLI::App*>(app);
}

template <typename Target>
void bind_value(CLI::App& app, const option_definition& it, Target& target) {
  auto* option = app.add_option(it.names, target, tr(it.help));
  option->type_name(it.positional ? "" : it.metavar);
  if (it.required) option->required();
  if constexpr (std::is_same_v<Target, std::vector<std::string>>) {
    if (!it.positional) option->expected(1)->take_all()->allow_extra_args(false);
  }
}

/// Everything printed about a command has the same three parts: what it is, its options, examples that can be pasted.
std::string footer(const std::vector<std::pair<std::string, std::string>>& examples) {
  if (examples.empty()) return {};
  std::string text = std::string("\n") + tr("Examples:") + "\n";
  for (const auto& [command, explanation] : examples) text += fmt::format("  {}\n      {}\n", command, tr(explanation));
  return text;
}

}  // namespace

tool& tool::option(const std::string& names, std::string& target, const std::string& metavar, const std::string& help,
                   const std::string& completes) {
  option_definition it{.names = names, .metavar = metavar, .help = help, .completes = completes};
  it.bind = [it, &target](void* app) { bind_value(as_app(app), it, target); };
  state_->said.options.push_back(std::move(it));
  return *this;
}

tool& tool::option(const std::string& names, std::vector<std::string>& target, const std::string& metavar,
                   const std::string& help, const std::string& completes) {
  option_definition it{.names = names, .metavar = metavar, .help = help, .completes = completes, .repeated = true};
  it.bind = [it, &target](void* app) { bind_value(as_app(app), it, target); };
  state_->said.options.push_back(std::move(it));
  return *this;
}

tool& tool::option(const std::string& names, unsigned& target, const std::string& metavar, const std::string& help,
                   unsigned low, unsigned high) {
  option_definition it{.names = names, .metavar = metavar, .help = help};
  it.bind = [it, &target, low, high](void* app) {
    bind_value(as_app(app), it, target);
    as_app(app).get_option(it.names.substr(it.names.rfind(',') + 1))->check(CLI::Range(low, high).description(""));
  };
  state_->said.options.push_back(std::move(it));
  return *this;
}

tool& tool::flag(const std::string& names, bool& target, const std::string& help) {
  option_definition it{.names = names, .help = help};
  it.bind = [it, &target](void* app) { as_app(app).add_flag(it.names, target, tr(it.help)); };
  state_->said.options.push_back(std::move(it));
  return *this;
}

tool& tool::positional(const std::string& name, std::string& target, const std::string& help, bool required,
                       const std::string& completes) {
  option_definition it{.names = name, .help = help, .completes = completes, .required = required, .positional = true};
  it.bind = [it, &target](void* app) { bind_value(as_app(app), it, target); };
  state_->said.options.push_back(std::move(it));
  return *this;
}

tool& tool::positional(const std::string& name, std::vector<std::string>& target, const std::string& help,
                       bool required, const std::string& completes) {
  option_definition it{
      .names = name, .help = help, .completes = completes, .required = required, .positional = true, .repeated = true};
  it.bind = [it, &target](void* app) { bind_value(as_app(app), it, target); };
  state_->said.options.push_back(std::move(it));
  return *this;
}

tool& tool::is_filter(bool on_all_cores) {
  auto& jobs = state_->shared->filter_.jobs;
  if (on_all_cores) jobs = std::clamp(std::thread::hardware_concurrency(), 1U, limits::worker_jobs);
  option("-j,--jobs", jobs, "N",
         on_all_cores ? marked("work on N messages at once (else on as many as there are cores); the order is kept")
                      : marked("work on N messages at once; the order is kept"),
         1, limits::worker_jobs);
  return is_keeper();
}

tool& tool::is_keeper() {
  return option("--fail-on", state_->shared->filter_.fail_on, "DISPOSITION",
                "end with status 1 when a message is judged so (confirm, return, accept, list)",
                "confirm return accept list");
}

tool& tool::shows_progress() {
  return option("--progress", state_->shared->filter_.progress, "HOW",
                "on stderr: auto (the default: a line at a terminal), line, json, none", "auto line json none");
}

tool& tool::about(const std::string& text) {
  state_->said.about = text;
  return *this;
}

tool& tool::example(const std::string& command, const std::string& explanation) {
  state_->said.examples.emplace_back(command, explanation);
  return *this;
}

tool& tool::command(const std::string& name, const std::string& summary) {
  auto& made = *state_->commands.emplace_back(std::make_unique<tool>(name, summary));
  made.state_->shared = state_->shared;
  made.state_->common.clear();
  return made;
}

tool& tool::body(std::function<exit_status(context&)> body) {
  state_->body = std::move(body);
  return *this;
}

command_definition tool::definition() const {
  auto whole = state_->said;
  whole.options.insert(whole.options.end(), state_->common.begin(), state_->common.end());
  for (const auto& command : state_->commands) whole.commands.push_back(command->definition());
  return whole;
}

namespace {

/// What CLI11 says of wrong words.
phrase wrong_words(const std::string& said) {
  return recognised(said, {marked("The following argument was not expected: {}"),
                           marked("The following arguments were not expected: {}"), marked("A subcommand is required"),
                           marked("{} is required"), marked("{}: 1 required {} missing"),
                           marked("{}: Value {} not in range {}"), marked("Could not convert: {} = {}")});
}

/// CLI11's own words on a page of help.
void translate_headings(CLI::App& app) {
  auto& page = *app.get_formatter();
  page.label("Usage", tr("Usage"));
  page.label("OPTIONS", tr("OPTIONS"));
  page.label("SUBCOMMAND", tr("SUBCOMMAND"));
  page.label("Positionals", tr("Positionals"));
  page.label("REQUIRED", tr("REQUIRED"));
  app.option_defaults()->group(tr("Options"));
}

/// What packaging asks a tool for and no user needs, so that --help does not show it.
std::optional<std::string> made_from(const command_definition& tool, const std::vector<std::string>& words) {
  if (words.size() == 1 && words[0] == "--manual") return manual_page(tool);
  if (words.size() == 1 && words[0] == "--summary") return tr(tool.summary) + "\n";
  if (words.size() == 2 && words[0] == "--completion") return completion(tool, words[1]);
  return std::nullopt;
}

/// An unknown word of the environment is as wrong as one of an option.
bool wants_json(const std::string& told) {
  const char* const named = std::getenv("INTAKE_LOG");
  const std::string format = !told.empty() ? told : named && *named ? named : "text";
  if (format != "text" && format != "json") throw failure(exit_status::usage, "--log: \"{}\": text or json", format);
  return format == "json";
}

}  // namespace

int tool::run(int argc, char** argv) {
  auto& shared = *state_->shared;
  shared.filter_.tool = state_->said.name;
  log::begin(state_->said.name, false);
  try {
    sandbox::conceal();
    std::setlocale(LC_CTYPE, "");  // the width of characters is all that is asked of it
    if (const auto text = made_from(definition(), {argv + 1, argv + argc})) {
      if (std::fwrite(text->data(), 1, text->size(), stdout) != text->size() || std::fflush(stdout) != 0)
        throw system_failure(exit_status::io, "stdout");
      return 0;
    }
    const auto& said = state_->said;
    CLI::App app(tr(said.summary), said.name);
    translate_headings(app);
    app.set_version_flag("--version", said.name + " " INTAKE_VERSION, tr("print the version and end"));
    app.set_help_flag("-h,--help", tr("print this help and end"));
    app.footer(footer(said.examples));
    for (const auto* options : {&std::as_const(state_->common), &said.options})
      for (const auto& option : *options)
        if (option.bind) option.bind(&app);
    const tool* chosen = this;
    for (const auto& command : state_->commands) {
      auto* sub = app.add_subcommand(command->state_->said.name, tr(command->state_->said.summary));
      sub->group(tr("Subcommands"));
      sub->footer(footer(command->state_->said.examples));
      sub->fallthrough();
      for (const auto& option : command->state_->said.options) option.bind(sub);
      sub->callback([&chosen, &command] { chosen = command.get(); });
    }
    if (!state_->commands.empty()) app.require_subcommand(1);
    try {
      app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
      if (error.get_exit_code() == 0) {  // --help, --version
        app.exit(error);
        if (std::fflush(stdout) != 0) throw system_failure(exit_status::io, "stdout");
        return 0;
      }
      throw failure(exit_status::usage, "{} ({} --help)", wrong_words(error.what()), state_->said.name);
    }
    log::begin(said.name, wants_json(state_->log));
    if (state_->insecure) sandbox::disable();
    const exit_status status = chosen->state_->body(shared);
    if (std::fflush(stdout) != 0) throw system_failure(exit_status::io, "stdout");
    return static_cast<int>(status);
  } catch (const failure& error) {
    log::say(log::level::error, error.said(), static_cast<int>(error.status()));
    return static_cast<int>(error.status());
  } catch (const std::bad_alloc&) {
    log::say(log::level::error, phrase("out of memory"), static_cast<int>(exit_status::os));
    return static_cast<int>(exit_status::os);
  } catch (const std::exception& error) {
    log::say(log::level::error, phrase("{}: {}", phrase("a bug, please report it"), withheld(error.what())),
             static_cast<int>(exit_status::software));
    return static_cast<int>(exit_status::software);
  }
}

}  // namespace intake
