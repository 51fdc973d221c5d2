#include "editor-support/lsp/meaning.h"

#include <algorithm>

#include "compiler/ast/printer.h"

namespace trig::lsp {
namespace {

std::string events_of(const ir::Program& program, const ir::Watch& watch) {
  std::string text;
  for (const ir::Watch::Alternative& one : watch.alternatives)
    text += (text.empty() ? "`" : " or `") + program.events[one.event].name + "`";
  return text;
}

std::string again_text(const ir::Campaign& campaign) {
  switch (campaign.again) {
    case ir::AgainMode::kNever: return "once per person and key";
    case ir::AgainMode::kWhenFinished: return "again when it has finished";
    case ir::AgainMode::kAfter: return "again after " + to_string(campaign.again_after);
    case ir::AgainMode::kAlways: return "again always, also several at once";
  }
  return {};
}

// `cart_id == cart.cart_id`: the same in both.
std::optional<std::string> same_field(const ast::Expr& condition) {
  const auto* equal = std::get_if<ast::Binary>(&condition.node);
  if (equal == nullptr || equal->op != ast::BinaryOp::kEqual) return std::nullopt;
  const auto* left = std::get_if<ast::Path>(&equal->left->node);
  const auto* right = std::get_if<ast::Path>(&equal->right->node);
  if (left == nullptr || right == nullptr) return std::nullopt;
  const bool same = left->names.back().text == right->names.back().text &&
                    (left->names.size() == 1) != (right->names.size() == 1);
  if (!same) return std::nullopt;
  return left->names.back().text;
}

}  // namespace

std::string occurrence_text(const ast::Occurrence& occurrence) {
  std::string text;
  for (const ast::Name& event : occurrence.events)
    text += (text.empty() ? "" : " or ") + event.text;
  if (occurrence.where == nullptr) return text;
  if (auto field = same_field(*occurrence.where)) return text + " with the same " + *field;
  return text + " where " + ast::print(*occurrence.where);
}

std::string what_it_does(const ir::Program& program, const ir::Campaign& campaign) {
  std::string text;
  auto line = [&](const std::string& one) { text += "- " + one + "\n"; };
  line(fmt::format("starts on {}; {}", ir::describe(program, campaign.trigger),
                   again_text(campaign)));
  std::string sends;
  bool asks = false;
  for (const ir::Step& step : campaign.steps) {
    if (const auto* send = std::get_if<ir::Send>(&step.node))
      sends += (sends.empty() ? "`" : ", `") + program.templates[send->mail_template].name + "`";
    asks = asks || std::holds_alternative<ir::Branch>(step.node) ||
           std::holds_alternative<ir::Split>(step.node);
  }
  if (!sends.empty()) line((asks ? "may send " : "sends ") + sends);
  if (campaign.policy < program.policies.size())
    line(fmt::format("under the policy `{}`", program.policies[campaign.policy].name));
  for (const ir::Watch& exit : campaign.exits) line("ends when " + events_of(program, exit));
  for (const ir::Goal& goal : campaign.goals)
    line(fmt::format("goal: {} within {}", events_of(program, goal.watch),
                     duration_text(goal.within)));
  return text;
}

}  // namespace trig::lsp
