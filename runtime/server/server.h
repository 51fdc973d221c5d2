// The server: ingest, engine and delivery of one project, until it is told to stop.
//
//   ServeOptions options{.speed = 60};
//   Result<int> code = serve(deployed, compile, options, log);   // returns after SIGTERM or SIGINT
//
// On SIGHUP the project's folder is read again, and what changed is deployed while the server runs.
// The admin API (runtime/admin), where trig.toml asks for it, deploys too.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/project/project.h"
#include "runtime/engine/programs.h"
#include "runtime/net/event_loop.h"
#include "runtime/ports/store.h"
#include "runtime/ports/transport.h"
#include "runtime/server/log.h"

namespace trig::server {

// The ports to the outside world, by how they are made. A test gives others; a program gives none.
struct ServePorts {
  // The store in a data directory.
  std::function<Result<std::unique_ptr<Store>>(const std::string& directory)> open_store;
  // What carries the mail, on the loop it will work on.
  std::function<Result<std::unique_ptr<Transport>>(const project::Project&, net::EventLoop&)>
      make_transport;
};
// The store on disk, and the transport that trig.toml asks for.
ServePorts real_ports();

// A checked project behind an executor that goes on from the running one.
using MakeReady = std::function<std::shared_ptr<const engine::Deployed>(
    std::shared_ptr<const project::Project> project, const engine::Deployed& running)>;

struct ServeOptions {
  double speed = 1.0;                 // the clock runs this many times faster
  std::optional<std::string> listen;  // instead of trig.toml's
  std::optional<std::string> data_dir;
  // Called once, when requests are answered, with the URL (the port may have been 0).
  std::function<void(const std::string& url)> on_ready;
  ServePorts ports = real_ports();
  MakeReady make_ready;  // absent: what runs at the start runs to the end
  // The files that run, lists and catalogs among them, for the versions that the admin API keeps.
  // May be absent where neither trig.toml nor the data directory speaks of those.
  std::shared_ptr<const project::Files> files;
};

// Where a project's server keeps what it knows.
std::string data_directory(const std::string& root, const project::Config& config,
                           const ServeOptions& options);

// Failure: it could not start (a port in use, a data directory in use or too new, a secret
// missing). Otherwise the exit code: 0 after a graceful stop, 3 if the store failed while running.
Result<int> serve(std::shared_ptr<const engine::Deployed> deployed, engine::CompileFiles compile,
                  const ServeOptions& options, Log& log);

}  // namespace trig::server
