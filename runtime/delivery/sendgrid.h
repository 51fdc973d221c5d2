// Mail through SendGrid's HTTP API (POST /v3/mail/send).
// https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
//
//   auto sendgrid = SendGridTransport::create({.api_key = key}, post);
//
// SendGrid has no idempotency key: a call whose reply was lost is in doubt. Its events name the
// mail by the custom argument "trig_send": the value of X-Trig-Send, or else the Message-ID.
// Failure of create: a bad key or base URL.
#pragma once

#include <memory>
#include <string>

#include "compiler/base/result.h"
#include "runtime/delivery/provider_http.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

struct SendGridSettings {
  std::string api_key;
  std::string base_url = "https://api.sendgrid.com";
};

class SendGridTransport : public Transport {
 public:
  static Result<std::unique_ptr<SendGridTransport>> create(const SendGridSettings& settings,
                                                           HttpPost post);
  void send(Mail mail, std::function<void(SendReply)> done) override;
  std::string name() const override { return "sendgrid"; }

 private:
  SendGridTransport(std::string url, std::string key, HttpPost post)
      : url_(std::move(url)), key_(std::move(key)), post_(std::move(post)) {}

  std::string url_;
  std::string key_;
  HttpPost post_;
};

}  // namespace trig::delivery
