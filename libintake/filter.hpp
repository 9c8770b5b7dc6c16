// The frame of every filter. The main process is a line pump and a watchdog; a confined worker, forked after set-up,
// speaks the same protocol: one line in, one line out. Lines in = lines out, in order, whatever the worker does.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "failure.hpp"
#include "limits.hpp"
#include "lines.hpp"
#include "progress.hpp"
#include "record.hpp"
#include "sandbox.hpp"

namespace intake {

/// What every filter is given by the command line.
struct filter_options {
  unsigned jobs = 1;                 ///< workers; order is kept whatever their number
  std::vector<std::string> fail_on;  ///< dispositions that make the run end with exit_status::findings
  bool quiet = false;
  std::string progress;  ///< word for progress::shape_of
  std::string tool;      ///< "intake-scan"
};

struct filter_stage {
  std::string name;  ///< "scan": member of "stages", stamped on every record that the handler finished
  sandbox::role role = sandbox::role::parser;
  sandbox::access access = {};
  std::chrono::milliseconds deadline = limits::worker_line;  ///< for one line, plus worker_per_mebibyte
  /// Runs in each worker after it is confined and before the first line; throwing ends the run with that status
  /// (a scanner proves itself on a canary here).
  std::function<void()> prepare;
  /// Runs in the confined worker. A std::exception costs the record stage.failed; a crash or the deadline too.
  std::function<void(record&)> handle;
  /// Sockets to processes without which no record can be handled; the end of one ends the run (unavailable).
  std::vector<int> needed;
  /// Asked in the pump before a line is handed out, at most once a second: whether what the workers share has changed.
  /// Then, when none is at work, `renew` runs and they are forked anew.
  std::function<bool()> outdated;
  std::function<void()> renew;
  std::vector<std::string> pump_reads;  ///< host paths that these two need (only with a role that has a private root)
  /// Finding for a deadline instead of stage.failed.
  finding_code on_timeout = "stage.failed";
  /// Told of each line that is written; `handle` tells it of the files and pages of its record.
  progress* shown = nullptr;
};

/// Reads stdin to its end, hands each record to a worker, writes stdout. Returns ok, findings or data; throws failure
/// for what ends the run. When stdout is a terminal a table is written instead of records.
[[nodiscard]] exit_status run_filter(const filter_options& options, const filter_stage& stage);

/// The same without a worker, for filters that need the host's files and read no received format but the record
/// itself (ledger, export): `handle` runs in this process, which must already be confined as keeper. An exception of
/// type failure ends the run; whatever `handle` did before is the caller's to have made durable.
/// `commit`, if given, makes it durable: it is called before any handled line is written, once for all the lines that
/// were waiting (up to limits::keeper_batch_bytes), so that a full pipe costs one commit instead of one a line.
[[nodiscard]] exit_status run_keeper(const filter_options& options, const std::string& name,
                                     const std::function<void(record&)>& handle,
                                     const std::function<void()>& commit = {});

}  // namespace intake
