#include "office.hpp"

#define LOK_USE_UNSTABLE_API  // runLoop, saveAs and callbacks are declared behind it
#include <LibreOfficeKit/LibreOfficeKit.h>
#include <LibreOfficeKit/LibreOfficeKitEnums.h>
#include <LibreOfficeKit/LibreOfficeKitInit.h>
#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <vector>

#include "channel.hpp"
#include "failure.hpp"
#include "limits.hpp"
#include "office_profile.hpp"
#include "sandbox.hpp"
#include "text_document.hpp"

namespace intake {
namespace {

constexpr const char* installation = "/usr/lib/libreoffice/program";
/// Under a mount of our own in our own mount namespace: memory, gone with the process, seen by nobody else.
constexpr const char* private_folder = "/run/intake-office";

// Messages of the child: `ready` once it is confined, then one answer.
enum class reply : std::uint32_t { ready = 1, done, damaged, password };

struct request_head {
  document_family family;
  std::array<char, 8> extension;
  std::uint64_t size;
};

struct answer_head {
  reply what;
  std::uint64_t size;
};

std::string path_in(const char* folder) {
  return std::string(private_folder) + "/" + folder;
}

void send_answer(int socket, reply what, std::string_view pdf = {}) {
  const answer_head head{what, pdf.size()};
  write_all(socket, {reinterpret_cast<const char*>(&head), sizeof head});
  write_all(socket, pdf);
}

// The parent: LibreOffice, warm.

void write_file(const std::string& path, std::string_view bytes) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) throw system_failure(exit_status::os, path);
  write_all(fd, bytes);
  close(fd);
}

std::string read_file(const std::string& path, std::size_t most) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat what {};
  if (fd < 0 || fstat(fd, &what) != 0 || static_cast<std::size_t>(what.st_size) > most)
    throw std::runtime_error("no result");
  std::string bytes(static_cast<std::size_t>(what.st_size), '\0');
  read_all(fd, bytes.data(), bytes.size());
  close(fd);
  return bytes;
}

void must(bool done, const char* what) {
  if (!done) throw system_failure(exit_status::os, std::string("private memory for LibreOffice: ") + what);
}

void map_identity(const char* file, unsigned id) {
  const std::string line = std::to_string(id) + " " + std::to_string(id) + " 1";
  const int fd = open(file, O_WRONLY | O_CLOEXEC);
  must(fd >= 0 && write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size()), file);
  close(fd);
}

/// Own mounts for the profile and temporary files, so that nothing of LibreOffice's ever lies on a disk.
void enter_private_memory() {
  const auto uid = geteuid();
  const auto gid = getegid();
  must(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC) == 0, "user namespaces");
  const int groups = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
  if (groups >= 0) {
    (void)!write(groups, "deny", 4);
    close(groups);
  }
  map_identity("/proc/self/uid_map", uid);
  map_identity("/proc/self/gid_map", gid);
  must(mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, "mounts");
  // LibreOffice stamps the cache of its packages where it may; here it may not.
  constexpr const char* cache = "/var/spool/libreoffice";
  if (access(cache, F_OK) == 0) {
    must(mount(cache, cache, nullptr, MS_BIND, nullptr) == 0, cache);
    must(mount(nullptr, cache, nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, nullptr) == 0, cache);
  }
  for (const char* folder : {"/run", "/tmp"})
    must(mount("intake", folder, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700,size=268435456") == 0, folder);
  must(mkdir(private_folder, 0700) == 0, private_folder);
  // The kernel forgot it when the user namespace brought capabilities.
  must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0, "signal of the parent's death");
}

/// LibreOffice reads much of the environment; it gets none of the caller's.
void set_environment(const std::string& fonts) {
  clearenv();
  const std::string fonts_file = path_in("fonts.conf");
  write_file(fonts_file, fonts);
  setenv("PATH", "/usr/bin:/bin", 1);
  setenv("HOME", "/tmp", 1);
  setenv("TMPDIR", "/tmp", 1);
  setenv("LANG", "C.UTF-8", 1);
  setenv("FONTCONFIG_FILE", fonts_file.c_str(), 1);
  setenv("SAL_USE_VCLPLUGIN", "svp", 1);
  setenv("SAL_LOK_OPTIONS", "unipoll", 1);  // without it the office runs threads, and a forked child hangs
  setenv("SAL_LOG", "-INFO-WARN", 1);
}

unsigned threads() {
  DIR* const tasks = opendir("/proc/self/task");
  unsigned count = 0;
  while (const dirent* entry = tasks ? readdir(tasks) : nullptr) count += entry->d_name[0] != '.';
  if (tasks) closedir(tasks);
  return count;
}

/// A child that is forked while another thread holds a lock waits for it for ever.
bool wait_for_one_thread() {
  for (int tries = 0; tries < 2000; ++tries) {
    if (threads() == 1) return true;
    usleep(1000);
  }
  return false;
}

