// The HTTP call of the provider adapters over a net::Connection: one request per connection, no
// TLS.
#pragma once

#include "runtime/delivery/provider_http.h"
#include "runtime/net/event_loop.h"

namespace trig::test {

delivery::HttpPost http_over_connection(net::EventLoop& loop);

}  // namespace trig::test
