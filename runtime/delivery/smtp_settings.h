// How to reach one relay and how to behave there.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "runtime/net/connection.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {

enum class SmtpTls : std::uint8_t {
  kNever,
  // STARTTLS where the relay offers it, any certificate. Whoever can forge a certificate here could
  // as well remove the offer, so checking it would only break relays with home-made ones.
  kIfOffered,
  kRequired,  // STARTTLS with a certificate that is checked, or no mail
  kImplicit,  // TLS from the first byte (RFC 8314, port 465), the certificate checked
};

// RFC 5321 §4.5.3.2, which says "at least".
struct SmtpTimeouts {
  std::chrono::milliseconds connect{std::chrono::seconds(30)};  // the RFC names none for this
  std::chrono::milliseconds command{std::chrono::minutes(5)};   // greeting, MAIL, RCPT and the rest
  std::chrono::milliseconds body{std::chrono::minutes(10)};     // all of the message
  std::chrono::milliseconds final_reply{std::chrono::minutes(10)};
  std::chrono::milliseconds idle{std::chrono::seconds(20)};  // between mails; then QUIT
  std::chrono::milliseconds quit{std::chrono::seconds(10)};  // for the reply to it
};

struct SmtpSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 25;
  std::optional<SmtpTls> tls;  // unset: kRequired with a user, kIfOffered without
  net::TlsOptions tls_options;
  std::string tls_name;  // the name in the relay's certificate; empty: `host`
  std::string user;      // empty: no AUTH
  std::string password;
  std::string helo_name;                       // empty: this machine's name
  std::optional<std::string> envelope_sender;  // unset: the From address; "": the null sender
  std::size_t connections = 10;                // at most kMaxConnectionsPerRelay
  std::size_t mails_per_connection = kMaxMailsPerConnection;  // and at most that
  SmtpTimeouts timeouts;
};

}  // namespace trig::delivery
