// SmtpPool: the connections to one relay and the mails that wait for one. Connections are opened as
// mails need them, kept for the next mail, and left (QUIT) when idle or after their number of
// mails.
//
// When no connection can be had, every waiting mail is answered with the reason at once: trying
// each of them against a relay that is down would take hours and tell nothing new.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>

#include "runtime/delivery/smtp_session.h"

namespace trig::delivery {

class SmtpPool {
 public:
  using Done = std::function<void(SendReply)>;

  SmtpPool(net::EventLoop& loop, SmtpSettings settings, SmtpTls mode,
           std::shared_ptr<const net::TlsClient> tls);
  ~SmtpPool();  // answers what is still waiting or running
  SmtpPool(const SmtpPool&) = delete;
  SmtpPool& operator=(const SmtpPool&) = delete;

  // At most kMaxHandoversInFlight mails wait or run; one more is deferred at once.
  void send(SmtpMail mail, Done done);

 private:
  struct Job {
    SmtpMail mail;
    Done done;
    bool met_stale = false;  // given back once by a connection the relay had closed
  };
  enum class State : std::uint8_t { kOpening, kIdle, kBusy, kLeaving };
  struct Slot {
    std::unique_ptr<SmtpSession> session;
    State state = State::kOpening;
    net::Timer idle;
    Done running;  // of the mail in hand
    bool met_stale = false;
  };
  using Place = std::list<Slot>::iterator;

  void dispatch();
  Place take_idle();
  std::size_t count(State state) const;
  void open_one();
  void opened(Place place, std::optional<SendReply> failure);
  void start(Place place);
  void sent(Place place, SmtpResult result);
  void rest(Place place);
  void leave(Place place);

  net::EventLoop& loop_;
  const SmtpSettings settings_;
  const SmtpTls mode_;
  const std::shared_ptr<const net::TlsClient> tls_;
  std::deque<Job> waiting_;
  std::list<Slot> slots_;
};

}  // namespace trig::delivery
