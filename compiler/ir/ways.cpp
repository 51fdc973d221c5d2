#include "compiler/ir/ways.h"

namespace trig::ir {
namespace {

struct Ways {
  std::size_t at;

  std::vector<Way> on(Duration time = Duration{0}) const { return {{at + 1, time, false}}; }

  std::vector<Way> operator()(const WaitSpan& it) const { return on(it.span.exact()); }
  std::vector<Way> operator()(const WaitUntil&) const { return on(); }
  std::vector<Way> operator()(const WaitForEvent& it) const {
    return {{at + 1, Duration{0}, false}, {it.otherwise, it.up_to, false}};
  }
  std::vector<Way> operator()(const WaitForSilence&) const { return on(); }
  std::vector<Way> operator()(const Branch& it) const {
    return {{at + 1, Duration{0}, false}, {it.otherwise, Duration{0}, false}};
  }
  std::vector<Way> operator()(const Split& it) const {
    std::vector<Way> arms;
    for (const Split::Arm& arm : it.arms) arms.push_back({arm.first, Duration{0}, arm.holdout});
    return arms;
  }
  std::vector<Way> operator()(const Jump& it) const { return {{it.to, Duration{0}, false}}; }
  std::vector<Way> operator()(const End&) const { return {}; }
  std::vector<Way> operator()(const Send&) const { return on(); }
  std::vector<Way> operator()(const Subscribe&) const { return on(); }
  std::vector<Way> operator()(const SetField&) const { return on(); }
  std::vector<Way> operator()(const Post&) const { return on(); }
  std::vector<Way> operator()(const Emit&) const { return on(); }
};

}  // namespace

bool waits(const Step& step) {
  return std::holds_alternative<WaitSpan>(step.node) ||
         std::holds_alternative<WaitUntil>(step.node) ||
         std::holds_alternative<WaitForEvent>(step.node) ||
         std::holds_alternative<WaitForSilence>(step.node);
}

std::vector<NodeId> nodes_of(const Step& step) {
  if (const auto* wait = std::get_if<WaitUntil>(&step.node)) return {wait->base};
  if (const auto* branch = std::get_if<Branch>(&step.node)) return {branch->condition};
  if (const auto* send = std::get_if<Send>(&step.node)) return send->arguments;
  if (const auto* set = std::get_if<SetField>(&step.node)) return {set->value};
  if (const auto* emit = std::get_if<Emit>(&step.node)) return {emit->record};
  std::vector<NodeId> nodes;
  if (const auto* post = std::get_if<Post>(&step.node))
    for (const auto& [name, value] : post->fields) nodes.push_back(value);
  return nodes;
}

std::vector<Way> ways_from(const Campaign& campaign, std::size_t step) {
  return std::visit(Ways{step}, campaign.steps[step].node);
}

}  // namespace trig::ir
