#include "tests/sim/differential/plant.h"

#include <map>

#include "compiler/exec/executor_around.h"

namespace trig::sim {
namespace {

using Mistake = void (*)(ir::Program&);

template <typename Items, typename Change>
void each(Items& items, Change&& change) {
  for (std::size_t i = 0; i < items.size(); ++i) change(items.edit(i));
}

void greater(ir::Program& program) {
  each(program.nodes, [](ir::Node& node) {
    if (node.op == ir::Op::kGreater) node.op = ir::Op::kGreaterOrEqual;
  });
}

// A window that also holds what is exactly as old as it is long.
void window(ir::Program& program) {
  each(program.aggregates, [](ir::Aggregate& aggregate) {
    if (aggregate.window) *aggregate.window += Duration(1);
  });
}

void unless(ir::Program& program) {
  each(program.campaigns, [](ir::Campaign& campaign) {
    for (ir::Step& step : campaign.steps)
      if (auto* wait = std::get_if<ir::WaitSpan>(&step.node)) wait->unless.clear();
  });
}

void exits(ir::Program& program) {
  each(program.campaigns, [](ir::Campaign& campaign) { campaign.exits.clear(); });
}

void again(ir::Program& program) {
  each(program.campaigns, [](ir::Campaign& campaign) {
    if (campaign.again == ir::AgainMode::kNever) campaign.again = ir::AgainMode::kWhenFinished;
  });
}

const std::map<std::string_view, Mistake> kMistakes = {{"greater", greater},
                                                       {"window", window},
                                                       {"unless", unless},
                                                       {"exit", exits},
                                                       {"again", again}};

// An executor of a program that is not the one that was asked for.
struct Spoiled {
  ir::Program program;
  std::unique_ptr<exec::Executor> executor;
};

}  // namespace

std::optional<drive::MakeExecutor> plant(std::string_view name, drive::MakeExecutor around) {
  auto mistake = kMistakes.find(name);
  if (mistake == kMistakes.end()) return std::nullopt;
  return [make = std::move(around), spoil = mistake->second](const ir::Program& program) {
    auto spoiled = std::make_shared<Spoiled>(Spoiled{program, nullptr});
    spoil(spoiled->program);
    spoiled->executor = make(spoiled->program);
    const exec::Executor* executor = spoiled->executor.get();
    return std::make_unique<exec::ExecutorAround>(
        std::shared_ptr<const exec::Executor>(std::move(spoiled), executor));
  };
}

}  // namespace trig::sim
