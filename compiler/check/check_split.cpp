#include <algorithm>

#include "compiler/check/campaign.h"

namespace trig::check {

bool CampaignChecker::check(const ast::Split& split) {
  refuse_second_split(split.title);
  check_shares(split);
  ir::Split step;
  step.title = split.title.value;
  for (const ast::Split::Arm& arm : split.arms) {
    std::optional<Decimal> percent = Decimal::parse(arm.percent);
    auto share = percent ? static_cast<std::uint32_t>(percent->millionths()) : 0;
    step.arms.push_back({arm.name.text, share, arm.holdout, 0});
  }
  std::uint32_t at = emit_step(std::move(step));
  std::set<std::string> before = scope_.present;
  std::vector<std::uint32_t> to_end;
  bool goes_on = false;
  for (std::size_t i = 0; i < split.arms.size(); ++i) {
    if (split.arms[i].holdout) {
      goes_on = true;
      continue;
    }
    std::get<ir::Split>(campaign_.steps[at].node).arms[i].first =
        static_cast<std::uint32_t>(campaign_.steps.size());
    scope_.present = before;
    bool arm_goes_on = check_block(split.arms[i].block);
    if (arm_goes_on) to_end.push_back(emit_step(ir::Jump{}));
    goes_on = goes_on || arm_goes_on;
  }
  auto end = static_cast<std::uint32_t>(campaign_.steps.size());
  for (std::uint32_t jump : to_end) std::get<ir::Jump>(campaign_.steps[jump].node).to = end;
  for (ir::Split::Arm& arm : std::get<ir::Split>(campaign_.steps[at].node).arms)
    if (arm.holdout) arm.first = end;
  after_branches(before);
  return goes_on;
}

// The arm of a person hangs on the names of campaign and split.
void CampaignChecker::refuse_second_split(const ast::TextLiteral& title) {
  for (const ast::TextLiteral& known : splits_)
    if (known.value == title.value)
      context_.report(Code::kDuplicateName, title.range, {"split", title.value})
          .label(known.range, "the first is here")
          .hint("give one of them another name");
  splits_.push_back(title);
}

void CampaignChecker::check_shares(const ast::Split& split) {
  std::int64_t sum = 0;
  bool known = true;
  for (std::size_t i = 0; i < split.arms.size(); ++i) {
    const ast::Split::Arm& arm = split.arms[i];
    std::optional<Decimal> percent = Decimal::parse(arm.percent);
    known = known && percent && percent->millionths() <= ir::Split::kWhole;
    if (known) sum += percent->millionths();
    if (percent && percent->millionths() == 0)
      context_.report(Code::kEmptyArm, arm.range, {arm.name.text})
          .hint("remove it, or give it a share");
    for (std::size_t k = 0; k < i; ++k)
      if (split.arms[k].name.text == arm.name.text)
        context_.report(Code::kDuplicateName, arm.name.range, {"arm", arm.name.text})
            .label(split.arms[k].name.range, "the first is here")
            .hint("give one of them another name");
  }
  if (known && sum == ir::Split::kWhole) return;
  std::string total = known ? Decimal::from_millionths(sum).to_string() : "more than 100";
  Diagnostic& wrong = context_.report(Code::kSplitSum, split.title.range, {total});
  if (known && sum < ir::Split::kWhole)
    wrong.hint("{}% of the people are in no arm: add `{}% holdout`, or raise a share",
               Decimal::from_millionths(ir::Split::kWhole - sum).to_string(),
               Decimal::from_millionths(ir::Split::kWhole - sum).to_string());
  else
    wrong.hint("lower the shares until they add up to 100%");
}

}  // namespace trig::check
