// An executor that says what another one says: for those that change or hear one thing of it.
#pragma once

#include <memory>

#include "compiler/exec/executor.h"

namespace trig::exec {

class ExecutorAround : public Executor {
 public:
  explicit ExecutorAround(std::shared_ptr<const Executor> inner) : inner_(std::move(inner)) {}

  const ir::Program& program() const override { return inner_->program(); }
  std::size_t rules_filed() const override { return inner_->rules_filed(); }
  ir::Value evaluate(ir::NodeId node, const Frame& frame) const override {
    return inner_->evaluate(node, frame);
  }
  void match(std::uint32_t event, const Frame& frame, std::vector<Match>& matches) const override {
    inner_->match(event, frame, matches);
  }
  const EventRules* rules(std::uint32_t event) const override { return inner_->rules(event); }
  const std::vector<Match>& candidates(std::uint32_t event) const override {
    return inner_->candidates(event);
  }
  const TriggerIndex& triggers() const override { return inner_->triggers(); }
  const AggregateIndex& aggregates() const override { return inner_->aggregates(); }
  void at_step(std::uint32_t campaign, std::uint32_t step) const override {
    inner_->at_step(campaign, step);
  }
  void took_way(std::uint32_t campaign, std::uint32_t step, std::uint32_t way) const override {
    inner_->took_way(campaign, step, way);
  }
  void stopped_by(std::uint32_t campaign, const ir::Watch& watch) const override {
    inner_->stopped_by(campaign, watch);
  }
  void decode(std::uint32_t event, std::string_view payload, Decoded& decoded) const override {
    inner_->decode(event, payload, decoded);
  }

 protected:
  const Executor& inner() const { return *inner_; }

 private:
  std::shared_ptr<const Executor> inner_;
};

}  // namespace trig::exec