/// Folders that LibreOffice made for its temporary files and expects to find again in the child.
std::vector<std::string> temporary_folders() {
  std::vector<std::string> found;
  DIR* const folder = opendir("/tmp");
  while (const dirent* entry = folder ? readdir(folder) : nullptr)
    if (std::strncmp(entry->d_name, "lu", 2) == 0) found.emplace_back(entry->d_name);
  if (folder) closedir(folder);
  return found;
}

/// PDF export: what is only of use in the PDF itself is left out, for raster reads pages and nothing else.
constexpr const char* export_options =
    R"({"ExportBookmarks":{"type":"boolean","value":"false"},"ExportNotes":{"type":"boolean","value":"false"},)"
    R"("UseTaggedPDF":{"type":"boolean","value":"false"},"ExportFormFields":{"type":"boolean","value":"false"},)"
    R"("ReduceImageResolution":{"type":"boolean","value":"true"},"MaxImageResolution":{"type":"long","value":"300"},)"
    R"("Quality":{"type":"long","value":"90"}})";

class kit {
 public:
  void start(const std::string& fonts) {
    enter_private_memory();
    set_environment(fonts);
    const std::string profile = path_in("profile");
    must(mkdir(profile.c_str(), 0700) == 0 && mkdir((profile + "/user").c_str(), 0700) == 0, "profile");
    write_file(profile + "/user/registrymodifications.xcu", office_settings());
    const int words = fcntl(2, F_DUPFD_CLOEXEC, 3);
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nothing, 2);  // LibreOffice chats; what matters comes through the socket
    kit_ = lok_init_2(installation, ("file://" + profile).c_str());
    if (kit_ == nullptr) dup2(words, 2);
    close(words);
    close(nothing);
    if (kit_ == nullptr) throw failure(exit_status::unavailable, "LibreOffice does not start");
    kit_->pClass->setOptionalFeatures(kit_, LOK_FEATURE_DOCUMENT_PASSWORD);
    kit_->pClass->registerCallback(kit_, on_event, this);
  }

  /// Calls `body` from within LibreOffice's own loop, which never returns to its caller.
  template <typename Body>
  void loop(Body& body) {
    kit_->pClass->runLoop(
        kit_,
        [](void* data, int) {
          static bool inside = false;
          if (inside) return 0;
          inside = true;
          (*static_cast<Body*>(data))();
          return 0;
        },
        [](void*) {}, &body);
  }

  /// Loads `path` as the kind of document it was judged to be and writes it to `to` as PDF.
  reply convert(const std::string& path, const std::string& to, int kind) {
    LibreOfficeKitDocument* const document =
        kit_->pClass->documentLoadWithOptions(kit_, ("file://" + path).c_str(), "Batch=true,Language=ja-JP");
    if (document == nullptr) return reply::damaged;
    // The extension decides which filter is asked first, the content may still win: what then opened is not what the
    // file was judged as.
    const bool right_kind = document->pClass->getDocumentType(document) == kind;
    const bool saved =
        right_kind && document->pClass->saveAs(document, ("file://" + to).c_str(), "pdf", export_options) != 0;
    if (socket_ < 0) document->pClass->destroy(document);
    return saved ? reply::done : reply::damaged;
  }

  /// Converts a letter of our own: code is loaded, fonts are found, caches are filled. Without it a child does not even
  /// work; warming for sheets, slides and the foreign formats too costs more than it gives back on a day's documents.
  void warm_up() {
    write_file("/tmp/warm.fodt", text_as_document("申請書　見本 花子\tABC 123\n「」、。ァ亜①㈱"));
    (void)convert("/tmp/warm.fodt", "/tmp/warm.pdf", LOK_DOCTYPE_TEXT);
    unlink("/tmp/warm.fodt");
    unlink("/tmp/warm.pdf");
  }

  /// This process is a child that ends with its document and answers on `socket`: taking the document apart at the end
  /// is wasted time, and a question for a password ends it.
  void answer_on(int socket) { socket_ = socket; }

 private:
  static void on_event(int type, const char* url, void* self) {
    auto& kit = *static_cast<class kit*>(self);
    if (type == LOK_CALLBACK_DOCUMENT_PASSWORD && kit.socket_ >= 0) {
      // Not by declining: the import filter for .doc crashes then.
      send_answer(kit.socket_, reply::password);
      _exit(0);
    }
    // Without a password to modify it opens for reading.
    if (type == LOK_CALLBACK_DOCUMENT_PASSWORD_TO_MODIFY) kit.kit_->pClass->setDocumentPassword(kit.kit_, url, nullptr);
  }

  LibreOfficeKit* kit_ = nullptr;
  int socket_ = -1;
};

int document_type(document_family family) {
  switch (family) {
    case document_family::calc:
    case document_family::table:
      return LOK_DOCTYPE_SPREADSHEET;
    case document_family::impress:
      return LOK_DOCTYPE_PRESENTATION;
    default:
      return LOK_DOCTYPE_TEXT;
  }
}

