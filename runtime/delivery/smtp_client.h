// SmtpTransport: mail to one relay over a pool of kept connections.
//
//   Result<std::unique_ptr<SmtpTransport>> relay = SmtpTransport::create(loop, settings);
//   (*relay)->send(mail, [](SendReply reply) { … });
//
// Every call is answered exactly once, in its destructor at the latest, and transmits its message
// at most once. A kept connection that the relay had closed meanwhile is replaced and does not
// count. kInDoubt: the whole message went out and no reply came. kBlocked: the relay refuses us,
// not the mail. kRefused without a code: the mail cannot be written (see mime.h).
//
// Failure of create: certificates that cannot be loaded, a bad sender or host name.
#pragma once

#include <memory>
#include <string>

#include "compiler/base/result.h"
#include "runtime/delivery/smtp_pool.h"
#include "runtime/delivery/smtp_settings.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

class SmtpTransport : public Transport {
 public:
  // The loop must outlive it. Made, used and destroyed on the loop's thread, or before it runs.
  static Result<std::unique_ptr<SmtpTransport>> create(net::EventLoop& loop, SmtpSettings settings);

  void send(Mail mail, std::function<void(SendReply)> done) override;
  std::string name() const override { return name_; }

 private:
  SmtpTransport(net::EventLoop& loop, SmtpSettings settings, SmtpTls mode,
                std::shared_ptr<const net::TlsClient> tls);
  Result<SmtpMail> envelope_of(const Mail& mail) const;

  std::string name_;
  std::optional<std::string> sender_;  // serialised
  SmtpPool pool_;
};

}  // namespace trig::delivery
