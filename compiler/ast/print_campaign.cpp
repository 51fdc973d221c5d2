#include "compiler/ast/docs.h"
#include "compiler/ast/print.h"
#include "compiler/ast/visit.h"

namespace trig::ast {

// The place behind the last step of a block that opened at `open`.
std::uint32_t Printer::after(const Block& block, std::uint32_t open) const {
  return block.empty() ? open + 1 : block.back().range.end;
}

void Printer::campaign(const Declaration& declaration, const CampaignDecl& campaign) {
  std::string head = "campaign " + campaign.name.text;
  if (campaign.title) head += " " + quoted(*campaign.title);
  out_.inside(campaign.title ? campaign.title->range.end : campaign.name.range.end);
  out_.open(head);
  auto words = [&](std::string_view words, TextRange range) {
    item(text(words), range.begin, range.end);
  };
  if (campaign.policy) {
    TextRange name = campaign.policy->range;
    item(text("policy " + campaign.policy->text), out_.word_before(name.begin), name.end);
  }
  if (campaign.priority)
    words("priority " + std::string(spelling(*campaign.priority)), campaign.priority_range);
  if (campaign.trigger) {
    TextRange range = campaign.trigger->range;
    item(doc_of(*campaign.trigger), range.begin, range.end);
  }
  if (campaign.again) words(spelling(*campaign.again), campaign.again->range);
  if (campaign.restart_while_waiting) words("restart while waiting", campaign.restart_range);
  block(campaign.steps);
  for (const Occurrence& exit : campaign.exits) {
    std::uint32_t begin = out_.word_before(out_.word_before(exit.range.begin));  // exit on
    item(text("exit on ") + doc_of(exit), begin, exit.range.end);
  }
  for (const Goal& goal : campaign.goals) item(doc_of(goal), goal.range.begin, goal.range.end);
  if (campaign.edits)
    words("edits " + std::string(spelling(*campaign.edits)), campaign.edits_range);
  out_.close(declaration.range.end - 1);
}

void Printer::block(const Block& block) {
  for (const Step& one : block) step(one);
}

void Printer::step(const Step& step) {
  out_.before(step.range.begin);
  bool has_blocks = std::holds_alternative<WaitForEvent>(step.node) ||
                    std::holds_alternative<When>(step.node) ||
                    std::holds_alternative<Split>(step.node);
  if (!has_blocks) return item(head_of(step), step.range.begin, step.range.end);
  if (out_.one_line(step.range.begin, step.range.end)) {
    std::string line = one_line(step);
    if (columns(line) <= out_.room()) return out_.line(line);
  }
  if (const auto* wait = std::get_if<WaitForEvent>(&step.node)) wait_for_event(step, *wait);
  if (const auto* one = std::get_if<When>(&step.node)) when(step, *one);
  if (const auto* one = std::get_if<Split>(&step.node)) split(step, *one);
}

void Printer::wait_for_event(const Step& step, const WaitForEvent& wait) {
  out_.inside(wait.up_to.range.end);
  out_.write(head_of(step), true);
  std::uint32_t open = out_.find('{', wait.up_to.range.end);
  block(wait.arrived);
  std::uint32_t close = out_.find('}', after(wait.arrived, open));
  if (wait.otherwise) {
    out_.reopen(close, text("else"));
    open = out_.find('{', close);
    block(*wait.otherwise);
    close = out_.find('}', after(*wait.otherwise, open));
  }
  out_.close(close);
}

void Printer::when(const Step&, const When& when) {
  std::uint32_t close = 0;
  for (const When::Branch& branch : when.branches) {
    std::uint32_t end = branch.condition->range.end;
    if (close == 0) {
      out_.inside(end);
      out_.write(head_of(branch), true);
    } else {
      out_.reopen(close, text("else ") + head_of(branch));
    }
    std::uint32_t open = out_.find('{', end);
    block(branch.block);
    close = out_.find('}', after(branch.block, open));
  }
  if (when.otherwise) {
    out_.reopen(close, text("else"));
    std::uint32_t open = out_.find('{', close);
    block(*when.otherwise);
    close = out_.find('}', after(*when.otherwise, open));
  }
  out_.close(close);
}

void Printer::split(const Step& step, const Split& split) {
  out_.inside(split.title.range.end);
  out_.write(head_of(step), true);
  for (const Split::Arm& arm : split.arms) {
    out_.before(arm.range.begin);
    bool short_arm = arm.holdout || (out_.one_line(arm.range.begin, arm.range.end) &&
                                     columns(one_line(arm)) <= out_.room());
    if (short_arm) {
      out_.inside(arm.range.end);
      out_.line(one_line(arm));
      continue;
    }
    out_.inside(arm.name.range.end);
    out_.open(head_of(arm));
    block(arm.block);
    out_.close(arm.range.end - 1);
  }
  out_.close(step.range.end - 1);
}

}  // namespace trig::ast
