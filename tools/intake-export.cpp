// intake-export - write the harmless PDFs and a manifest to the medium for the OA system.
#include "libintake/clearance.hpp"
#include "libintake/digest.hpp"
#include "libintake/export_folder.hpp"
#include "libintake/failure.hpp"
#include "libintake/json.hpp"
#include "libintake/sandbox.hpp"
#include "tool.hpp"

namespace {

/// Writes the PDF of one file and puts its path in place of its bytes.
void export_file(intake::record& rec, std::size_t index, const intake::value& file, intake::export_folder& folder) {
  const auto pdf = file["pdf"];
  const auto bytes = pdf["data"].bytes();
  if (!bytes || intake::sha256_hex(*bytes) != pdf["sha256"].str()) {
    rec.find("render.failed", {.file = file["id"].str(), .detail = "the PDF is not the one that was rendered"});
    return;
  }
  intake::exported_file entry;
  entry.id = rec.id();
  entry.receipt_no = rec["application"]["receipt_no"].str(rec["correction"]["receipt_no"].str());
  entry.file = file["id"].str();
  entry.original = file["path"].str();
  entry.path = intake::export_name(entry.receipt_no, entry.id, entry.file, entry.original);
  entry.sha256 = pdf["sha256"].str();
  entry.size = bytes->size();
  entry.pages = static_cast<unsigned>(pdf["pages"].integer());
  folder.store(entry.path, *bytes);
  folder.list(entry);

  intake::json::writer out;
  out.begin_object();
  for (const auto& [key, member] : pdf.members())
    if (key != "data" && key != "preview" && key != "path") out.key(key).raw(member.json());
  out.member("path", folder.path() + "/" + entry.path).end_object();
  rec.set_in_file(index, "pdf", out.take());
}

intake::exit_status export_all(intake::context& ctx, const std::string& named) {
  (void)ctx.profile();
  const std::string out = named.empty() ? ctx.config().output.out : named;
  if (out.empty()) throw intake::failure(intake::exit_status::usage, "no folder named, neither here nor as output.out");
  const intake::clearance cleared(ctx.config());
  intake::export_folder folder(out);
  intake::sandbox::enter(intake::sandbox::role::keeper, {.read = {}, .write = {out}});
  return intake::run_keeper(ctx.filter(), "export", [&](intake::record& rec) {
    if (!cleared.allows(rec)) return;
    const auto files = rec.files();
    for (std::size_t index = 0; index < files.size(); ++index)
      if (files[index]["pdf"]["data"]) export_file(rec, index, files[index], folder);
  });
}

}  // namespace

int main(int argc, char** argv) {
  std::string out;
  intake::tool tool("intake-export", "Write the harmless PDFs and a manifest to the medium for the OA system.");
  tool.is_keeper()
      .positional("OUT", out, "folder on the medium (else as configured)", false, "directory")
      .example("intake-render <accepted.ndjson | intake-export /media/oa", "the PDFs to a USB medium")
      .body([&](intake::context& ctx) { return export_all(ctx, out); });
  return tool.run(argc, argv);
}
