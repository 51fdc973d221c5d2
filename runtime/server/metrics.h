// Metrics in the Prometheus text format. Counters that live in the store (events, mails by state)
// are read from the engine's totals at each scrape, so they survive a restart.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <string>

#include "runtime/net/http_server.h"
#include "runtime/ports/transport.h"
#include "runtime/server/engine_thread.h"

namespace trig::server {

class Metrics {
 public:
  Metrics();
  // Everything as one text.
  std::string scrape(const EngineStatus& engine, const net::HttpServerStats& http) const;

  prometheus::Counter& attempts(SendOutcome outcome);

 private:
  prometheus::Registry registry_;
  prometheus::Family<prometheus::Counter>& attempts_;

 public:
  prometheus::Counter& render_failures;
  prometheus::Histogram& reply_seconds;  // handed to the transport → reply: the window of P5
};

}  // namespace trig::server
