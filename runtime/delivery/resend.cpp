#include "runtime/delivery/resend.h"

#include <boost/json.hpp>
#include <utility>

#include "runtime/delivery/header_encoding.h"
#include "runtime/delivery/mime.h"

namespace trig::delivery {
namespace {

namespace json = boost::json;

// Members in a fixed order: a repeat with the same key must have the same body.
Result<std::string> resend_body(const Mail& mail) {
  if (Status checked = check_mail(mail); !checked) return tl::unexpected(checked.error());
  json::object body;
  body["from"] = *mailbox_text(mail.from);
  body["to"] = {*mailbox_text(mail.to)};
  if (mail.reply_to) body["reply_to"] = *mailbox_text(*mail.reply_to);
  body["subject"] = mail.subject;
  if (!mail.html.empty()) body["html"] = mail.html;
  if (!mail.text.empty()) body["text"] = mail.text;
  json::object headers;
  for (const MailHeader& header : mail.headers) {
    Result<std::string> value = ascii_value(header);
    if (!value) return value;
    headers[header.name] = *value;
  }
  if (!headers.empty()) body["headers"] = std::move(headers);
  return json::serialize(body);
}

// 409 has two meanings: the first call with this key still runs, or this one has another body.
SendReply judge(const HttpReply& reply) {
  SendReply verdict = judge_http(reply, true);
  if (verdict.code != 409) return verdict;
  bool still_runs = reply.body.find("concurrent_idempotent_requests") != std::string::npos;
  verdict.outcome = still_runs ? SendOutcome::kDeferred : SendOutcome::kRefused;
  if (reply.body.find("invalid_idempotent_request") != std::string::npos) {
    verdict.text =
        "a mail with this Message-ID and another content was sent before: " + verdict.text;
  }
  return verdict;
}

}  // namespace

Result<std::unique_ptr<ResendTransport>> ResendTransport::create(const ResendSettings& settings,
                                                                 HttpPost post) {
  Result<std::string> url = endpoint(settings.base_url, "/emails");
  if (!url) return tl::unexpected(url.error());
  if (Status key = check_api_key(settings.api_key); !key) return tl::unexpected(key.error());
  return std::unique_ptr<ResendTransport>(
      new ResendTransport(std::move(*url), settings.api_key, std::move(post)));
}

void ResendTransport::send(Mail mail, std::function<void(SendReply)> done) {
  Result<std::string> body = resend_body(mail);
  if (!body) return done(refusal_of_mail(mail, body.error()));
  HttpCall call{url_,
                {{"Authorization", "Bearer " + key_},
                 {"Content-Type", "application/json"},
                 {"Idempotency-Key", mail.message_id}},
                std::move(*body)};
  post_(std::move(call), [done = std::move(done)](HttpReply reply) { done(judge(reply)); });
}

}  // namespace trig::delivery
