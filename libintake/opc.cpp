#include "opc.hpp"

#include "limits.hpp"
#include "xml_events.hpp"

namespace intake {
namespace {

// Content types may carry parameters and white space (RFC 2045 section 5.1); only the type itself is compared.
std::string clean_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && static_cast<unsigned char>(type.front()) <= ' ') type.remove_prefix(1);
  while (!type.empty() && static_cast<unsigned char>(type.back()) <= ' ') type.remove_suffix(1);
  return lower_ascii(type);
}

struct types_reader final : xml_events {
  explicit types_reader(opc_package& to) : package(to) {}
  void start(std::string_view name, const attributes& all) override {
    const std::string type = clean_type(get(all, "ContentType"));
    if (name == "Override") package.types[lower_ascii(without_slash(get(all, "PartName")))] = type;
    if (name == "Default") package.type_defaults[lower_ascii(get(all, "Extension"))] = type;
  }
  opc_package& package;
};

struct relations_reader final : xml_events {
  relations_reader(opc_package& to, std::string_view from) : package(to), part(from) {}
  void start(std::string_view name, const attributes& all) override {
    if (name == "Relationship") package.relations.push_back(opc_package::relation_of(part, all));
  }
  opc_package& package;
  std::string_view part;
};

bool read_part(const container& zip, const container::entry& entry, xml_events& events) {
  const auto bytes = zip.read(entry, limits::active_part_bytes);
  return bytes && entry.size <= limits::active_part_bytes && events.read(*bytes);
}

}  // namespace

std::string_view without_slash(std::string_view part) {
  while (part.starts_with('/')) part.remove_prefix(1);
  return part;
}

std::string opc_package::type_of(std::string_view part) const {
  const std::string name = lower_ascii(without_slash(part));
  if (const auto found = types.find(name); found != types.end()) return found->second;
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) return {};
  const auto found = type_defaults.find(name.substr(dot + 1));
  return found == type_defaults.end() ? std::string() : found->second;
}

std::string opc_package::main_type() const {
  for (const auto& one : relations)
    if (one.part == "_rels/.rels" && one.type == "officedocument" && !one.external) return type_of(one.target);
  return {};
}

opc_package::relation opc_package::relation_of(std::string_view part, const xml_events::attributes& all) {
  const std::string type = lower_ascii(xml_events::get(all, "Type"));
  return {std::string(part), type.substr(type.rfind('/') + 1), std::string(xml_events::get(all, "Target")),
          lower_ascii(xml_events::get(all, "TargetMode")) == "external"};
}

opc_package read_opc(const container& zip, bool only_root) {
  opc_package package;
  const auto* const types = zip.find("[Content_Types].xml");
  package.present = types != nullptr;
  if (types) {
    types_reader reader(package);
    if (!read_part(zip, *types, reader)) package.unread = types->path;
  }
  for (const auto& entry : zip.entries()) {
    if (entry.storage || !entry.name.ends_with(".rels")) continue;
    const std::string part = lower_ascii(entry.path);
    if (only_root && part != "_rels/.rels") continue;
    relations_reader reader(package, part);
    if (!read_part(zip, entry, reader)) package.unread = entry.path;
  }
  return package;
}

}  // namespace intake
