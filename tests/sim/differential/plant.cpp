#include "tests/sim/differential/plant.h"

#include <map>

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

// Everything as the executor inside says it, whose program is not the one that was asked for.
class Planted : public exec::Executor {
 public:
  Planted(ir::Program program, const drive::MakeExecutor& around)
      : program_(std::move(program)), inner_(around(program_)) {}

  const ir::Program& program() const override { return program_; }
  ir::Value evaluate(ir::NodeId node, const exec::Frame& frame) const override {
    return inner_->evaluate(node, frame);
  }
  void match(std::uint32_t event, const exec::Frame& frame,
             std::vector<Match>& matches) const override {
    inner_->match(event, frame, matches);
  }
  const std::vector<Match>& candidates(std::uint32_t event) const override {
    return inner_->candidates(event);
  }
  const exec::TriggerIndex& triggers() const override { return inner_->triggers(); }
  const exec::AggregateIndex& aggregates() const override { return inner_->aggregates(); }
  void decode(std::uint32_t event, std::string_view payload,
              exec::Decoded& decoded) const override {
    inner_->decode(event, payload, decoded);
  }

 private:
  ir::Program program_;
  std::unique_ptr<exec::Executor> inner_;
};

}  // namespace

std::optional<drive::MakeExecutor> plant(std::string_view name, drive::MakeExecutor around) {
  auto mistake = kMistakes.find(name);
  if (mistake == kMistakes.end()) return std::nullopt;
  return [make = std::move(around), spoil = mistake->second](const ir::Program& program) {
    ir::Program spoiled = program;
    spoil(spoiled);
    return std::make_unique<Planted>(std::move(spoiled), make);
  };
}

}  // namespace trig::sim
