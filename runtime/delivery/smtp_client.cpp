#include "runtime/delivery/smtp_client.h"

#include <utility>

#include "runtime/delivery/address.h"
#include "runtime/delivery/dot_stuffing.h"
#include "runtime/delivery/mime.h"
#include "runtime/delivery/utf8.h"

namespace trig::delivery {
namespace {

Result<std::optional<std::string>> sender_of(const SmtpSettings& settings) {
  if (!settings.envelope_sender || settings.envelope_sender->empty()) {
    return settings.envelope_sender;
  }
  Result<Address> address = parse_address(*settings.envelope_sender);
  if (!address) return fail("the envelope sender: {}", address.error().message);
  return address->text();
}

std::string text_of(const SmtpSettings& settings, SmtpTls mode) {
  return fmt::format("{}://{}:{}", mode == SmtpTls::kImplicit ? "smtps" : "smtp", settings.host,
                     settings.port);
}

}  // namespace

Result<std::unique_ptr<SmtpTransport>> SmtpTransport::create(net::EventLoop& loop,
                                                             SmtpSettings settings) {
  SmtpTls mode =
      settings.tls.value_or(settings.user.empty() ? SmtpTls::kIfOffered : SmtpTls::kRequired);
  // A name with a space or a line end would be a second command.
  if (!settings.helo_name.empty() && !parse_address("x@" + settings.helo_name)) {
    return fail("`{}` is no host name to greet a relay with", settings.helo_name);
  }
  Result<std::optional<std::string>> sender = sender_of(settings);
  if (!sender) return tl::unexpected(sender.error());
  settings.envelope_sender = std::move(*sender);
  std::shared_ptr<const net::TlsClient> tls;
  if (mode != SmtpTls::kNever) {
    settings.tls_options.verify_peer = mode != SmtpTls::kIfOffered;
    Result<std::shared_ptr<const net::TlsClient>> loaded =
        net::TlsClient::create(settings.tls_options);
    if (!loaded) return tl::unexpected(loaded.error());
    tls = std::move(*loaded);
  }
  return std::unique_ptr<SmtpTransport>(
      new SmtpTransport(loop, std::move(settings), mode, std::move(tls)));
}

SmtpTransport::SmtpTransport(net::EventLoop& loop, SmtpSettings settings, SmtpTls mode,
                             std::shared_ptr<const net::TlsClient> tls)
    : name_(text_of(settings, mode)),
      sender_(settings.envelope_sender),
      pool_(loop, std::move(settings), mode, std::move(tls)) {}

Result<SmtpMail> SmtpTransport::envelope_of(const Mail& mail) const {
  Result<std::string> bytes = build_mime(mail);
  if (!bytes) return tl::unexpected(bytes.error());
  Result<Address> from = parse_address(mail.from.address);
  Result<Address> to = parse_address(mail.to.address);
  if (!from) return tl::unexpected(from.error());
  if (!to) return tl::unexpected(to.error());
  return SmtpMail{sender_.value_or(from->text()), to->text(), dot_stuffed(*bytes)};
}

void SmtpTransport::send(Mail mail, std::function<void(SendReply)> done) {
  Result<SmtpMail> ready = envelope_of(mail);
  if (!ready) return done(refusal_of_mail(mail, ready.error()));
  pool_.send(std::move(*ready), std::move(done));
}

}  // namespace trig::delivery
