// The server: ingest, engine and delivery of one project, until it is told to stop.
//
//   ServeOptions options{.speed = 60};
//   Result<int> code = serve(deployed, compile, options, log);   // returns after SIGTERM or SIGINT
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/engine/programs.h"
#include "runtime/server/log.h"

namespace trig::server {

struct ServeOptions {
  double speed = 1.0;                  // the clock runs this many times faster
  std::optional<std::string> listen;   // instead of trig.toml's
  std::optional<std::string> data_dir;
  // Called once, when requests are answered, with the URL (the port may have been 0).
  std::function<void(const std::string& url)> on_ready;
};

// Failure: it could not start (a port in use, a data directory in use or too new, a secret missing).
// Otherwise the exit code: 0 after a graceful stop, 3 if the store failed while running.
Result<int> serve(std::shared_ptr<const engine::Deployed> deployed, engine::CompileFiles compile,
                  const ServeOptions& options, Log& log);

}  // namespace trig::server
