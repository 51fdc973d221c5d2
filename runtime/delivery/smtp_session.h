// SmtpSession: one connection to a relay, from its greeting to QUIT, one mail at a time (RFC 5321;
// pipelined by RFC 2920 where offered; STARTTLS RFC 3207; AUTH RFC 4954; SIZE RFC 1870).
//
//   session.open([&](std::optional<SendReply> failure) { … });
//   session.send({"a@x.example", "b@y.example", dot_stuffed(bytes)}, [&](SmtpResult result) { … });
//
// Messages are 7-bit, so neither 8BITMIME nor SMTPUTF8 is ever asked for.
// No callback is called after abort() or the session's end. A callback may end the session.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/delivery/smtp_reply.h"
#include "runtime/delivery/smtp_settings.h"

namespace trig::delivery {

struct SmtpMail {
  std::string sender;  // serialised addresses, without < and >
  std::string recipient;
  std::string data;  // dot-stuffed, with the final dot
};

struct SmtpResult {
  SendReply reply;
  bool usable = false;  // the session can take another mail
  // The relay had closed a connection that it kept open between mails, and has taken nothing of
  // this one: no attempt was made. `unsent` is the mail, for another connection.
  bool stale = false;
  SmtpMail unsent;
};

class SmtpSession {
 public:
  using Opened = std::function<void(std::optional<SendReply> failure)>;
  using Sent = std::function<void(SmtpResult)>;

  // `tls` may be null with SmtpTls::kNever only. The settings must outlive the session.
  SmtpSession(net::EventLoop& loop, const SmtpSettings& settings, SmtpTls mode,
              std::shared_ptr<const net::TlsClient> tls);

  void open(Opened done);
  // What the relay has said in advance that it would not take.
  std::optional<SendReply> refusal_of(const SmtpMail& mail) const;
  void send(SmtpMail mail, Sent done);
  void quit(std::function<void()> done);
  // Ends the running send at once: what can be said about its mail.
  SendReply abort();

  std::size_t mails() const { return mails_; }  // tried here, taken or not
  bool is_quiet() const { return link_.is_quiet(); }

 private:
  struct Offer {  // of EHLO
    bool pipelining = false;
    bool starttls = false;
    bool auth_plain = false;
    bool auth_login = false;
    std::uint64_t max_bytes = 0;  // 0: not told
  };
  enum class Step : std::uint8_t { kReset, kSender, kRecipient, kData };
  struct Transaction {
    SmtpMail mail;
    Sent done;
    std::vector<Step> steps;
    std::size_t next = 0;              // of `steps`, to be answered
    std::optional<SendReply> verdict;  // the first refusal
    bool recipient_taken = false;
    bool body_begun = false;
  };
  using ReplyHandler = std::function<void(tl::expected<SmtpReply, net::ConnectionError>)>;

  // smtp_opening.cpp
  void greeted(const SmtpReply& reply);
  void say_hello();
  void heard_hello(const SmtpReply& reply);
  void start_tls();
  void encrypt(std::function<void()> then);
  void authenticate();
  void log_in();
  void authenticated(const SmtpReply& reply);
  void ask(std::string command, std::function<void(const SmtpReply&)> then);
  void opening_lost(const net::ConnectionError& error);
  void opened(std::optional<SendReply> failure);
  static Offer read_offer(const SmtpReply& reply);

  // smtp_session.cpp
  void read_reply(std::chrono::milliseconds timeout, ReplyHandler then);
  void write_steps(std::size_t end);
  void await_step();
  void answered(const SmtpReply& reply);
  void after_step();
  std::string command_of(Step step) const;
  void send_body();
  void judge_message(const tl::expected<SmtpReply, net::ConnectionError>& reply);
  void lost(const net::ConnectionError& error);
  void finish(SendReply reply, bool usable, bool stale = false);

  const SmtpSettings& settings_;
  const SmtpTls mode_;
  const std::shared_ptr<const net::TlsClient> tls_;
  net::Connection link_;
  SmtpReplyReader reader_;
  Offer offer_;
  Opened opened_;
  std::optional<Transaction> transaction_;
  bool needs_reset_ = false;
  std::size_t mails_ = 0;
};

// "relay.example", for EHLO: the setting, or this machine's name, or "localhost".
std::string helo_name(const SmtpSettings& settings);

}  // namespace trig::delivery
