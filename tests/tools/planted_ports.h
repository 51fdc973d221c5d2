// Ports with a fault planted in them: servers that break a promise, so that a test which must
// notice is seen to notice.
//
//   ServeOptions options;
//   plant_lost_commit(options.ports);
#pragma once

#include "runtime/server/server.h"

namespace trig::test {

// Every 20th commit that holds an event is answered as durable and never made.
void plant_lost_commit(server::ServePorts& ports);

// Every 20th mail that the relay took is handed over once more; every second of those under another
// Message-ID.
void plant_double_send(server::ServePorts& ports);

}  // namespace trig::test
