// PDF (ISO 32000-1), read by qpdf: names are unescaped and object streams opened before anything is compared.
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>

#include <array>

#include "active_search.hpp"
#include "qpdf_use.hpp"

namespace intake {
namespace {

using handle = QPDFObjectHandle;

// Keys of a dictionary that mean the same wherever they stand.
constexpr std::array key_rules = {
    active_rule{"/JS", "pdf.javascript", "javascript", "a script"},
    active_rule{"/JavaScript", "pdf.javascript", "javascript", "document scripts"},
    active_rule{"/AA", "pdf.open_action", "auto_action", "additional actions"},
    active_rule{"/EmbeddedFiles", "pdf.embedded_file", "embedded_file", "embedded files"},
    active_rule{"/EF", "pdf.embedded_file", "embedded_file", "an embedded file"},
    active_rule{"/RichMediaContent", "pdf.embedded_file", "rich_media", "rich media"},
    active_rule{"/RichMediaSettings", "pdf.embedded_file", "rich_media", "rich media"},
};

// Values of /S, the kind of an action, and of /Subtype, the kind of an annotation.
constexpr std::array action_rules = {
    active_rule{"/JavaScript", "pdf.javascript", "javascript", "a script"},
    active_rule{"/Launch", "pdf.launch", "launch", "starts a program"},
    active_rule{"/GoToR", "pdf.launch", "goto_remote", "opens another file"},
    active_rule{"/GoToE", "pdf.launch", "goto_remote", "opens an embedded file"},
    active_rule{"/ImportData", "pdf.launch", "import_data", "imports data"},
    active_rule{"/RichMedia", "pdf.embedded_file", "rich_media", "rich media"},
    active_rule{"/RichMediaExecute", "pdf.javascript", "rich_media", "rich media runs a script"},
    active_rule{"/FileAttachment", "pdf.embedded_file", "embedded_file", "an embedded file"},
    active_rule{"/Rendition", "pdf.open_action", "rich_media", "plays media"},
    active_rule{"/Movie", "pdf.embedded_file", "rich_media", "a movie"},
    active_rule{"/3D", "pdf.embedded_file", "rich_media", "a 3D model"},
};

// Collects a stream's content up to a limit; more ends the reading.
class bounded_text final : public Pipeline {
 public:
  bounded_text() : Pipeline("text", nullptr) {}
  void write(const unsigned char* data, std::size_t size) override {
    if (size > limits::active_part_bytes - text.size()) throw std::length_error("a stream unpacks to too much");
    text.append(reinterpret_cast<const char*>(data), size);
  }
  void finish() override {}
  std::string text;
};

class pdf_reader {
 public:
  pdf_reader(active_search& search, const std::string& where) : search_(search), where_(where) {}

  void read(QPDF& pdf) {
    const auto objects = pdf.getAllObjects();
    if (objects.size() > limits::active_pdf_objects)
      return search_.cut("scan.limit", "too many objects in the PDF", where_);
    open_action(pdf.getRoot());
    for (auto object : objects) visit(object);
  }

 private:
  // A view of a page on opening is what most writers set; every other action counts.
  void open_action(handle root) {
    if (!root.isDictionary() || !root.hasKey("/OpenAction")) return;
    handle action = root.getKey("/OpenAction");
    if (action.isArray() || action.isNull() || action.isName() || action.isString()) return;
    const bool plain = action.isDictionary() && name_of(action, "/S") == "/GoTo" && !action.hasKey("/Next");
    if (!plain) search_.add("pdf.open_action", "open_action", "an action on opening", where_);
  }

