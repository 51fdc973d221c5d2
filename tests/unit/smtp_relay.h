// SmtpTransport on a loop of its own, with calls that wait for their answer.
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

}  // namespace trig::test
