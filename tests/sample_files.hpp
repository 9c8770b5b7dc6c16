// Documents made at run time for the tests: zip packages, OLE2 compound files, PDF.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sample {

inline std::string le(std::uint64_t value, unsigned bytes) {
  std::string out;
  for (unsigned i = 0; i < bytes; ++i, value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}

inline std::uint32_t crc32(std::string_view bytes) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int i = 0; i < 8; ++i) crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
  }
  return ~crc;
}

using parts = std::vector<std::pair<std::string, std::string>>;

/// Stored members; `declared` other than 0 lies about the size of the first one.
inline std::string zip(const parts& members, std::uint32_t declared = 0) {
  std::string out, directory;
  for (const auto& [name, bytes] : members) {
    const std::uint32_t size = declared && out.empty() ? declared : static_cast<std::uint32_t>(bytes.size());
    const std::string common = le(20, 2) + le(0x0800, 2) + le(0, 2) + le(0, 4) + le(crc32(bytes), 4) +
                               le(bytes.size(), 4) + le(size, 4) + le(name.size(), 2) + le(0, 2);
    directory += "PK\1\2" + le(20, 2) + common + le(0, 2) + le(0, 2) + le(0, 2) + le(0, 4) + le(out.size(), 4) + name;
    out += "PK\3\4" + common + name + bytes;
  }
  const auto at = out.size();
  return out + directory + "PK\5\6" + le(0, 4) + le(members.size(), 2) + le(members.size(), 2) +
         le(directory.size(), 4) + le(at, 4) + le(0, 2);
}

/// A compound file. A name "A/B" is the stream B of the storage A; streams are padded with zeros to 4,096 bytes, so
/// that none of them is a small one.
inline std::string ole(const parts& streams) {
  struct entry {
    std::string name, bytes;
    bool storage = false;
    std::vector<std::size_t> children;
  };
  std::vector<entry> entries{{"Root Entry", "", true, {}}};
  for (const auto& [path, bytes] : streams) {
    std::size_t parent = 0, from = 0;
    for (auto slash = path.find('/'); slash != path.npos; slash = path.find('/', from)) {
      const std::string name = path.substr(from, slash - from);
      std::size_t found = 0;
      for (const auto child : entries[parent].children)
        if (entries[child].name == name) found = child;
      if (!found) {
        found = entries.size();
        entries.push_back({name, "", true, {}});
        entries[parent].children.push_back(found);
      }
      parent = found;
      from = slash + 1;
    }
    std::string padded = bytes;
    if (padded.size() < 4096) padded.resize(4096);
    entries[parent].children.push_back(entries.size());
    entries.push_back({path.substr(from), padded, false, {}});
  }
  constexpr std::uint32_t none = 0xFFFFFFFF, end = 0xFFFFFFFE;
  std::string data;
  std::vector<std::uint32_t> fat, starts(entries.size(), end);
  const auto add = [&](std::string bytes) {
    bytes.resize((bytes.size() + 511) / 512 * 512);
    const auto first = static_cast<std::uint32_t>(fat.size());
    for (std::size_t i = 0; i < bytes.size() / 512; ++i) fat.push_back(static_cast<std::uint32_t>(fat.size() + 1));
    fat.back() = end;
    data += bytes;
    return first;
  };
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (!entries[i].storage) starts[i] = add(entries[i].bytes);
  std::vector<std::uint32_t> child(entries.size(), none), right(entries.size(), none);
  for (std::size_t i = 0; i < entries.size(); ++i)
    for (std::size_t n = 0; n < entries[i].children.size(); ++n)
      (n == 0 ? child[i] : right[entries[i].children[n - 1]]) = static_cast<std::uint32_t>(entries[i].children[n]);
  std::string directory;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::string name;
    for (const char c : entries[i].name) name += std::string(1, c) + '\0';
    const auto size = name.size() + 2;
    name.resize(64);
    directory += name + le(size, 2) +
                 le(i == 0               ? 5
                    : entries[i].storage ? 1
                                         : 2,
                    1) +
                 le(1, 1) + le(none, 4) + le(right[i], 4) + le(child[i], 4) + std::string(16, '\0') + le(0, 4) +
                 le(0, 16) + le(entries[i].storage ? end : starts[i], 4) + le(entries[i].bytes.size(), 8);
  }
  const auto directory_start = add(directory);
  const auto fat_start = static_cast<std::uint32_t>(fat.size());
  const std::size_t fat_sectors = (fat.size() + 127) / 127;  // its own sectors are in it too
  for (std::size_t i = 0; i < fat_sectors; ++i) fat.push_back(0xFFFFFFFD);
  fat.resize(fat_sectors * 128, none);
  std::string header = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(16, '\0') + le(0x3E, 2) + le(3, 2) +
                       le(0xFFFE, 2) + le(9, 2) + le(6, 2) + std::string(6, '\0') + le(0, 4) + le(fat_sectors, 4) +
                       le(directory_start, 4) + le(0, 4) + le(4096, 4) + le(end, 4) + le(0, 4) + le(end, 4) + le(0, 4);
  for (std::size_t i = 0; i < 109; ++i) header += le(i < fat_sectors ? fat_start + i : none, 4);
  for (const auto sector : fat) data += le(sector, 4);
  return header + data;
}

/// `objects` are numbered from 1; the first is the catalogue. The cross-reference table is left to the reader's repair.
inline std::string pdf(const std::vector<std::string>& objects) {
  std::string out = "%PDF-1.7\n";
  for (std::size_t i = 0; i < objects.size(); ++i)
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  return out + "trailer\n<</Root 1 0 R/Size " + std::to_string(objects.size() + 1) + ">>\nstartxref\n0\n%%EOF\n";
}

inline std::string content_types(const std::string& inner) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Types "
         "xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">"
         "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
         "<Default Extension=\"xml\" ContentType=\"application/xml\"/>" +
         inner + "</Types>";
}

inline std::string relations(const std::string& inner) {
  return "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">" + inner +
         "</Relationships>";
}

inline std::string relation(const std::string& type, const std::string& target, bool external = false) {
  return "<Relationship Id=\"r\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" + type +
         "\" Target=\"" + target + "\"" + (external ? " TargetMode=\"External\"" : "") + "/>";
}

inline const std::string word_main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml";

/// A Word document of one part; `more` are further parts, `types` further overrides, `main` its content type.
inline std::string docx(const std::string& body = "<w:p/>", const parts& more = {}, const std::string& types = {},
                        const std::string& main = word_main) {
  parts all = {{"[Content_Types].xml",
                content_types("<Override PartName=\"/word/document.xml\" ContentType=\"" + main + "\"/>" + types)},
               {"_rels/.rels", relations(relation("officeDocument", "word/document.xml"))},
               {"word/document.xml", "<w:document xmlns:w=\"w\"><w:body>" + body + "</w:body></w:document>"}};
  all.insert(all.end(), more.begin(), more.end());
  return zip(all);
}

inline std::string odt(const std::string& content = "<office:body/>", const parts& more = {},
                       const std::string& manifest = "<manifest/>") {
  parts all = {{"mimetype", "application/vnd.oasis.opendocument.text"},
               {"META-INF/manifest.xml", manifest},
               {"content.xml",
                "<office:document-content xmlns:office=\"o\" xmlns:xlink=\"x\" xmlns:script=\"s\" "
                "xmlns:text=\"t\" xmlns:draw=\"d\">" +
                    content + "</office:document-content>"}};
  all.insert(all.end(), more.begin(), more.end());
  return zip(all);
}

}  // namespace sample
