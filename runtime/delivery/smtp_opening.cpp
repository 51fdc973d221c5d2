// SmtpSession from the connection to the moment it can take a mail.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <charconv>

#include "compiler/base/hash.h"
#include "runtime/delivery/address.h"
#include "runtime/delivery/smtp_session.h"

namespace trig::delivery {
namespace {

// Words of "AUTH PLAIN LOGIN" and of the older "AUTH=PLAIN LOGIN", in capitals.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words(1);
  for (char c : line) {
    if (c == ' ' || c == '=') {
      if (!words.back().empty()) words.emplace_back();
    } else {
      words.back() += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
  }
  return words;
}

SendReply our_fault(std::string text) {
  return SendReply{SendOutcome::kBlocked, 0, "", std::move(text), {}};
}

}  // namespace

std::string helo_name(const SmtpSettings& settings) {
  if (!settings.helo_name.empty()) return settings.helo_name;
  char name[256] = "";
  bool known = ::gethostname(name, sizeof name - 1) == 0;
  return known && parse_address(std::string("x@") + name) ? name : "localhost";
}

SmtpSession::SmtpSession(net::EventLoop& loop, const SmtpSettings& settings, SmtpTls mode,
                         std::shared_ptr<const net::TlsClient> tls)
    : settings_(settings), mode_(mode), tls_(std::move(tls)), link_(loop) {}

void SmtpSession::open(Opened done) {
  opened_ = std::move(done);
  link_.connect(settings_.host, settings_.port, settings_.timeouts.connect,
                [this](std::optional<net::ConnectionError> error) {
                  if (error) return opening_lost(*error);
                  auto greet = [this] {
                    read_reply(settings_.timeouts.command, [this](auto reply) {
                      if (!reply) return opening_lost(reply.error());
                      greeted(*reply);
                    });
                  };
                  if (mode_ == SmtpTls::kImplicit) return encrypt(greet);
                  greet();
                });
}

void SmtpSession::greeted(const SmtpReply& reply) {
  if (!reply.is_positive()) return opened(judge(reply, SmtpStage::kOpening));
  say_hello();
}

void SmtpSession::say_hello() {
  ask("EHLO " + helo_name(settings_), [this](const SmtpReply& reply) {
    if (reply.is_positive()) {
      offer_ = read_offer(reply);
      return heard_hello(reply);
    }
    if (reply.code < 500) return opened(judge(reply, SmtpStage::kOpening));
    // A server from before ESMTP (RFC 5321 §3.2).
    ask("HELO " + helo_name(settings_), [this](const SmtpReply& second) {
      offer_ = {};
      heard_hello(second);
    });
  });
}

SmtpSession::Offer SmtpSession::read_offer(const SmtpReply& reply) {
  Offer offer;
  for (std::size_t i = 1; i < reply.lines.size(); ++i) {  // the first line is its name
    std::vector<std::string> words = words_of(reply.lines[i]);
    auto has = [&](std::string_view word) {
      return std::find(words.begin() + 1, words.end(), word) != words.end();
    };
    if (words[0] == "PIPELINING") offer.pipelining = true;
    if (words[0] == "STARTTLS") offer.starttls = true;
    if (words[0] == "AUTH") {
      offer.auth_plain |= has("PLAIN");
      offer.auth_login |= has("LOGIN");
    }
    if (words[0] == "SIZE" && words.size() > 1) {
      std::from_chars(words[1].data(), words[1].data() + words[1].size(), offer.max_bytes);
    }
  }
  return offer;
}

void SmtpSession::heard_hello(const SmtpReply& reply) {
  if (!reply.is_positive()) return opened(judge(reply, SmtpStage::kOpening));
  bool wanted = mode_ == SmtpTls::kRequired || mode_ == SmtpTls::kIfOffered;
  if (wanted && !link_.is_encrypted()) {
    if (offer_.starttls) return start_tls();
    if (mode_ == SmtpTls::kRequired) {
      return opened(our_fault("the relay does not offer STARTTLS, which is required here"));
    }
  }
  if (!settings_.user.empty()) return authenticate();
  opened(std::nullopt);
}

void SmtpSession::start_tls() {
  ask("STARTTLS", [this](const SmtpReply& reply) {
    if (!reply.is_positive()) return opened(judge(reply, SmtpStage::kOpening));
    // What was offered in the clear counts for nothing from here on (RFC 3207 §4.2).
    offer_ = {};
    encrypt([this] { say_hello(); });
  });
}

void SmtpSession::encrypt(std::function<void()> then) {
  const std::string& name = settings_.tls_name.empty() ? settings_.host : settings_.tls_name;
  link_.start_tls(*tls_, name, settings_.timeouts.command,
                  [this, then = std::move(then)](std::optional<net::ConnectionError> error) {
                    if (error) return opening_lost(*error);
                    then();
                  });
}

void SmtpSession::authenticate() {
  if (offer_.auth_plain) {
    std::string secret = '\0' + settings_.user + '\0' + settings_.password;
    return ask("AUTH PLAIN " + base64(secret),
               [this](const SmtpReply& reply) { authenticated(reply); });
  }
  if (offer_.auth_login) return log_in();
  opened(our_fault("the relay offers neither AUTH PLAIN nor AUTH LOGIN"));
}

void SmtpSession::log_in() {
  ask("AUTH LOGIN", [this](const SmtpReply& first) {
    if (first.code != 334) return authenticated(first);
    ask(base64(settings_.user), [this](const SmtpReply& second) {
      if (second.code != 334) return authenticated(second);
      ask(base64(settings_.password), [this](const SmtpReply& third) { authenticated(third); });
    });
  });
}

void SmtpSession::authenticated(const SmtpReply& reply) {
  if (reply.code == 235) return opened(std::nullopt);
  if (reply.code >= 400) return opened(judge(reply, SmtpStage::kOpening));
  opened(our_fault(fmt::format("the relay answered AUTH with {} {}", reply.code, reply.text())));
}

void SmtpSession::ask(std::string command, std::function<void(const SmtpReply&)> then) {
  link_.write(std::move(command) + "\r\n", settings_.timeouts.command,
              [this, then = std::move(then)](std::optional<net::ConnectionError> error) {
                if (error) return opening_lost(*error);
                read_reply(settings_.timeouts.command, [this, then](auto reply) {
                  if (!reply) return opening_lost(reply.error());
                  then(*reply);
                });
              });
}

void SmtpSession::opening_lost(const net::ConnectionError& error) {
  using net::ConnectionFault;
  bool attack =
      error.fault == ConnectionFault::kCertificate || error.fault == ConnectionFault::kInjected;
  SendOutcome outcome = attack ? SendOutcome::kBlocked : SendOutcome::kDeferred;
  opened(SendReply{outcome, 0, "", error.text, {}});
}

void SmtpSession::opened(std::optional<SendReply> failure) {
  if (failure) link_.close();
  Opened done = std::move(opened_);
  done(std::move(failure));
}

}  // namespace trig::delivery
