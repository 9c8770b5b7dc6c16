#include "office.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "channel.hpp"
#include "failure.hpp"
#include "limits.hpp"
#include "office_process.hpp"
#include "office_protocol.hpp"

namespace intake {
namespace {

using namespace office_protocol;

std::string fonts_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (!file.good() && text.empty()) throw failure(exit_status::no_input, "{}: the font table is missing", path);
  return text;
}

std::string require_office(const std::string& fonts) {
  const std::string program = "/usr/lib/libreoffice/program";
  if (access((program + "/libmergedlo.so").c_str(), R_OK) != 0 &&
      access((program + "/libsofficeapp.so").c_str(), R_OK) != 0)
    throw failure(exit_status::unavailable, "no LibreOffice in {}", program);
  return fonts_text(fonts);
}

office_answer::outcome reason(channel::outcome outcome) {
  return outcome == channel::outcome::late ? office_answer::outcome::timeout : office_answer::outcome::failed;
}

bool acceptable(const answer_head& head, const document_passwords& tried) {
  const auto& notes = head.notes;
  return head.size <= limits::render_source_bytes && head.sheets_whole <= 1 &&
         (head.password == 0 || !tried.label(head.password).empty()) &&
         std::max({notes.hidden_sheets, notes.comments, notes.changes}) <= limits::render_notes;
}

office_answer convert_once(const nursery& nursery, const document_kind& kind, std::string_view bytes,
                           std::chrono::milliseconds time, const document_passwords& passwords) {
  using outcome = office_answer::outcome;
  // Until it is ready the child may be waiting for LibreOffice to start; its own time begins after that.
  channel child(nursery.ask(limits::worker_start + time), channel::clock::now() + limits::worker_start);
  answer_head head{};
  if (const auto got = child.receive(head); got != channel::outcome::done) return {reason(got), {}};
  if (head.what != reply::ready) return {outcome::failed, {}};
  child.until(channel::clock::now() + time);
  request_head asked{kind.family, {}, passwords.packed().size(), bytes.size()};
  kind.extension.copy(asked.extension.data(), asked.extension.size() - 1);
  const std::string_view start(reinterpret_cast<const char*>(&asked), sizeof asked);
  for (const std::string_view part : {start, passwords.packed(), bytes})
    if (const auto sent = child.send(part); sent != channel::outcome::done) return {reason(sent), {}};
  if (const auto got = child.receive(head); got != channel::outcome::done) return {reason(got), {}};
  if (head.what == reply::password && head.size == 0) return {outcome::password, {}};
  if (head.what == reply::damaged && head.size == 0) return {outcome::damaged, {}};
  if (head.what != reply::done || !acceptable(head, passwords)) return {outcome::failed, {}};
  office_answer answer{outcome::done, std::string(head.size, '\0'), head.notes, head.sheets_whole == 1, head.password};
  if (const auto got = child.receive(answer.untrusted_pdf.data(), head.size); got != channel::outcome::done)
    return {reason(got), {}};
  return answer;
}

}  // namespace

office::office(const std::string& fonts)
    : nursery_([text = require_office(fonts)](int control) { run_office(control, text); }) {}

office_answer office::convert(const document_kind& kind, std::string_view bytes, std::chrono::milliseconds time,
                              const document_passwords& passwords) const {
  using outcome = office_answer::outcome;
  const auto twice = [&](const document_passwords& with) {
    auto answer = convert_once(nursery_, kind, bytes, time, with);
    if (answer.what == outcome::timeout || answer.what == outcome::failed)
      answer = convert_once(nursery_, kind, bytes, time, with);
    return answer;
  };
  auto answer = twice({});
  if (answer.what == outcome::password && !passwords.empty()) answer = twice(passwords);
  return answer;
}

}  // namespace intake
