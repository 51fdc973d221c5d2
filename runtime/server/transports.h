// The transport a project asks for in trig.toml, made with its secrets.
#pragma once

#include <memory>

#include "compiler/project/project.h"
#include "runtime/net/event_loop.h"
#include "runtime/ports/transport.h"

namespace trig::server {

// Failure: an unknown kind, a secret that cannot be read, a folder that cannot be made.
Result<std::unique_ptr<Transport>> make_transport(const project::Project& project,
                                                  net::EventLoop& loop);

}  // namespace trig::server
