#include <algorithm>
#include <string>
#include <vector>

#include "filter.hpp"
#include "handled_line.hpp"
#include "lines.hpp"
#include "memory.hpp"
#include "record.hpp"

namespace intake {
namespace {

/// Holds handled lines back until they are made durable.
class batched_writer {
 public:
  batched_writer(line_reader& reader, const std::function<void()>& commit) : reader_(reader), commit_(commit) {}

  void write(const spliced_line& line) {
    const bool more = commit_ && reader_.ready() && held_bytes_ + line.size < limits::keeper_batch_bytes;
    if (more) {
      held_.push_back(line.join());
      held_bytes_ += line.size;
      return;
    }
    flush();
    writer_.write_line(line);
  }
  void write(std::string line) {
    spliced_line whole;
    whole.make(std::move(line));
    write(whole);
  }
  void flush() {
    if (commit_) commit_();
    for (const auto& line : held_) writer_.write_line(line);
    held_.clear();
    held_bytes_ = 0;
  }
  void finish() {
    flush();
    writer_.finish();
  }

 private:
  line_reader& reader_;
  const std::function<void()>& commit_;
  record_writer writer_;
  std::vector<std::string> held_;
  std::size_t held_bytes_ = 0;
};

}  // namespace

exit_status run_keeper(const filter_options& options, const std::string& name,
                       const std::function<void(record&)>& handle, const std::function<void()>& commit) {
  keep_memory();
  line_reader reader(0);
  batched_writer writer(reader, commit);
  bool unusable_seen = false, met_fail_on = false;
  for (;;) {
    const auto outcome = reader.next();
    if (outcome == line_reader::outcome::end) break;
    try {
      if (outcome == line_reader::outcome::torn) throw unusable_line("torn: the line has no end");
      if (outcome == line_reader::outcome::too_long) throw unusable_line("longer than the limit of a record");
      record rec = record::over(reader.line());
      handle(rec);
      stamp(rec, name, options.tool);
      const auto result = rec.edits().apply(reader.line());
      met_fail_on |= meets_fail_on(options, reader.line(), rec.edits());
      writer.write(result);
    } catch (const unusable_line& error) {
      writer.write(unusable(reader.line(), reader.size(), reader.digest(), error.what()));
      unusable_seen = true;
    }
  }
  writer.finish();
  return unusable_seen ? exit_status::data : met_fail_on ? exit_status::findings : exit_status::ok;
}

}  // namespace intake
