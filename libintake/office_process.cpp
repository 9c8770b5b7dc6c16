#include "office_process.hpp"

#include <unistd.h>

#include "channel.hpp"
#include "document_passwords.hpp"
#include "limits.hpp"
#include "nursery.hpp"
#include "nursery_heap.hpp"
#include "office_kit.hpp"
#include "office_memory.hpp"
#include "office_protocol.hpp"
#include "sandbox.hpp"
#include "text_document.hpp"

namespace intake {
namespace {

using namespace office_protocol;

void send_answer(int socket, const answer_head& head, std::string_view pdf = {}) {
  write_all(socket, {reinterpret_cast<const char*>(&head), sizeof head});
  write_all(socket, pdf);
}

void say(int socket, reply what) {
  send_answer(socket, {what, {}, 0, 0, 0});
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
                 private_path()};
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
void serve(office_kit& office, int socket) {
  sandbox::enter(sandbox::role::office, child_access());
  say(socket, reply::ready);
  request_head head{};
  read_all(socket, &head, sizeof head);
  std::string passwords(head.passwords, '\0'), bytes(head.size, '\0');
  read_all(socket, passwords.data(), passwords.size());
  read_all(socket, bytes.data(), bytes.size());
  if (head.family == document_family::plain_text) bytes = text_as_document(bytes);
  if (head.family == document_family::table) bytes = table_as_document(bytes);
  const std::string name = "/tmp/" + std::to_string(getpid());
  const std::string source = name + "." + head.extension.data(), target = name + ".pdf";
  write_file(source, bytes);
  office.on_password(unpack_passwords(passwords), [&] {
    say(socket, reply::password);
    _exit(0);
  });
  const auto made = office.convert(source, target, head.family);
  if (made.done) {
    const std::string pdf = read_file(target, limits::render_source_bytes);
    send_answer(socket, {reply::done, made.notes, made.sheets_whole ? 1U : 0U, made.password, pdf.size()}, pdf);
  } else {
    say(socket, is_locked_presentation(bytes) ? reply::password : reply::damaged);
  }
  _exit(0);  // LibreOffice's own way out takes its time and has no further use
}

}  // namespace

void run_office(int control, const std::string& fonts) {
  if (!await_request(control)) return;  // nothing is started for a run without office documents
  static office_kit office;
  office.start(fonts);
  office.loop([&] {
    office.warm_up();
    leave_fresh_heap();
    serve_nursery(control, {wait_for_one_thread, [&](int socket) { serve(office, socket); }});
    _exit(0);
  });
}

}  // namespace intake