sandbox::access child_access() {
  sandbox::access access;
  access.read = {"/usr",
                 "/lib",
                 "/lib64",
                 "/etc/fonts",
                 "/etc/libreoffice",
                 "/etc/alternatives",
                 "/var/cache/fontconfig",
                 "/var/lib/libreoffice",
                 private_folder};
  access.tmpfs_bytes = 512 * limits::mib;
  access.tmp_folders = temporary_folders();
  return access;
}

/// The binary PowerPoint format: LibreOffice asks for no password there, it just does not open the file. The stream
/// "Current User" tells by its token ([MS-PPT] 2.3.2).
bool is_locked_presentation(std::string_view bytes) {
  constexpr std::string_view ole("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8), token("\x14\0\0\0\xDF\xC4\xD1\xF3", 8);
  return bytes.starts_with(ole) && bytes.find(token) != bytes.npos;
}

/// One received document, in a child of its own.
void serve(kit& office, int socket) {
  sandbox::enter(sandbox::role::office, child_access());
  send_answer(socket, reply::ready);
  request_head head{};
  read_all(socket, &head, sizeof head);
  std::string bytes(head.size, '\0');
  read_all(socket, bytes.data(), bytes.size());
  if (head.family == document_family::plain_text) bytes = text_as_document(bytes);
  if (head.family == document_family::table) bytes = table_as_document(bytes);
  const std::string name = "/tmp/" + std::to_string(getpid());
  const std::string source = name + "." + head.extension.data(), target = name + ".pdf";
  write_file(source, bytes);
  office.answer_on(socket);
  reply what = office.convert(source, target, document_type(head.family));
  if (what == reply::damaged && is_locked_presentation(bytes)) what = reply::password;
  send_answer(socket, what, what == reply::done ? read_file(target, limits::render_source_bytes) : std::string());
  _exit(0);  // LibreOffice's own way out takes its time and has no further use
}

void run_nursery(int control, const std::string& fonts) {
  if (!await_request(control)) return;  // nothing is started for a run without office documents
  static kit office;
  office.start(fonts);
  auto body = [&] {
    office.warm_up();
    serve_nursery(control, {wait_for_one_thread, [&](int socket) { serve(office, socket); }});
    _exit(0);
  };
  office.loop(body);
}

std::string fonts_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file.good() && text.empty()) throw failure(exit_status::no_input, path + ": the font table is missing");
  return text;
}

std::string require_office(const std::string& fonts) {
  if (access((std::string(installation) + "/libmergedlo.so").c_str(), R_OK) != 0 &&
      access((std::string(installation) + "/libsofficeapp.so").c_str(), R_OK) != 0)
    throw failure(exit_status::unavailable, std::string("no LibreOffice in ") + installation);
  return fonts_text(fonts);
}

office_answer::outcome reason(channel::outcome outcome) {
  return outcome == channel::outcome::late ? office_answer::outcome::timeout : office_answer::outcome::failed;
}

office_answer convert_once(const nursery& nursery, const document_kind& kind, std::string_view bytes,
                           std::chrono::milliseconds time) {
  using outcome = office_answer::outcome;
  // Until it is ready the child may be waiting for LibreOffice to start; its own time begins after that.
  channel child(nursery.ask(limits::worker_start + time), channel::clock::now() + limits::worker_start);
  answer_head head{};
  if (const auto got = child.receive(head); got != channel::outcome::done) return {reason(got), {}};
  if (head.what != reply::ready) return {outcome::failed, {}};
  child.until(channel::clock::now() + time);
  request_head asked{kind.family, {}, bytes.size()};
  kind.extension.copy(asked.extension.data(), asked.extension.size() - 1);
  for (const std::string_view part : {std::string_view(reinterpret_cast<const char*>(&asked), sizeof asked), bytes})
    if (const auto sent = child.send(part); sent != channel::outcome::done) return {reason(sent), {}};
  if (const auto got = child.receive(head); got != channel::outcome::done) return {reason(got), {}};
  if (head.what == reply::password && head.size == 0) return {outcome::password, {}};
  if (head.what == reply::damaged && head.size == 0) return {outcome::damaged, {}};
  if (head.what != reply::done || head.size > limits::render_source_bytes) return {outcome::failed, {}};
  office_answer answer{outcome::done, std::string(head.size, '\0')};
  if (const auto got = child.receive(answer.untrusted_pdf.data(), head.size); got != channel::outcome::done)
    return {reason(got), {}};
  return answer;
}

}  // namespace

office::office(const std::string& fonts)
    : nursery_([text = require_office(fonts)](int control) { run_nursery(control, text); }) {}

office_answer office::convert(const document_kind& kind, std::string_view bytes, std::chrono::milliseconds time) const {
  auto answer = convert_once(nursery_, kind, bytes, time);
  if (answer.what == office_answer::outcome::timeout || answer.what == office_answer::outcome::failed)
    answer = convert_once(nursery_, kind, bytes, time);
  return answer;
}

}  // namespace intake
