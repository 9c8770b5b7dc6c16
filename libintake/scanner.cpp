#include "scanner.hpp"

#include <clamav.h>
#include <zlib.h>

#include <algorithm>
#include <mutex>
#include <new>

#include "engine_memory.hpp"
#include "failure.hpp"

namespace intake {
namespace {

struct free_engine {
  void operator()(cl_engine* engine) const { cl_engine_free(engine); }
};

// The engine tells of trouble (a temporary directory that cannot be used, memory that is not there) in its log alone,
// and goes on to call the file clean. Its errors are kept here, and end in an unknown verdict.
std::string& last_error() {
  static std::string text;
  return text;
}

void on_message(cl_msg severity, const char*, const char* message, void*) {
  if (severity != CL_MSG_ERROR || !last_error().empty()) return;
  last_error() = message ? std::string(message).substr(0, 300) : "error";
  while (!last_error().empty() && last_error().back() == '\n') last_error().pop_back();
}

void on_found(int, const char* name, void* names) {
  auto& list = *static_cast<std::vector<std::string>*>(names);
  if (list.size() < limits::active_reports) list.emplace_back(name ? name : "");
}

void initialise() {
  static std::once_flag done;
  std::call_once(done, [] {
    cl_set_clcb_msg(on_message);
    if (cl_init(CL_INIT_DEFAULT) != CL_SUCCESS) throw failure(exit_status::unavailable, "ClamAV cannot be initialised");
  });
}

// The test file of EICAR, put together here so that no scanner ever takes this program for it, and packed: the engine
// has to unpack it to its temporary directory, without which it would find nothing in anything packed.
std::string canary() {
  std::string eicar =
      std::string("X5O!P%@AP[4\\PZX54(P^)7CC)7}$") + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!" + "$H+H*";
  std::string packed(256, '\0');
  z_stream stream{};
  constexpr int gzip = 16 + MAX_WBITS;
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, gzip, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  stream.next_in = reinterpret_cast<Bytef*>(eicar.data());
  stream.avail_in = static_cast<uInt>(eicar.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw failure(exit_status::software, "the test file cannot be packed");
  return packed;
}

void set(cl_engine* engine, cl_engine_field field, std::size_t value) {
  if (cl_engine_set_num(engine, field, static_cast<long long>(value)) != CL_SUCCESS)
    throw failure(exit_status::unavailable, "ClamAV refuses option {}", static_cast<int>(field));
}

cl_scan_options scan_options() {
  cl_scan_options options{};
  // All matches: a heuristic about a macro must not hide a virus beside it.
  options.general = CL_SCAN_GENERAL_HEURISTICS | CL_SCAN_GENERAL_ALLMATCHES;
  options.parse = ~0U;
  options.heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_MACROS | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
                      CL_SCAN_HEURISTIC_ENCRYPTED_DOC;
  return options;
}

}  // namespace

struct scanner::state {
  std::unique_ptr<cl_engine, free_engine> engine;
  std::string canary;
};

std::string_view to_string(verdict verdict) {
  switch (verdict) {
    case verdict::clean:
      return "clean";
    case verdict::infected:
      return "infected";
    case verdict::unknown:
      break;
  }
  return "unknown";
}

void scan_result::add(finding_code code, std::string detail) {
  const auto same = [&](const item& one) { return &one.code.kind() == &code.kind() && one.detail == detail; };
  if (std::none_of(items.begin(), items.end(), same)) items.push_back({code, std::move(detail)});
}

finding_code meaning_of_signature(std::string_view name) {
  const auto begins = [&](std::string_view start) { return name.starts_with(start); };
  if (name.empty() || begins("Heuristics.Limits.")) return "scan.limit";
  if (begins("Heuristics.Encrypted.")) return "scan.encrypted";
  if (begins("Heuristics.OLE2.ContainsMacros.XLM")) return "macro.xlm";
  if (begins("Heuristics.OLE2.ContainsMacros")) return "macro.vba";
  return "malware.found";
}

scanner::scanner(const scanner_options& options) : options_(options) {
  initialise();
  engine_ = std::string("ClamAV ") + cl_retver();
  load();
}

void scanner::load() {
  const auto& options = options_;
  tried_ = look_at_signatures(options.database, std::time(nullptr)).state;
  auto database = read_signature_database(options.database);
  last_error().clear();
  auto made = std::make_unique<state>();
  made->canary = canary();
  made->engine.reset(cl_engine_new());
  cl_engine* const engine = made->engine.get();
  if (!engine || cl_engine_set_str(engine, CL_ENGINE_TMPDIR, options.temporary.c_str()) != CL_SUCCESS)
    throw failure(exit_status::unavailable, "ClamAV: no engine");
  set(engine, CL_ENGINE_MAX_FILESIZE, options.engine_file_bytes);
  set(engine, CL_ENGINE_MAX_SCANSIZE, options.engine_total_bytes);
  set(engine, CL_ENGINE_MAX_FILES, options.engine_files);
  set(engine, CL_ENGINE_MAX_RECURSION, options.engine_recursion);
  set(engine, CL_ENGINE_MAX_SCANTIME, static_cast<std::size_t>(options.time.count()));
  // Beyond these the engine leaves a part out and says nothing: none of them may lie below our own limit.
  for (const auto field : {CL_ENGINE_MAX_EMBEDDEDPE, CL_ENGINE_MAX_HTMLNORMALIZE, CL_ENGINE_MAX_HTMLNOTAGS,
                           CL_ENGINE_MAX_SCRIPTNORMALIZE, CL_ENGINE_MAX_ZIPTYPERCG, CL_ENGINE_PCRE_MAX_FILESIZE})
    set(engine, field, options.engine_file_bytes);
  // Its cache of clean files goes by MD5, for which two files of one digest are easily made.
  set(engine, CL_ENGINE_DISABLE_CACHE, 1);
  // Compiling bytecode to machine code needs memory that can be written and run, which the sandbox refuses.
  set(engine, CL_ENGINE_BYTECODE_MODE, CL_BYTECODE_MODE_INTERPRETER);
  unsigned signatures = 0;
  const auto say = [&](cl_error_t error) {
    const std::string detail = last_error().empty() ? "" : " (" + last_error() + ')';
    return failure(exit_status::unavailable, "signature database {}: {}{}", options.database, cl_strerror(error),
                   detail);
  };
  if (const auto error = cl_load(options.database.c_str(), engine, &signatures, CL_DB_STDOPT)) throw say(error);
  if (signatures == 0)
    throw failure(exit_status::unavailable, "signature database {}: no signatures in it", options.database);
  if (const auto error = cl_engine_compile(engine)) throw say(error);
  cl_engine_set_clcb_virus_found(engine, on_found);
  database.signatures = signatures;
  database_ = std::move(database);
  state_ = std::move(made);
}

bool scanner::outdated() const {
  const auto now = look_at_signatures(options_.database, std::time(nullptr));
  return now.settled && now.state != tried_;
}

void scanner::reload() {
  auto used = std::move(state_);
  auto described = database_;
  try {
    load();
    if (!detects_canary())
      throw failure(exit_status::unavailable, "signature database {}: the test file is not found", options_.database);
  } catch (const failure&) {
    state_ = std::move(used);
    database_ = std::move(described);
    throw;
  }
}

scanner::~scanner() = default;

bool scanner::detects_canary() {
  return scan(state_->canary).verdict == verdict::infected;
}

scan_result scanner::scan(std::string_view untrusted_bytes) {
  scan_result result;
  if (untrusted_bytes.size() > options_.file_bytes) {
    result.add("scan.limit", "larger than " + std::to_string(options_.file_bytes) + " bytes");
    return result;
  }
  if (untrusted_bytes.empty()) {
    result.verdict = verdict::clean;
    return result;
  }
  cl_fmap_t* const map = cl_fmap_open_memory(untrusted_bytes.data(), untrusted_bytes.size());
  if (!map) {
    result.add("scan.failed", "out of memory");
    return result;
  }
  last_error().clear();
  std::vector<std::string> names;
  const char* name = nullptr;
  unsigned long scanned = 0;
  cl_scan_options options = scan_options();
  const engine_memory kept;
  const cl_error_t outcome = cl_scanmap_callback(map, nullptr, &name, &scanned, state_->engine.get(), &options, &names);
  cl_fmap_close(map);
  if (outcome == CL_VIRUS && names.empty()) names.emplace_back(name ? name : "");
  bool undecided = false;
  for (const std::string& found : names) {
    const finding_code code = meaning_of_signature(found);
    result.add(code, found.empty() ? "a limit of the engine" : found);
    if (code.kind().code == "malware.found" && result.signature.empty()) result.signature = found;
    undecided = undecided || code.kind().code.starts_with("scan.");
  }
  if (outcome == CL_ETIMEOUT || outcome == CL_EMAXSIZE || outcome == CL_EMAXFILES || outcome == CL_EMAXREC) {
    result.add("scan.limit", cl_strerror(outcome));
    undecided = true;
  } else if (outcome != CL_CLEAN && outcome != CL_VIRUS) {
    result.add("scan.failed", cl_strerror(outcome));
    undecided = true;
  } else if (!last_error().empty()) {
    result.add("scan.failed", last_error());
    undecided = true;
  }
  result.verdict = !result.signature.empty() ? verdict::infected : undecided ? verdict::unknown : verdict::clean;
  return result;
}

}  // namespace intake
