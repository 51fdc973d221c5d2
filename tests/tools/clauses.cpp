#include "tests/tools/clauses.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/ast/printer.h"
#include "compiler/ast/visit.h"

namespace trig::golden {
namespace {

class Remover {
 public:
  Remover(std::size_t number, const Source& source) : number_(number), source_(source) {}

  std::optional<std::string> from(ast::File& file) {
    for (ast::Declaration& declaration : file.declarations) {
      if (auto* policy = std::get_if<ast::PolicyDecl>(&declaration.node)) from(*policy);
      if (auto* campaign = std::get_if<ast::CampaignDecl>(&declaration.node)) from(*campaign);
    }
    return taken_;
  }

 private:
  // Whether this is the clause to take out.
  bool now(std::string_view what) {
    if (taken_ || seen_++ != number_) return false;
    taken_ = fmt::format("{}: {}", owner_, what);
    return true;
  }
  std::string_view text_of(TextRange range) const {
    return std::string_view(source_.text()).substr(range.begin, range.end - range.begin);
  }
  static std::string_view name_of(const ast::Occurrence& occurrence) {
    return occurrence.events.front().text;
  }

  void from(ast::PolicyDecl& policy) {
    owner_ = policy.name.text;
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
      ast::PolicyRule& rule = policy.rules[i];
      if (std::holds_alternative<ast::ConsentRule>(rule.node) ||
          std::holds_alternative<ast::RateRule>(rule.node))
        continue;
      auto* caps = std::get_if<ast::CapRule>(&rule.node);
      if (caps != nullptr && caps->caps.size() > 1)
        from_list(caps->caps, [&](const ast::Cap& cap) { return text_of(cap.range); });
      else if (now(text_of(rule.range)))
        policy.rules.erase(policy.rules.begin() + static_cast<std::ptrdiff_t>(i));
      if (taken_) return;
    }
  }

  void from(ast::CampaignDecl& campaign) {
    owner_ = campaign.name.text;
    if (campaign.priority && now(text_of(campaign.priority_range))) campaign.priority.reset();
    if (campaign.trigger) from(*campaign.trigger);
    if (campaign.again && now(text_of(campaign.again->range))) campaign.again.reset();
    if (campaign.restart_while_waiting && now(text_of(campaign.restart_range)))
      campaign.restart_while_waiting = false;
    from(campaign.steps);
    from(campaign.exits, "exit on");
  }

  void from(ast::Trigger& trigger) {
    if (auto* event = std::get_if<ast::EventTrigger>(&trigger.node)) from(event->events, "on");
    if (auto* count = std::get_if<ast::CountTrigger>(&trigger.node)) from(count->events, "on");
    from(trigger.where, "on … where");
    if (trigger.per && now(fmt::format("per {}", text_of(trigger.per_range)))) trigger.per.reset();
  }

  // A condition, then each half of it.
  void from(ast::ExprPtr& where, std::string_view before) {
    if (where == nullptr) return;
    if (now(fmt::format("{} {}", before, ast::print(*where))))
      where.reset();
    else
      from_halves(where, before);
  }
  void from_halves(ast::ExprPtr& condition, std::string_view before) {
    auto* both = std::get_if<ast::Binary>(&condition->node);
    if (both == nullptr || (both->op != ast::BinaryOp::kAnd && both->op != ast::BinaryOp::kOr))
      return;
    for (bool left : {true, false}) {
      ast::ExprPtr& out = left ? both->left : both->right;
      if (!now(fmt::format("{} … {}", before, ast::print(*out)))) continue;
      ast::ExprPtr kept = std::move(left ? both->right : both->left);
      condition = std::move(kept);
      return;
    }
    from_halves(both->left, before);
    if (!taken_) from_halves(both->right, before);
  }

