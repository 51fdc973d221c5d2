// How many people are at each step of a campaign, and how many mails each of its steps has sent:
// read from a data directory beside the server.
#pragma once

#include <cstdint>
#include <map>

#include "compiler/base/result.h"
#include "compiler/ir/program.h"
#include "runtime/ports/store.h"

namespace trig::report {

struct Stage {
  std::uint64_t waiting = 0;  // journeys that stand there now
  std::uint64_t sent = 0;     // mails that the peer took
};
struct Stages {
  std::map<std::uint32_t, Stage> by_step;  // Campaign::steps; those without anybody are left out
  // Journeys that go on by an older text of the campaign, whose steps are others.
  std::uint64_t on_older_versions = 0;
};

Result<Stages> stages_of(const Store& store, const ir::Campaign& campaign);

}  // namespace trig::report
