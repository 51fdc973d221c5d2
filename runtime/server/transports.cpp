#include "runtime/server/transports.h"

#include <filesystem>

#include "runtime/delivery/file_transport.h"
#include "runtime/delivery/resend.h"
#include "runtime/delivery/sendgrid.h"
#include "runtime/delivery/smtp_client.h"
#include "runtime/net/http_client.h"

namespace trig::server {
namespace {

template <typename T>
Result<std::unique_ptr<Transport>> as_transport(Result<std::unique_ptr<T>> made) {
  if (!made) return tl::unexpected(made.error());
  return std::unique_ptr<Transport>(std::move(*made));
}

Result<std::unique_ptr<Transport>> smtp(const project::Project& project, net::EventLoop& loop) {
  const project::SmtpSettings& from = project.config.smtp;
  delivery::SmtpSettings settings;
  settings.host = from.host;
  settings.port = from.port;
  if (from.tls == "required") settings.tls = delivery::SmtpTls::kRequired;
  if (from.tls == "offered") settings.tls = delivery::SmtpTls::kIfOffered;
  if (from.tls == "never") settings.tls = delivery::SmtpTls::kNever;
  settings.tls_options.ca_file = from.ca_file;
  settings.user = from.user;
  auto password = project::resolve_secret(from.password, project.root);
  if (!password) return tl::unexpected(password.error());
  settings.password = *password;
  settings.connections = from.connections;
  return as_transport(delivery::SmtpTransport::create(loop, settings));
}

delivery::HttpFate fate_of(net::HttpOutcome outcome) {
  switch (outcome) {
    case net::HttpOutcome::kNotSent: return delivery::HttpFate::kNotSent;
    case net::HttpOutcome::kInDoubt: return delivery::HttpFate::kInDoubt;
    case net::HttpOutcome::kResponse: return delivery::HttpFate::kAnswered;
  }
  return delivery::HttpFate::kInDoubt;
}

// Providers speak through the HTTP client of the same loop.
Result<delivery::HttpPost> http_post(net::EventLoop& loop) {
  auto client = net::HttpClient::create(loop, {});
  if (!client) return tl::unexpected(client.error());
  std::shared_ptr<net::HttpClient> shared = std::move(*client);
  return [shared](delivery::HttpCall call, std::function<void(delivery::HttpReply)> done) {
    net::HttpRequestOut request;
    request.url = std::move(call.url);
    for (MailHeader& header : call.headers)
      request.headers.add(std::move(header.name), std::move(header.value));
    request.body = std::move(call.body);
    shared->request(std::move(request), [done = std::move(done)](net::HttpResult result) {
      delivery::HttpReply reply;
      reply.fate = fate_of(result.outcome);
      reply.status = result.response.status;
      for (const net::HttpHeader& header : result.response.headers)
        reply.headers.push_back({header.name, header.value});
      reply.body = std::move(result.response.body);
      reply.error = std::move(result.error);
      done(std::move(reply));
    });
  };
}

}  // namespace

Result<std::unique_ptr<Transport>> make_transport(const project::Project& project,
                                                  net::EventLoop& loop) {
  const project::Config& config = project.config;
  if (config.delivery == "smtp") return smtp(project, loop);
  if (config.delivery == "files")
    return as_transport(
        delivery::FileTransport::create(std::filesystem::path(project.root) / config.mail_dir));
  auto key = project::resolve_secret(config.provider.api_key, project.root);
  if (!key) return tl::unexpected(key.error());
  auto post = http_post(loop);
  if (!post) return tl::unexpected(post.error());
  if (config.delivery == "resend") {
    delivery::ResendSettings settings;
    settings.api_key = *key;
    if (!config.provider.base_url.empty()) settings.base_url = config.provider.base_url;
    return as_transport(delivery::ResendTransport::create(settings, std::move(*post)));
  }
  if (config.delivery == "sendgrid") {
    delivery::SendGridSettings settings;
    settings.api_key = *key;
    if (!config.provider.base_url.empty()) settings.base_url = config.provider.base_url;
    return as_transport(delivery::SendGridTransport::create(settings, std::move(*post)));
  }
  return fail("trig.toml: `[delivery] kind` is \"{}\"; known are smtp, files, resend, sendgrid",
              config.delivery);
}

}  // namespace trig::server
