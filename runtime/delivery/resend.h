// Mail through Resend's HTTP API (POST /emails). https://resend.com/docs/api-reference/emails
//
//   auto resend = ResendTransport::create({.api_key = key}, post);
//
// Every attempt carries the Message-ID as its Idempotency-Key, and the same Mail gives the same
// body: within 24 hours (kMaxMailAge) Resend answers a repeat without sending again. So a call
// whose reply was lost is deferred, not in doubt. Failure of create: a bad key or base URL.
#pragma once

#include <memory>
#include <string>

#include "compiler/base/result.h"
#include "runtime/delivery/provider_http.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

struct ResendSettings {
  std::string api_key;
  std::string base_url = "https://api.resend.com";
};

class ResendTransport : public Transport {
 public:
  static Result<std::unique_ptr<ResendTransport>> create(const ResendSettings& settings,
                                                         HttpPost post);
  void send(Mail mail, std::function<void(SendReply)> done) override;
  std::string name() const override { return "resend"; }

 private:
  ResendTransport(std::string url, std::string key, HttpPost post)
      : url_(std::move(url)), key_(std::move(key)), post_(std::move(post)) {}

  std::string url_;
  std::string key_;
  HttpPost post_;
};

}  // namespace trig::delivery
