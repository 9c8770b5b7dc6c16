#include "locked_document.hpp"

#include <qpdf/QPDFExc.hh>

#include <cstring>

#include "ooxml_lock.hpp"
#include "qpdf_use.hpp"

namespace intake {
namespace {

using clock = std::chrono::steady_clock;

constexpr std::string_view pdf_type = "application/pdf", ooxml_type = "application/encrypted";

/// Calls `open` with one password after the other until it returns something.
template <typename Open>
std::optional<unlocked_document> with_each(std::span<const labelled_secret> passwords, clock::time_point until,
                                           std::string_view type, const Open& open) {
  for (const auto& each : passwords) {
    if (clock::now() >= until) return std::nullopt;
    if (auto data = open(each.value.view())) return unlocked_document{std::move(*data), each.label, type};
  }
  return std::nullopt;
}

/// What Excel locks a workbook with that it opens without asking: protected sheets of older versions, and malware.
constexpr std::string_view password_of_excel = "VelvetSweatshop";

enum class lock { none, shut, opened };

/// Throws what qpdf throws, but for a password that does not fit.
lock load(QPDF& pdf, std::string_view bytes, const char* password) {
  try {
    silence(pdf);
    pdf.processMemoryFile("received", bytes.data(), bytes.size(), password);
    return pdf.isEncrypted() ? lock::opened : lock::none;
  } catch (const QPDFExc& error) {
    if (error.getErrorCode() == qpdf_e_password) return lock::shut;
    throw;
  }
}

/// Everything in it, what nothing leads to as well: the scan is to see no less than there was.
std::string without_lock(QPDF& pdf) {
  QPDFWriter writer(pdf);
  writer.setPreserveEncryption(false);
  writer.setPreserveUnreferencedObjects(true);
  writer.setStreamDataMode(qpdf_s_preserve);
  return written(writer);
}

std::optional<unlocked_document> unlock_pdf(std::string_view bytes, std::span<const labelled_secret> passwords,
                                            clock::time_point until) {
  // The key stands in a dictionary that is itself never packed. A name that is written with escapes is not found here:
  // the file then stays as it came.
  if (passwords.empty() || bytes.find("/Encrypt") == bytes.npos) return std::nullopt;
  try {
    {
      // Opened by no password, with its restrictions alone: every reader of it does that by itself.
      QPDF pdf;
      if (load(pdf, bytes, "") != lock::shut) return std::nullopt;
    }
    return with_each(passwords, until, pdf_type, [&](std::string_view password) -> std::optional<std::string> {
      QPDF pdf;
      std::string ended(password);
      const auto state = load(pdf, bytes, ended.c_str());
      explicit_bzero(ended.data(), ended.size());
      return state == lock::opened ? std::optional(without_lock(pdf)) : std::nullopt;
    });
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception&) {
    return std::nullopt;  // damaged: the scan will say so
  }
}

}  // namespace

std::optional<unlocked_document> unlock_document(std::string_view untrusted_bytes,
                                                 std::span<const labelled_secret> passwords, clock::time_point until) {
  if (untrusted_bytes.size() > limits::render_source_bytes) return std::nullopt;
  // A reader takes a PDF for one that begins within its first KiB.
  if (untrusted_bytes.substr(0, limits::kib).find("%PDF-") != untrusted_bytes.npos)
    return unlock_pdf(untrusted_bytes, passwords, until);
  if (!untrusted_bytes.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) return std::nullopt;
  const auto lock = ooxml_lock::read(untrusted_bytes);
  if (!lock) return std::nullopt;
  if (auto data = lock->open(password_of_excel)) return unlocked_document{std::move(*data), {}, ooxml_type};
  return with_each(passwords, until, ooxml_type, [&](std::string_view password) { return lock->open(password); });
}

}  // namespace intake
