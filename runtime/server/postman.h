// Postman: from an attempt whose beginning is durable to the peer's reply. It composes the mail
// from its template, hands it to the transport, judges the reply, and answers the engine. One
// thread, an event loop of its own, so that a slow relay never holds up ingest.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "runtime/net/event_loop.h"
#include "runtime/ports/clock.h"
#include "runtime/ports/transport.h"
#include "runtime/server/compose.h"
#include "runtime/server/engine_thread.h"
#include "runtime/server/log.h"
#include "runtime/server/metrics.h"
#include "runtime/server/poster.h"

namespace trig::server {

class Postman {
 public:
  // Makes the transport on the postman's own loop.
  using MakeTransport = std::function<Result<std::unique_ptr<Transport>>(net::EventLoop& loop)>;
  using OnAnswer = std::function<void(Answer)>;

  Postman(Composer composer, const Clock& clock, Log& log, Metrics& metrics, OnAnswer on_answer);
  using MakePoster = std::function<Result<std::unique_ptr<Poster>>(net::EventLoop& loop)>;
  ~Postman();

  Status start(const MakeTransport& make_transport, const MakePoster& make_poster);
  void hand_over(std::vector<engine::Handover> attempts);  // thread-safe
  // Hands over nothing more: later attempts are answered as deferred. Then waits, at most `grace`,
  // for the replies that are out.
  void drain(std::chrono::milliseconds grace);
  void stop();
  std::string transport_name() const { return transport_->name(); }

 private:
  void send(const engine::Handover& handover);
  void settle(const engine::Handover& handover, const SendReply& reply);

  Composer composer_;
  const Clock& clock_;
  Log& log_;
  Metrics& metrics_;
  OnAnswer on_answer_;
  net::EventLoop loop_;
  std::unique_ptr<Transport> transport_;
  std::unique_ptr<Poster> poster_;
  std::thread thread_;
  std::atomic<bool> draining_ = false;
  std::atomic<std::size_t> out_ = 0;  // handed over and not answered
};

}  // namespace trig::server
