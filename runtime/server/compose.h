// Composer: a begun attempt → the Mail to hand over. Pure: the same attempt of the same message
// gives the same mail, after a restart too (the data it renders was kept when the attempt began).
#pragma once

#include <map>
#include <string>

#include "compiler/project/project.h"
#include "runtime/engine/engine.h"
#include "runtime/links/token.h"
#include "runtime/ports/transport.h"

namespace trig::server {

class Composer {
 public:
  // `workspace_secret` makes message ids unguessable and address keys; `links` sign unsubscribing.
  Composer(project::Config config, links::LinkKeys links, std::string workspace_secret);

  // Failure: the template cannot be rendered with these values, or has no sender.
  Result<Mail> compose(const engine::Handover& handover) const;

 private:
  std::vector<std::string> languages_of(const ir::Program& program,
                                        const exec::Message& message) const;
  std::string unsubscribe_url(const exec::Message& message, const std::string& topic) const;

  project::Config config_;
  links::LinkKeys links_;
  std::string workspace_secret_;
};

}  // namespace trig::server