  void from(std::vector<ast::Name>& events, std::string_view before) {
    if (events.size() > 1)
      from_list(events,
                [&](const ast::Name& name) { return fmt::format("{} {}", before, name.text); });
  }
  template <typename Item, typename Say>
  void from_list(std::vector<Item>& items, Say say) {
    for (std::size_t i = 0; i < items.size() && !taken_; ++i)
      if (now(say(items[i]))) items.erase(items.begin() + static_cast<std::ptrdiff_t>(i));
  }

  void from(std::vector<ast::Occurrence>& occurrences, std::string_view before) {
    from_list(occurrences, [&](const ast::Occurrence& occurrence) {
      return fmt::format("{} {}", before, name_of(occurrence));
    });
    for (ast::Occurrence& occurrence : occurrences) {
      if (taken_) return;
      from(occurrence, before);
    }
  }
  void from(ast::Occurrence& occurrence, std::string_view before) {
    from(occurrence.events, before);
    from(occurrence.where, fmt::format("{} {} where", before, name_of(occurrence)));
  }

  void from(ast::Block& block) {
    for (std::size_t i = 0; i < block.size() && !taken_; ++i) {
      if (std::holds_alternative<ast::StepName>(block[i].node) ||
          std::holds_alternative<ast::Post>(block[i].node))
        continue;
      std::string_view whole = text_of(block[i].range);
      if (now(whole.substr(0, whole.find('\n')))) {
        bool named = i > 0 && std::holds_alternative<ast::StepName>(block[i - 1].node);
        auto at = block.begin() + static_cast<std::ptrdiff_t>(i);
        block.erase(named ? at - 1 : at, at + 1);
        return;
      }
      from(block[i]);
    }
  }

  void from(ast::Step& step) {
    auto nothing = [](auto&) {};
    ast::visit(
        step.node, [&](ast::WaitSpan& wait) { from(wait.unless, "unless"); },
        [&](ast::WaitUntil& wait) { from(wait.unless, "unless"); },
        [&](ast::WaitForSilence& wait) { from_silence(wait); },
        [&](ast::WaitForEvent& wait) {
          from(wait.event, "wait for");
          from(wait.arrived);
          from_else(wait.otherwise);
        },
        [&](ast::When& when) { from_when(when); },
        [&](ast::Split& split) {
          for (ast::Split::Arm& arm : split.arms) from(arm.block);
        },
        [&](ast::Send& send) { from_send(send); }, [&](ast::StepName& node) { nothing(node); },
        [&](ast::Stop& node) { nothing(node); }, [&](ast::Subscribe& node) { nothing(node); },
        [&](ast::Unsubscribe& node) { nothing(node); }, [&](ast::Post& node) { nothing(node); },
        [&](ast::SetField& node) { nothing(node); }, [&](ast::Emit& node) { nothing(node); });
  }
  void from_silence(ast::WaitForSilence& wait) {
    if (wait.up_to && now("up to")) wait.up_to.reset();
    from(wait.unless, "unless");
  }
  void from_else(std::optional<ast::Block>& otherwise) {
    if (!otherwise) return;
    if (now("else"))
      otherwise.reset();
    else
      from(*otherwise);
  }
  void from_when(ast::When& when) {
    for (ast::When::Branch& branch : when.branches) {
      if (taken_) return;
      from_halves(branch.condition, "when");
      from(branch.block);
    }
    from_else(when.otherwise);
  }
  void from_send(ast::Send& send) {
    if (send.at_best_hour && now("at best hour")) send.at_best_hour = false;
    if (send.skip_after && now(fmt::format("or skip after {}", text_of(send.skip_after->range))))
      send.skip_after.reset();
  }

  std::size_t number_;
  const Source& source_;
  std::string owner_;
  std::size_t seen_ = 0;
  std::optional<std::string> taken_;
};

}  // namespace

std::optional<std::string> take_out_clause(ast::File& file, std::size_t number,
                                           const Source& source) {
  return Remover(number, source).from(file);
}

}  // namespace trig::golden
