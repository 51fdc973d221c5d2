#include "runtime/drive/coverage.h"

namespace trig::drive {
namespace {

class ListeningExecutor : public exec::Executor {
 public:
  ListeningExecutor(std::shared_ptr<const exec::Executor> inner, Coverage& coverage)
      : inner_(std::move(inner)), coverage_(coverage) {}

  const ir::Program& program() const override { return inner_->program(); }
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
  void at_step(std::uint32_t campaign, std::uint32_t step) const override {
    coverage_.at_step(campaign, step);
  }
  exec::Decoded decode(std::uint32_t event, std::string_view payload) const override {
    return inner_->decode(event, payload);
  }

 private:
  std::shared_ptr<const exec::Executor> inner_;
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

// A condition takes no time: the step told next is the one it led to.
void Coverage::at_step(std::uint32_t campaign, std::uint32_t step) {
  if (any_ && last_.campaign == campaign) {
    const ir::Step& before = program_.campaigns[campaign].steps[last_.step];
    if (std::holds_alternative<ir::Branch>(before.node))
      outcomes_.emplace(last_, step == last_.step + 1);
  }
  last_ = {campaign, step};
  any_ = true;
  steps_.insert(last_);
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
    for (std::uint32_t s = 0; s < campaign.steps.size(); ++s) {
      const ir::Step& step = campaign.steps[s];
      if (!is_written(step)) continue;
      const bool reached = steps_.contains({c, s});
      const auto* branch = std::get_if<ir::Branch>(&step.node);
      if (branch == nullptr) {
        count(reached, step.range, "never reached");
        continue;
      }
      const TextRange condition = program_.node(branch->condition).range;
      count(outcomes_.contains({{c, s}, true}), condition, "never true");
      count(outcomes_.contains({{c, s}, false}), condition, "never false");
    }
  }
  return all;
}

}  // namespace trig::drive
