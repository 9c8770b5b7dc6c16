#include "vector_pdf.hpp"

#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFPageObjectHelper.hh>

#include "qpdf_use.hpp"
#include "vector_rebuild.hpp"

namespace intake {
namespace {

using namespace vector;

/// What an annotation shows becomes part of its page: a filled-in form is read by what stands in its fields.
void flatten(QPDF& from) {
  handle form = from.getRoot().getKey("/AcroForm");
  if (form.isDictionary() && form.hasKey("/XFA")) refuse("a form in XML (XFA)");
  QPDFPageDocumentHelper(from).flattenAnnotations(0, an_invisible | an_hidden);
}

handle page_of(rebuild& made, QPDFPageObjectHelper page) {
  page.externalizeInlineImages(0);
  handle from = page.getObjectHandle();
  if (from.hasKey("/UserUnit")) refuse("a page with a unit of its own");
  handle to = handle::parse("<< /Type /Page >>");
  to.replaceKey("/MediaBox", numbers(page.getAttribute("/MediaBox", false), 4, 4));
  if (handle crop = page.getAttribute("/CropBox", false); crop.isArray())
    to.replaceKey("/CropBox", numbers(crop, 4, 4));
  if (handle turn = page.getAttribute("/Rotate", false); turn.isInteger() && turn.getIntValueAsInt() % 90 == 0)
    to.replaceKey("/Rotate", handle::newInteger(turn.getIntValueAsInt() % 360));
  if (from.hasKey("/Group")) to.replaceKey("/Group", made.group(from.getKey("/Group")));
  handle used = handle::newDictionary();
  to.replaceKey("/Contents", made.stream(made.content(from, page.getAttribute("/Resources", false), used)));
  to.replaceKey("/Resources", used);
  return to;
}

vector_pdf rebuilt(std::string_view untrusted_pdf) {
  QPDF from;
  silence(from);
  from.processMemoryFile("received", untrusted_pdf.data(), untrusted_pdf.size());
  flatten(from);
  QPDF to;
  to.emptyPDF();
  rebuild made(to);
  QPDFPageDocumentHelper pages(to);
  unsigned count = 0;
  for (const auto& page : QPDFPageDocumentHelper(from).getAllPages()) {
    if (++count > limits::render_pages) refuse("more pages than are shown");
    pages.addPage(to.makeIndirectObject(page_of(made, page)), false);
  }
  if (count == 0) refuse("no pages");
  return {written_as_ours(to), count};
}

}  // namespace

vector_pdf rebuild_pdf(std::string_view untrusted_pdf) {
  try {
    return rebuilt(untrusted_pdf);
  } catch (const std::bad_alloc&) {
    refuse("it unpacks to too much");
  } catch (const unproven&) {
    throw;
  } catch (const QPDFExc& error) {
    refuse("cannot be read: " + error.getMessageDetail());
  } catch (const std::exception& error) {
    refuse(std::string("cannot be read: ") + error.what());
  }
}

}  // namespace intake
