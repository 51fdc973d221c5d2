// The events that a running server has stored, fetched over its admin API as a recording.
#pragma once

#include "compiler/base/time.h"
#include "runtime/cli/server_call.h"
#include "runtime/drive/recorded_file.h"

namespace trig::cli {

struct ServerEvents {
  Instant from;                  // received then or later
  Instant to;                    // received before
  std::uint64_t max_events = 0;  // more of them are a Failure
};
Result<drive::RecordedFile> fetch_events(const ServerOptions& server, const ServerEvents& wanted);

}  // namespace trig::cli
