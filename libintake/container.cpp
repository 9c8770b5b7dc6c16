#include "container.hpp"

#include <gsf/gsf-infile-msole.h>
#include <gsf/gsf-infile.h>
#include <gsf/gsf-input-memory.h>

#include <algorithm>

#include "limits.hpp"
#include "zip_archive.hpp"
#include "zip_directory.hpp"

// GObject's cast macros are C.
#pragma GCC diagnostic ignored "-Wold-style-cast"

namespace intake {
namespace {

struct unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <typename T>
using object = std::unique_ptr<T, unref>;

// libgsf tells of hostile input on stdout and stderr, through glib; the outcome is a finding, so its words are dropped.
void quieten() {
  static const bool done = [] {
    g_log_set_default_handler([](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
    g_set_print_handler([](const gchar*) {});
    g_set_printerr_handler([](const gchar*) {});
    return true;
  }();
  static_cast<void>(done);
}

object<GsfInput> child_at(GsfInput* parent, int index) {
  return object<GsfInput>(gsf_infile_child_by_index(GSF_INFILE(parent), index));
}

}  // namespace

struct container::state {
  object<GsfInput> root;
  std::vector<zip_member> members;
};

container::container() : state_(std::make_unique<state>()) {}
container::container(container&&) noexcept = default;
container& container::operator=(container&&) noexcept = default;
container::~container() = default;

std::optional<container> container::open(std::string_view untrusted_bytes, format format,
                                         std::optional<archive_refused>* why) {
  if (format == format::zip) try {
      container result;
      result.list_zip(untrusted_bytes);
      return result;
    } catch (const archive_refused& refused) {
      if (why) *why = refused;
      return std::nullopt;
    }
  quieten();
  if (untrusted_bytes.empty()) return std::nullopt;
  const object<GsfInput> bytes(gsf_input_memory_new(reinterpret_cast<const guint8*>(untrusted_bytes.data()),
                                                    static_cast<gsf_off_t>(untrusted_bytes.size()), FALSE));
  if (!bytes) return std::nullopt;
  GError* error = nullptr;
  GsfInfile* infile = gsf_infile_msole_new(bytes.get(), &error);
  if (error) g_error_free(error);
  if (!infile) return std::nullopt;
  container result;
  result.state_->root.reset(GSF_INPUT(infile));
  std::vector<int> where;
  result.list(infile, "", where);
  return result;
}

void container::list_zip(std::string_view bytes) {
  archive_limits limits;
  limits.members = limits::container_entries;
  archive_budget budget(limits);
  state_->members = read_zip_directory(bytes, budget);
  for (const auto& member : state_->members) {
    const std::string path = member.is_directory() ? member.name.substr(0, member.name.size() - 1) : member.name;
    entries_.push_back({path,
                        lower_ascii(path.substr(path.rfind('/') + 1)),
                        member.size,
                        member.is_directory(),
                        {static_cast<int>(entries_.size())}});
  }
}

void container::list(void* infile, const std::string& prefix, std::vector<int>& where) {
  if (where.size() >= limits::container_depth) {
    truncated_ = true;
    return;
  }
  auto* const storage = static_cast<GsfInfile*>(infile);
  const int count = gsf_infile_num_children(storage);
  for (int index = 0; index < count; ++index) {
    if (entries_.size() >= limits::container_entries) {
      truncated_ = true;
      return;
    }
    const char* const name = gsf_infile_name_by_index(storage, index);
    const object<GsfInput> child = child_at(GSF_INPUT(storage), index);
    where.push_back(index);
    // A child that cannot be opened is kept as a stream, so that reading it fails and is told.
    const bool is_storage =
        child && GSF_IS_INFILE(child.get()) && gsf_infile_num_children(GSF_INFILE(child.get())) >= 0;
    const std::string path = prefix + (name ? name : "");
    entries_.push_back({path, lower_ascii(name ? name : ""),
                        child && !is_storage ? static_cast<std::uint64_t>(gsf_input_size(child.get())) : 0, is_storage,
                        where});
    if (is_storage) list(child.get(), path + '/', where);
    where.pop_back();
  }
}

const container::entry* container::find(std::string_view path) const {
  const std::string wanted = lower_ascii(path);
  for (const entry& one : entries_)
    if (one.path.size() == wanted.size() && lower_ascii(one.path) == wanted) return &one;
  return nullptr;
}

std::optional<std::string> container::read(const entry& from, std::size_t limit) const {
  if (!state_->root) try {
      auto bytes = unpack_plain_member(state_->members[static_cast<std::size_t>(from.where[0])]);
      if (bytes.size() > limit) bytes.resize(limit);
      return bytes;
    } catch (const archive_refused&) {
      return std::nullopt;
    }
  GsfInput* at = state_->root.get();
  object<GsfInput> held;
  for (const int index : from.where) {
    if (!GSF_IS_INFILE(at)) return std::nullopt;
    held = child_at(at, index);
    if (!held) return std::nullopt;
    at = held.get();
  }
  const auto size =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max<gsf_off_t>(gsf_input_size(at), 0)), limit);
  std::string bytes;
  // In pieces, so that a declared size that the stream does not have costs no memory.
  constexpr std::size_t piece = 1 * limits::mib;
  while (bytes.size() < size) {
    const std::size_t want = std::min<std::size_t>(piece, size - bytes.size());
    const guint8* const got = gsf_input_read(at, want, nullptr);
    if (!got) return std::nullopt;
    bytes.append(reinterpret_cast<const char*>(got), want);
  }
  return bytes;
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return lower;
}

}  // namespace intake
