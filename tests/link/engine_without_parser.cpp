// Links the engine with nothing but an in-memory store, and runs a turn. That it links proves that
// the engine needs no parser, no sockets and no RocksDB; linked_check.sh looks at the result.
#include <cstdio>

#include "compiler/exec/executor.h"
#include "runtime/engine/engine.h"
#include "runtime/store/memory_store.h"

namespace {

trig::ir::Program program_without_campaigns() {
  trig::ir::Program program;
  program.project = "empty";
  program.person = program.types.add_record({"person", {}});
  program.sources.resize(1);
  return program;
}

int run() {
  const trig::ir::Program program = program_without_campaigns();
  auto deployed = std::make_shared<trig::engine::Deployed>();
  deployed->files = std::make_shared<const std::map<std::string, std::string>>();
  deployed->program = &program;
  deployed->executor = trig::exec::make_interpreter(program);
  trig::store::MemoryStore store;
  const trig::Instant now{std::chrono::hours(24)};
  trig::engine::EngineSettings settings;
  settings.workspace_secret = "sixteen bytes ok";
  const auto no_compiler = [](const std::map<std::string, std::string>&)
      -> trig::Result<std::shared_ptr<const trig::engine::Deployed>> {
    return trig::fail("there is no compiler here");
  };
  auto engine = trig::engine::Engine::open(store, deployed, no_compiler, settings, now);
  if (!engine) {
    std::fprintf(stderr, "%s\n", engine.error().message.c_str());
    return 1;
  }
  trig::Envelope envelope;
  envelope.source = "website";
  envelope.message_id = "1";
  envelope.event = "something";
  envelope.user_id = "ana";
  envelope.payload = "{}";
  (*engine)->take(envelope, now);
  if (!(*engine)->commit()) return 1;
  return (*engine)->find_user("ana") ? 0 : 1;
}

}  // namespace

int main() { return run(); }
