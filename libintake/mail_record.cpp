#include "mail_record.hpp"

#include <string>
#include <utility>

#include "beside.hpp"
#include "digest.hpp"
#include "json.hpp"
#include "mail.hpp"

namespace intake {
namespace {

void write_addresses(json::writer& out, std::string_view key, const std::vector<mail_address>& addresses) {
  if (addresses.empty()) return;
  out.key(key).begin_array();
  for (const auto& [name, address] : addresses)
    out.begin_object().member_if("name", name).member("address", address).end_object();
  out.end_array();
}

void write_authentication(json::writer& out, const authentication& seen) {
  if (seen.server.empty()) return;
  out.key("authentication").begin_object().member("server", seen.server);
  out.member_if("dkim", seen.dkim).member_if("dkim_domain", seen.dkim_domain);
  out.member_if("spf", seen.spf).member_if("spf_domain", seen.spf_domain);
  out.member_if("dmarc", seen.dmarc).member_if("dmarc_domain", seen.dmarc_domain).end_object();
}

std::string mail_json(const mail& seen) {
  json::writer out;
  out.begin_object().member_if("message_id", seen.message_id).member_if("date", seen.date);
  write_addresses(out, "from", seen.from);
  write_addresses(out, "to", seen.to);
  write_addresses(out, "cc", seen.cc);
  write_addresses(out, "reply_to", seen.reply_to);
  out.member("subject", seen.subject).member("text", seen.text);
  if (seen.has_alternatives) out.member("html_text", seen.html_text);
  if (!seen.links.empty()) {
    out.key("links").begin_array();
    for (const auto& link : seen.links) out.string(link);
    out.end_array();
  }
  out.key("headers").begin_array();
  for (const auto& [name, value] : seen.headers) out.begin_array().string(name).string(value).end_array();
  out.end_array();
  write_authentication(out, seen.authentication);
  return out.end_object().take();
}

std::string file_id(std::size_t index) {
  return "f" + std::to_string(index);
}

json::text files_json(std::vector<mail_file>& files) {
  json::writer out;
  out.begin_array();
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto& file = files[i];
    out.begin_object().member("id", file_id(i)).member("path", file.name).member("origin", "attachment");
    out.member("size", file.bytes.size()).member("sha256", sha256_hex(file.bytes));
    out.member_if("declared_type", file.declared_type).key("data").base64_later(std::move(file.bytes)).end_object();
  }
  return out.end_array().take_text();
}

}  // namespace

void parse_record(record& rec, std::string_view authentication_server) {
  const auto data = rec["raw"]["data"];
  if (!data) {
    // An error record has said already that there is no message in it.
    if (!rec.has_finding("input.unusable")) rec.find("input.unusable", {.detail = "no raw.data"});
    return;
  }
  const auto message = data.bytes();
  if (!message) {
    rec.find("input.unusable", {.detail = "raw.data is not base64"});
    rec.erase_in("raw", "data");
    return;
  }
  std::string digest;
  beside digesting([&] { digest = sha256_hex(*message); }, message->size());
  auto seen = parse_mail(*message, authentication_server);
  auto files = files_json(seen.files);
  digesting.wait();
  const auto known = rec["raw"]["sha256"].str();
  if (known.empty()) {
    rec.set_in("raw", "sha256", json::quoted(digest));
  } else if (known != digest) {
    rec.find("input.unusable", {.detail = "raw.data is not what raw.sha256 says"});
  }
  if (!rec["raw"]["size"]) rec.set_in("raw", "size", std::to_string(message->size()));

  rec.set("mail", mail_json(seen));
  rec.set("files", std::move(files));
  for (const auto& finding : seen.findings) {
    const auto file = finding.file ? file_id(*finding.file) : std::string();
    rec.find(finding.code, {.file = file, .detail = finding.detail});
  }
  rec.erase_in("raw", "data");
}

}  // namespace intake
