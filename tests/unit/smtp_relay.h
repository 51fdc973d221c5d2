// SmtpTransport on a loop of its own, with calls that wait for their answer; and what the scripts
// of its relays have in common.
#pragma once

#include <memory>
#include <stdexcept>
#include <vector>

#include "runtime/delivery/smtp_client.h"
#include "tests/unit/peers.h"

namespace trig::test {

class Relay {
 public:
  explicit Relay(const delivery::SmtpSettings& settings) {
    transport_ = loop_.call([&] {
      auto made = delivery::SmtpTransport::create(loop_.loop(), settings);
      if (!made) throw std::runtime_error(made.error().message);
      return std::move(*made);
    });
  }
  ~Relay() {
    loop_.call([this] { transport_.reset(); });
  }

  SendReply send(const Mail& mail) {
    return loop_.await<SendReply>([&](auto done) { transport_->send(mail, done); });
  }

  // All at once; the replies in the order they came.
  std::vector<SendReply> send_all(const std::vector<Mail>& mails) {
    return loop_.await<std::vector<SendReply>>([&](auto done) {
      auto replies = std::make_shared<std::vector<SendReply>>();
      std::size_t total = mails.size();
      for (const Mail& mail : mails) {
        transport_->send(mail, [=](SendReply reply) {
          replies->push_back(std::move(reply));
          if (replies->size() == total) done(*replies);
        });
      }
    });
  }

  // Ends the transport while a mail is on its way; its answer.
  SendReply send_and_stop(const Mail& mail, std::function<void()> meanwhile) {
    std::promise<SendReply> answer;
    auto future = answer.get_future();
    loop_.call([&] { transport_->send(mail, [&](SendReply reply) { answer.set_value(reply); }); });
    meanwhile();
    loop_.call([this] { transport_.reset(); });
    return future.get();
  }

 private:
  LoopThread loop_;
  std::unique_ptr<delivery::SmtpTransport> transport_;
};

inline delivery::SmtpSettings settings_for(std::uint16_t port) {
  delivery::SmtpSettings settings;
  settings.port = port;
  settings.helo_name = "trig.example";
  return settings;
}

inline std::vector<Mail> sample_mails(std::size_t count) {
  std::vector<Mail> all;
  for (std::size_t i = 1; i <= count; ++i) all.push_back(sample_mail(static_cast<int>(i)));
  return all;
}

// --- the relay's side, for scripts ---

inline const std::string kHello = "250-relay.example\r\n250 PIPELINING\r\n";

// Greeting and EHLO with these keywords.
inline void greet(ScriptedPeer& peer, const std::string& offer = kHello) {
  peer.send("220 relay.example ESMTP\r\n");
  peer.line();
  peer.send(offer);
}

// One mail after the greeting, taken; the body as it came.
inline std::string take_mail(ScriptedPeer& peer) {
  for (const char* reply : {"250 ok\r\n", "250 ok\r\n", "354 go on\r\n"}) {
    peer.line();
    peer.send(reply);
  }
  std::string body = peer.until("\r\n.\r\n");
  peer.send("250 2.0.0 taken\r\n");
  return body;
}

// What becomes of a mail whose relay follows `script`.
inline SendReply outcome_of(ScriptedServer::Script script, delivery::SmtpSettings settings = {}) {
  ScriptedServer server(std::move(script));
  settings.port = server.port();
  Relay relay(settings);
  return relay.send(sample_mail());
}

}  // namespace trig::test