  // Direct objects below one indirect object, without recursion: depth and number are the sender's.
  void visit(handle object) {
    std::vector<std::pair<handle, std::size_t>> open{{object, 0}};
    while (!open.empty()) {
      auto [one, depth] = open.back();
      open.pop_back();
      if (depth > limits::active_pdf_depth)
        return search_.cut("scan.limit", "objects inside objects, too deep", where_);
      if (one.isArray()) {
        for (int i = 0; i < one.getArrayNItems(); ++i) push(open, one.getArrayItem(i), depth);
      } else if (one.isDictionary() || one.isStream()) {
        handle dictionary = one.isStream() ? one.getDict() : one;
        judge(dictionary);
        // Content that lies in another file (ISO 32000-1, 7.3.8.2 and 8.10.4).
        if (one.isStream() && (dictionary.hasKey("/F") || dictionary.hasKey("/Ref")))
          search_.add("pdf.launch", "goto_remote", "content of another file", where_);
        for (const auto& key : dictionary.getKeys()) push(open, dictionary.getKey(key), depth);
      }
    }
  }

  static void push(std::vector<std::pair<handle, std::size_t>>& open, handle item, std::size_t depth) {
    // Indirect ones are visited by themselves.
    if (!item.isIndirect() && (item.isArray() || item.isDictionary())) open.emplace_back(item, depth + 1);
  }

  static std::string name_of(handle dictionary, const std::string& key) {
    handle name = dictionary.getKey(key);
    return name.isName() ? name.getName() : std::string();
  }

  void judge(handle dictionary) {
    for (const auto& rule : key_rules)
      if (dictionary.hasKey(std::string(rule.name))) search_.add(rule, where_);
    for (const char* const key : {"/S", "/Subtype"}) {
      const std::string name = name_of(dictionary, key);
      for (const auto& rule : action_rules)
        if (name == rule.name) search_.add(rule, where_);
    }
    const std::string action = name_of(dictionary, "/S");
    if (action == "/URI") search_.count("uri");
    if (action == "/SubmitForm") search_.count("submit_form");
    if (name_of(dictionary, "/Type") == "/EmbeddedFile")
      search_.add("pdf.embedded_file", "embedded_file", "an embedded file", where_);
    if (dictionary.hasKey("/XFA")) xfa(dictionary.getKey("/XFA"));
  }

  // A form in XML (XFA 3.3): one stream, or an array of names and streams.
  void xfa(handle form) {
    search_.count("xfa");
    std::vector<handle> streams;
    if (form.isStream()) streams.push_back(form);
    if (form.isArray())
      for (int i = 0; i < form.getArrayNItems(); ++i)
        if (form.getArrayItem(i).isStream()) streams.push_back(form.getArrayItem(i));
    // Packets are one XML text, and a tag may be cut by the end of a stream.
    bounded_text all;
    for (handle stream : streams)
      if (!stream.pipeStreamData(&all, 0, qpdf_dl_generalized, true, false))
        return search_.cut("scan.failed", "a form cannot be unpacked", where_);
    if (!search_.spend(all.text.size(), where_)) return;
    const std::string lower = lower_ascii(all.text);
    if (lower.find("<script") != std::string::npos || lower.find(":script") != std::string::npos)
      search_.add("pdf.javascript", "javascript", "a script in a form", where_);
  }

  active_search& search_;
  const std::string& where_;
};

}  // namespace

void search_pdf(active_search& search, std::string_view bytes, const std::string& where) {
  QPDF pdf;
  try {
    silence(pdf);
    pdf.processMemoryFile("received", bytes.data(), bytes.size());
    pdf_reader(search, where).read(pdf);
  } catch (const QPDFExc& error) {
    if (error.getErrorCode() == qpdf_e_password || error.getErrorCode() == qpdf_e_unsupported)
      return search.cut("scan.encrypted", "the PDF is encrypted", where);
    search.cut("scan.failed", "the PDF cannot be read: " + error.getMessageDetail(), where);
  } catch (const std::length_error& error) {
    search.cut("scan.limit", error.what(), where);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    search.cut("scan.failed", std::string("the PDF cannot be read: ") + error.what(), where);
  }
}

}  // namespace intake
