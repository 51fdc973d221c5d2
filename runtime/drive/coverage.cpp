#include "runtime/drive/coverage.h"

#include "compiler/exec/executor_around.h"

namespace trig::drive {
namespace {

class ListeningExecutor : public exec::ExecutorAround {
 public:
  ListeningExecutor(std::shared_ptr<const exec::Executor> inner, Coverage& coverage)
      : ExecutorAround(std::move(inner)), coverage_(coverage) {}

  void at_step(std::uint32_t campaign, std::uint32_t step) const override {
    coverage_.at_step(campaign, step);
  }
  void took_way(std::uint32_t campaign, std::uint32_t step, std::uint32_t way) const override {
    coverage_.took_way(campaign, step, way);
  }
  void stopped_by(std::uint32_t campaign, const ir::Watch& watch) const override {
    coverage_.stopped_by(campaign, watch);
  }

 private:
  Coverage& coverage_;
};

// What an author wrote as a step: not the jumps behind branches, nor the end of all.
bool is_written(const ir::Step& step) {
  return step.range.valid() && !std::holds_alternative<ir::Jump>(step.node);
}

}  // namespace

std::shared_ptr<const engine::Deployed> Coverage::listening(
    std::shared_ptr<const engine::Deployed> deployed) {
  auto copy = std::make_shared<engine::Deployed>(*deployed);
  copy->executor = std::make_shared<ListeningExecutor>(deployed->executor, *this);
  return copy;
}

void Coverage::at_step(std::uint32_t campaign, std::uint32_t step) {
  steps_.insert({campaign, step});
}

void Coverage::took_way(std::uint32_t campaign, std::uint32_t step, std::uint32_t way) {
  ways_.insert({{campaign, step}, way});
}

void Coverage::stopped_by(std::uint32_t /*campaign*/, const ir::Watch& watch) {
  stops_.insert(&watch);
}

// Empty: the step leads on in one way only.
std::vector<Coverage::Way> Coverage::ways_of(const ir::Step& step) const {
  if (const auto* branch = std::get_if<ir::Branch>(&step.node)) {
    const TextRange condition = program_.node(branch->condition).range;
    return {{"never true", condition}, {"never false", condition}};
  }
  if (std::holds_alternative<ir::WaitForEvent>(step.node))
    return {{"never came", step.range}, {"never timed out", step.range}};
  if (const auto* wait = std::get_if<ir::WaitForSilence>(&step.node); wait && wait->up_to)
    return {{"never silent for so long", step.range}, {"never came to the bound", step.range}};
  std::vector<Way> ways;
  if (const auto* split = std::get_if<ir::Split>(&step.node))
    for (const ir::Split::Arm& arm : split->arms)
      ways.push_back({"nobody in the arm " + arm.name, step.range});
  return ways;
}

std::vector<CampaignCoverage> Coverage::result() const {
  std::vector<CampaignCoverage> all;
  for (std::uint32_t c = 0; c < program_.campaigns.size(); ++c) {
    const ir::Campaign& campaign = program_.campaigns[c];
    CampaignCoverage& one = all.emplace_back();
    one.name = campaign.name;
    auto count = [&](bool reached, TextRange range, std::string_view what) {
      ++one.places;
      one.reached += reached ? 1 : 0;
      if (!reached) one.missed.push_back({range, std::string(what)});
    };
    auto count_unless = [&](const std::vector<std::uint32_t>& unless) {
      for (std::uint32_t watch : unless)
        count(stops_.contains(&campaign.watches[watch]), campaign.watches[watch].range,
              "never ended a journey");
    };
    for (std::uint32_t s = 0; s < campaign.steps.size(); ++s) {
      const ir::Step& step = campaign.steps[s];
      if (!is_written(step)) continue;
      const std::vector<Way> ways = ways_of(step);
      if (ways.empty()) count(steps_.contains({c, s}), step.range, "never reached");
      for (std::uint32_t way = 0; way < ways.size(); ++way)
        count(ways_.contains({{c, s}, way}), ways[way].range, ways[way].missed);
      if (const auto* wait = std::get_if<ir::WaitSpan>(&step.node)) count_unless(wait->unless);
      if (const auto* wait = std::get_if<ir::WaitUntil>(&step.node)) count_unless(wait->unless);
      if (const auto* wait = std::get_if<ir::WaitForSilence>(&step.node))
        count_unless(wait->unless);
    }
    for (const ir::Watch& exit : campaign.exits)
      count(stops_.contains(&exit), exit.range, "never ended a journey");
  }
  return all;
}

}  // namespace trig::drive
