// What all mains share: options, help, configuration, status. The only code behind it that sees CLI11 is tool.cpp.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libintake/config.hpp"
#include "libintake/failure.hpp"
#include "libintake/filter.hpp"
#include "libintake/profile.hpp"
#include "manual.hpp"

namespace intake {

/// What a tool's body is given. Configuration and profile are loaded on first use, before anything hostile is read;
/// loading them sets the clause labels.
class context {
 public:
  [[nodiscard]] const intake::config& config();
  [[nodiscard]] const intake::profile& profile();
  [[nodiscard]] const filter_options& filter() const { return filter_; }

 private:
  friend class tool;
  std::string config_path_;
  std::optional<intake::config> config_;
  std::optional<intake::profile> profile_;
  filter_options filter_;
};

/// The definition of a command: its options, examples and body. Everything said about the command comes from here.
class tool {
 public:
  tool(std::string name, std::string summary);
  ~tool();
  tool(const tool&) = delete;
  tool& operator=(const tool&) = delete;

  tool& option(const std::string& names, std::string& target, const std::string& metavar, const std::string& help,
               const std::string& completes = {});
  tool& option(const std::string& names, std::vector<std::string>& target, const std::string& metavar,
               const std::string& help, const std::string& completes = {});
  tool& option(const std::string& names, unsigned& target, const std::string& metavar, const std::string& help,
               unsigned low = 0, unsigned high = 4294967295U);
  tool& flag(const std::string& names, bool& target, const std::string& help);
  /// `required`: usage error (64) when absent.
  tool& positional(const std::string& name, std::string& target, const std::string& help, bool required = true,
                   const std::string& completes = {});
  tool& positional(const std::string& name, std::vector<std::string>& target, const std::string& help,
                   bool required = false, const std::string& completes = {});
  /// Adds --jobs and --fail-on: for record filters with workers; one worker, or one for each core, unless told.
  tool& is_filter(bool on_all_cores = false);
  /// Adds --fail-on: for record filters that do their work in this process.
  tool& is_keeper();
  /// Adds --progress: for long work.
  tool& shows_progress();
  /// Further sentences for the manual page.
  tool& about(const std::string& text);
  tool& example(const std::string& command, const std::string& explanation);
  /// A subcommand with options of its own; the tool then requires one.
  tool& command(const std::string& name, const std::string& summary);
  /// The body of this command.
  tool& body(std::function<exit_status(context&)> body);

  /// Everything said about the command, with the options that all have.
  [[nodiscard]] command_definition definition() const;

  /// Parses, runs the body, turns every failure into a message and a status. Returns what main returns.
  [[nodiscard]] int run(int argc, char** argv);

 private:
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace intake
