// What every use of qpdf here shares; for sources only, as it shows qpdf's types.
#pragma once

#include <memory>
#include <qpdf/Buffer.hh>
#include <qpdf/Pl_Discard.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFLogger.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFWriter.hh>
#include <string>

namespace intake {

/// What it says of a received document, in the document's words, goes nowhere.
inline void silence(QPDF& pdf) {
  pdf.setSuppressWarnings(true);
  pdf.setLogger(QPDFLogger::create());
  pdf.getLogger()->setError(std::make_shared<Pl_Discard>());
  pdf.getLogger()->setWarn(std::make_shared<Pl_Discard>());
}

/// What a writer to memory, set up by the caller, has to write.
inline std::string written(QPDFWriter& writer) {
  writer.setOutputMemory();
  writer.setDeterministicID(true);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return {reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize()};
}

/// A document of our own making: the same bytes for the same pages, and no word but who made it.
inline std::string written_as_ours(QPDF& made) {
  auto info = made.makeIndirectObject(QPDFObjectHandle::newDictionary());
  info.replaceKey("/Producer", QPDFObjectHandle::newUnicodeString("intake"));
  made.getTrailer().replaceKey("/Info", info);
  QPDFWriter writer(made);
  writer.setObjectStreamMode(qpdf_o_generate);
  writer.setMinimumPDFVersion("1.7");
  return written(writer);
}

}  // namespace intake
