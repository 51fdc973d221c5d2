// W0110: one event starts two campaigns that compete for the same cap, and neither says which of
// them goes first.
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "compiler/base/limits.h"
#include "compiler/check/lint/facts.h"
#include "compiler/check/lint/lint.h"

namespace trig::check {
namespace {

using Group = std::pair<std::uint32_t, std::uint32_t>;  // event and policy

class OverlapLint {
 public:
  explicit OverlapLint(Context& context)
      : context_(context), program_(context.program), facts_(context.kept.campaigns) {}

  void run() {
    note_groups();
    const std::set<std::uint32_t> asked = find_rivals();
    for (std::uint32_t campaign : asked)
      if (facts_[campaign].competes || facts_[campaign].overlap)
        facts_.edit(campaign).overlap = overlap_of(campaign);
    for (std::uint32_t campaign = 0; campaign < facts_.size(); ++campaign)
      if (asked.contains(campaign) || rival_moved(campaign)) tell(campaign);
  }

 private:
  void note_groups(const ir::Campaign& campaign) {
    for (const ir::StartTrigger::Alternative& start : campaign.trigger.alternatives)
      groups_.insert({start.event, campaign.policy});
  }

  // Those whose members are others than before.
  void note_groups() {
    if (context_.before == nullptr) {
      for (std::uint32_t i = 0; i < facts_.size(); ++i)
        if (facts_[i].competes) note_groups(program_.campaigns[i]);
      return;
    }
    for (std::uint32_t campaign : context_.again) {
      if (context_.competed.contains(campaign)) note_groups(context_.before->campaigns[campaign]);
      if (facts_[campaign].competes) note_groups(program_.campaigns[campaign]);
    }
  }

  // The first members of each group; gives whose finding may be another for it.
  std::set<std::uint32_t> find_rivals() {
    std::set<std::uint32_t> asked(context_.again.begin(), context_.again.end());
    if (groups_.empty()) return asked;
    Rivals before;
    for (const Group& group : groups_)
      before[group] = std::exchange(context_.kept.rivals[group], {});
    std::map<Group, std::vector<std::uint32_t>> members;
    for (std::uint32_t campaign = 0; campaign < facts_.size(); ++campaign) {
      if (!facts_[campaign].competes) continue;
      const ir::Campaign& of = program_.campaigns[campaign];
      for (std::uint32_t i = 0; i < of.trigger.alternatives.size(); ++i) {
        const Group group{of.trigger.alternatives[i].event, of.policy};
        if (!groups_.contains(group)) continue;
        members[group].push_back(campaign);
        std::vector<Rival>& rivals = context_.kept.rivals[group];
        if (rivals.size() < kMaxOverlapComparisons) rivals.push_back({campaign, i});
      }
    }
    for (const Group& group : groups_) {
      const std::vector<Rival>& now = context_.kept.rivals[group];
      const bool same =
          context_.before != nullptr && now == before[group] &&
          std::none_of(now.begin(), now.end(), [&](const Rival& rival) {
            return std::binary_search(context_.again.begin(), context_.again.end(), rival.campaign);
          });
      if (!same) asked.insert(members[group].begin(), members[group].end());
    }
    return asked;
  }

  std::optional<Rival> overlap_of(std::uint32_t campaign) const {
    if (!facts_[campaign].competes) return std::nullopt;
    const ir::Campaign& of = program_.campaigns[campaign];
    for (const ir::StartTrigger::Alternative& start : of.trigger.alternatives) {
      auto rivals = context_.kept.rivals.find({start.event, of.policy});
      if (rivals == context_.kept.rivals.end()) continue;
      for (const Rival& rival : rivals->second)
        if (rival.campaign < campaign && both_may_start(start_of(rival), start)) return rival;
    }
    return std::nullopt;
  }

  const ir::StartTrigger::Alternative& start_of(const Rival& rival) const {
    return program_.campaigns[rival.campaign].trigger.alternatives[rival.alternative];
  }

  bool both_may_start(const ir::StartTrigger::Alternative& a,
                      const ir::StartTrigger::Alternative& b) const {
    Facts facts(program_);
    if (a.where != ir::NodeId::kNone && !facts.assume(a.where, true)) return false;
    return b.where == ir::NodeId::kNone || facts.assume(b.where, true);
  }

  // What was told of the campaign shows the other one where it stood.
  bool rival_moved(std::uint32_t campaign) const {
    const std::optional<Rival>& overlap = facts_[campaign].overlap;
    return overlap &&
           std::binary_search(context_.again.begin(), context_.again.end(), overlap->campaign);
  }

  void tell(std::uint32_t campaign) {
    context_.told_again.insert(campaign);
    const std::optional<Rival>& rival = facts_[campaign].overlap;
    if (!rival) return;
    const ir::Campaign& of = program_.campaigns[campaign];
    context_
        .report(Code::kOverlap, of.range,
                {of.name, program_.events[start_of(*rival).event].name,
                 program_.policies[of.policy].name})
        .label(program_.campaigns[rival->campaign].range, "the other one")
        .hint("say which goes first: `priority high` or `priority low` in one of them");
  }

  Context& context_;
  const ir::Program& program_;
  Chunked<CampaignFacts, 32>& facts_;
  std::set<Group> groups_;
};

}  // namespace

void lint_overlap(Context& context) { OverlapLint(context).run(); }

}  // namespace trig::check
