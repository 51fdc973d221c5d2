#include "runtime/server/poster.h"

#include "compiler/base/check.h"
#include "runtime/delivery/provider_http.h"
#include "runtime/engine/rows.h"

namespace trig::server {
namespace {

SendOutcome outcome_of(int status) {
  if (status >= 200 && status < 300) return SendOutcome::kAccepted;
  bool later = status == 408 || status == 425 || status == 429 || status >= 500;
  return later ? SendOutcome::kDeferred : SendOutcome::kRefused;
}

SendReply reply_of(const net::HttpResult& result) {
  SendReply reply;
  reply.text = result.error;
  switch (result.outcome) {
    case net::HttpOutcome::kNotSent:
      reply.outcome = result.forbidden ? SendOutcome::kRefused : SendOutcome::kDeferred;
      break;
    case net::HttpOutcome::kInDoubt: reply.outcome = SendOutcome::kInDoubt; break;
    case net::HttpOutcome::kResponse:
      reply.code = result.response.status;
      reply.outcome = outcome_of(reply.code);
      reply.retry_after = delivery::retry_after(result.response.headers.get("retry-after"));
      break;
  }
  return reply;
}

}  // namespace

Result<std::unique_ptr<Poster>> Poster::create(net::EventLoop& loop, const PostSettings& settings,
                                               std::string workspace_secret) {
  net::HttpClientOptions options;
  options.public_only = !settings.allow_private;
  options.ca_file = settings.ca_file;
  auto client = net::HttpClient::create(loop, std::move(options));
  if (!client) return tl::unexpected(client.error());
  return std::unique_ptr<Poster>(new Poster(std::move(*client), std::move(workspace_secret)));
}

void Poster::post(const exec::Message& message, std::function<void(SendReply)> done) {
  TRIG_CHECK(message.post != nullptr, "a mail is not posted");
  net::HttpRequestOut request;
  request.url = message.post->url;
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Idempotency-Key", engine::mail_name(workspace_secret_, message.id));
  request.body = message.post->body;
  client_->request(std::move(request), [done = std::move(done)](const net::HttpResult& result) {
    done(reply_of(result));
  });
}

}  // namespace trig::server
