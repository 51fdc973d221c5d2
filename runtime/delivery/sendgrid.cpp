#include "runtime/delivery/sendgrid.h"

#include <boost/json.hpp>
#include <utility>

#include "runtime/delivery/address.h"
#include "runtime/delivery/mime.h"

namespace trig::delivery {
namespace {

namespace json = boost::json;

// Of a mailbox that check_mail has passed.
json::object mailbox_json(const Mailbox& mailbox) {
  json::object object;
  object["email"] = parse_address(mailbox.address)->text();
  if (!mailbox.name.empty()) object["name"] = mailbox.name;
  return object;
}

Result<json::object> headers_json(const Mail& mail) {
  json::object headers;
  for (const MailHeader& header : mail.headers) {
    Result<std::string> value = ascii_value(header);
    if (!value) return tl::unexpected(value.error());
    headers[header.name] = *value;
  }
  return headers;
}

std::string send_id_of(const Mail& mail) {
  for (const MailHeader& header : mail.headers) {
    if (header.name == "X-Trig-Send") return header.value;
  }
  return mail.message_id;
}

// Text before HTML: SendGrid insists on this order.
json::array content_json(const Mail& mail) {
  json::array content;
  auto add = [&](const char* type, const std::string& value) {
    if (!value.empty()) content.push_back(json::object{{"type", type}, {"value", value}});
  };
  add("text/plain", mail.text);
  add("text/html", mail.html);
  return content;
}

Result<std::string> sendgrid_body(const Mail& mail) {
  if (Status checked = check_mail(mail); !checked) return tl::unexpected(checked.error());
  Result<json::object> headers = headers_json(mail);
  if (!headers) return tl::unexpected(headers.error());
  json::object person;
  person["to"] = json::array{mailbox_json(mail.to)};
  person["custom_args"] = json::object{{"trig_send", send_id_of(mail)}};
  json::object body;
  body["personalizations"] = json::array{std::move(person)};
  body["from"] = mailbox_json(mail.from);
  if (mail.reply_to) body["reply_to"] = mailbox_json(*mail.reply_to);
  body["subject"] = mail.subject;
  body["content"] = content_json(mail);
  if (!headers->empty()) body["headers"] = std::move(*headers);
  return json::serialize(body);
}

}  // namespace

Result<std::unique_ptr<SendGridTransport>> SendGridTransport::create(
    const SendGridSettings& settings, HttpPost post) {
  Result<std::string> url = endpoint(settings.base_url, "/v3/mail/send");
  if (!url) return tl::unexpected(url.error());
  if (Status key = check_api_key(settings.api_key); !key) return tl::unexpected(key.error());
  return std::unique_ptr<SendGridTransport>(
      new SendGridTransport(std::move(*url), settings.api_key, std::move(post)));
}

void SendGridTransport::send(Mail mail, std::function<void(SendReply)> done) {
  Result<std::string> body = sendgrid_body(mail);
  if (!body) return done(refusal_of_mail(mail, body.error()));
  HttpCall call{url_,
                {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}},
                std::move(*body)};
  post_(std::move(call),
        [done = std::move(done)](HttpReply reply) { done(judge_http(reply, false)); });
}

}  // namespace trig::delivery
