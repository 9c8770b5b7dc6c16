#include <curl/curl.h>
#include <fmt/format.h>

#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>

#include "checkup.hpp"
#include "libintake/mail_server.hpp"

namespace intake::doctor {
namespace {

constexpr int few_days = 21;

std::size_t drop(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

/// Days left of the server's own certificate, from a connection that does not log in.
std::optional<int> certificate_days(const account& from) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle) return std::nullopt;
  curl_easy_setopt(handle.get(), CURLOPT_URL, from.url.c_str());
  curl_easy_setopt(handle.get(), CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
  curl_easy_setopt(handle.get(), CURLOPT_CERTINFO, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_SSL_VERIFYPEER, 0L);  // whether it is trusted is told by the login
  curl_easy_setopt(handle.get(), CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(handle.get(), CURLOPT_TIMEOUT, static_cast<long>(from.timeout_seconds));
  curl_easy_setopt(handle.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle.get(), CURLOPT_WRITEFUNCTION, drop);
  curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, "NOOP");
  (void)curl_easy_perform(handle.get());
  curl_certinfo* chain = nullptr;
  if (curl_easy_getinfo(handle.get(), CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain || chain->num_of_certs < 1)
    return std::nullopt;
  for (const auto* line = chain->certinfo[0]; line; line = line->next) {
    constexpr std::string_view name = "Expire date:";
    if (!std::string_view(line->data).starts_with(name)) continue;
    const auto until = curl_getdate(line->data + name.size(), nullptr);
    return until < 0 ? std::nullopt : std::optional(static_cast<int>((until - std::time(nullptr)) / 86400));
  }
  return std::nullopt;
}

void examine_server(report& to, const account& from) {
  try {
    const mail_server server(prepare_login(from));
    to.push_back({state::good, "mail", fmt::format(fmt::runtime(tr("{}: reached and logged in")), from.name), {}});
  } catch (const failure& error) {
    const bool refused = error.status() == exit_status::no_permission;
    to.push_back({state::bad, "mail", fmt::format("{}: {}", from.name, error.said().local()),
                  refused ? tr("Check user and password of the account.")
                          : tr("Check the network, the server's name in the configuration, and its certificate.")});
  }
  const auto days = certificate_days(from);
  if (!days) return;
  const auto what = fmt::format(fmt::runtime(tr("{}: the server's certificate is good for {} days")), from.name, *days);
  if (*days >= few_days)
    to.push_back({state::good, "mail", what, {}});
  else
    to.push_back({*days < 0 ? state::bad : state::doubtful, "mail", what, tr("Tell whoever runs the mail server.")});
}

}  // namespace

void examine_mail(report& to, const config& desk) {
  for (const auto& account : desk.accounts) {
    const auto scheme = account.url.substr(0, account.url.find(':'));
    if (scheme.starts_with("imap") || scheme.starts_with("pop3")) {
      examine_server(to, account);
      continue;
    }
    const auto path = account.url.substr(scheme.size() + 1);
    std::error_code error;
    if (std::filesystem::exists(path, error))
      to.push_back({state::good, "mail", fmt::format(fmt::runtime(tr("{}: {} is there")), account.name, path), {}});
    else
      to.push_back({state::bad, "mail", fmt::format(fmt::runtime(tr("{}: {} is missing")), account.name, path),
                    tr("Correct the account's url in the configuration.")});
  }
}

}  // namespace intake::doctor
