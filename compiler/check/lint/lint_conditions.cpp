// W0102 and W0103: a condition that cannot hold where it stands, or cannot fail, with what the
// conditions before it say: in the same `where` or `when`, in the `where` of the trigger, in the
// `when`s around it. W0104: an `unless`, `wait for`, `exit` or `goal` whose `where` cannot
// hold.
#include <algorithm>

#include "compiler/check/lint/facts.h"
#include "compiler/check/lint/lint.h"

namespace trig::check {

using ir::NodeId;
using ir::Op;

namespace {

class ConditionLint {
 public:
  explicit ConditionLint(Context& context) : context_(context), program_(context.program) {}

  void run() {
    for (const ir::Aggregate& aggregate : program_.aggregates)
      if (!aggregate.gone && aggregate.where != NodeId::kNone)
        look_at(aggregate.where, Facts(program_));
    for (const CampaignPair& pair : own_campaigns(context_)) look_at(*pair.campaign);
  }

 private:
  // ------------------------------------------------------------------------------- one condition

  void look_at(NodeId condition, Facts facts) {
    const Truth truth = facts.truth_of(condition);
    const Op op = program_.node(condition).op;
    if (op == Op::kAnd && truth != Truth::kAlways) {
      look_at(program_.node(condition).a, facts);
      if (!facts.assume(program_.node(condition).a, true)) return;
      const bool says_nothing = facts.truth_of(program_.node(condition).b) == Truth::kAlways;
      look_at(program_.node(condition).b, std::move(facts));
      if (says_nothing) offer_to_remove(program_.node(condition));
      return;
    }
    if (op == Op::kOr && truth == Truth::kUnknown) {
      look_at(program_.node(condition).a, facts);
      if (facts.assume(program_.node(condition).a, false))
        look_at(program_.node(condition).b, std::move(facts));
      return;
    }
    if (truth == Truth::kNever) tell(Code::kNeverTrue, condition, facts);
    if (truth == Truth::kAlways && !is_told_by_types(condition))
      tell(Code::kAlwaysTrue, condition, facts);
  }

  // `a and b` where b says nothing becomes `a`, if no brackets stand between them.
  void offer_to_remove(const ir::Node& both) {
    const TextRange left = program_.node(both.a).range;
    const TextRange right = program_.node(both.b).range;
    if (context_.diagnostics.all().empty() || left.end >= right.begin) return;
    Diagnostic& told = context_.diagnostics.last();
    const bool told_here = told.code == Code::kAlwaysTrue && told.range == right;
    if (told_here && context_.quote({left.source, left.end, right.begin}) == "and ")
      told.fix({left.source, left.end, right.end}, "");
  }

  // `x?` on what is never missing is W0201.
  bool is_told_by_types(NodeId condition) const {
    return program_.node(condition).op == Op::kIsPresent;
  }

  void tell(Code code, NodeId condition, const Facts& facts) {
    const TextRange range = program_.node(condition).range;
    Diagnostic& told = context_.report(code, range, {context_.quote(range)});
    if (auto source = facts.source_of(condition); source && *source != range)
      told.label(*source,
                 code == Code::kNeverTrue ? "this says otherwise" : "this says so already");
    told.hint("{}", code == Code::kNeverTrue
                        ? "change one of the conditions, or remove what it guards"
                        : "leave it out");
  }

  // -------------------------------------------------------------------------------- one campaign

  void look_at(const ir::Campaign& campaign) {
    trigger_facts_ = facts_of_trigger(campaign);
    // Where ways meet again only what both say is known. No way yet: the step is not reached.
    std::vector<std::optional<Facts>> known(campaign.steps.size());
    if (!known.empty()) known[0] = trigger_facts_;
    for (std::size_t i = 0; i < campaign.steps.size(); ++i) {
      if (!known[i]) continue;
      std::visit([&](const auto& step) { follow(campaign, step, i, known); },
                 campaign.steps[i].node);
    }
    Facts lasting = trigger_facts_;
    lasting.forget_changing();
    for (const ir::Watch& exit : campaign.exits) look_at(exit, lasting, "exit on");
    for (const ir::Goal& goal : campaign.goals) look_at(goal.watch, lasting, "goal");
  }

  Facts facts_of_trigger(const ir::Campaign& campaign) {
    const auto& starts = campaign.trigger.alternatives;
    Facts facts(program_);
    if (starts.size() != 1 || starts[0].where == NodeId::kNone) return facts;
    facts.set_handled_event(starts[0].event);
    look_at(starts[0].where, facts);
    if (!facts.assume(starts[0].where, true)) return Facts(program_);
    facts.bind_event(starts[0].slot_fields);
    return facts;
  }

  using Known = std::vector<std::optional<Facts>>;

  static void reach(Known& known, std::size_t step, const Facts& facts) {
    if (step >= known.size()) return;
    if (known[step])
      known[step]->join(facts);
    else
      known[step] = facts;
  }

  void follow(const ir::Campaign&, const ir::Branch& branch, std::size_t at, Known& known) {
    look_at(branch.condition, *known[at]);
    Facts held = *known[at];
    Facts failed = *known[at];
    if (held.assume(branch.condition, true)) reach(known, at + 1, held);
    if (failed.assume(branch.condition, false)) reach(known, branch.otherwise, failed);
  }
  void follow(const ir::Campaign&, const ir::Jump& jump, std::size_t at, Known& known) {
    reach(known, jump.to, *known[at]);
  }
  void follow(const ir::Campaign&, const ir::End&, std::size_t, Known&) {}
  void follow(const ir::Campaign& campaign, const ir::WaitSpan& wait, std::size_t at,
              Known& known) {
    pass_time(campaign, wait.unless, at, known);
  }
  void follow(const ir::Campaign& campaign, const ir::WaitUntil& wait, std::size_t at,
              Known& known) {
    pass_time(campaign, wait.unless, at, known);
  }
  void follow(const ir::Campaign&, const ir::Subscribe&, std::size_t at, Known& known) {
    reach(known, at + 1, *known[at]);
  }
  // A send may be held back, a field may be what a condition reads.
  void follow(const ir::Campaign& campaign, const ir::Send&, std::size_t at, Known& known) {
    pass_time(campaign, {}, at, known);
  }
  void follow(const ir::Campaign& campaign, const ir::SetField&, std::size_t at, Known& known) {
    pass_time(campaign, {}, at, known);
  }
  void follow(const ir::Campaign& campaign, const ir::WaitForSilence& wait, std::size_t at,
              Known& known) {
    pass_time(campaign, wait.unless, at, known);
  }
  void follow(const ir::Campaign& campaign, const ir::WaitForEvent& wait, std::size_t at,
              Known& known) {
    const Facts later = after_time(campaign, *known[at]);
    look_at(campaign.watches[wait.watch], later, "wait for");
    reach(known, at + 1, later);
    reach(known, wait.otherwise, later);
  }
  void follow(const ir::Campaign&, const ir::Split& split, std::size_t at, Known& known) {
    const Facts facts = *known[at];
    for (const ir::Split::Arm& arm : split.arms) reach(known, arm.first, facts);
  }
  // These take no time, and what they do reaches nobody before the journey waits or ends.
  void follow(const ir::Campaign&, const ir::Post&, std::size_t at, Known& known) {
    reach(known, at + 1, *known[at]);
  }
  void follow(const ir::Campaign&, const ir::Emit&, std::size_t at, Known& known) {
    reach(known, at + 1, *known[at]);
  }

  // With `restart while waiting` a newer event takes the place of the one that was asked about.
  Facts after_time(const ir::Campaign& campaign, const Facts& facts) const {
    Facts later = campaign.restart_while_waiting ? trigger_facts_ : facts;
    later.forget_changing();
    return later;
  }
  void pass_time(const ir::Campaign& campaign, const std::vector<std::uint32_t>& unless,
                 std::size_t at, Known& known) {
    const Facts later = after_time(campaign, *known[at]);
    for (std::uint32_t watch : unless) look_at(campaign.watches[watch], later, "unless");
    reach(known, at + 1, later);
  }

  void look_at(const ir::Watch& watch, const Facts& facts, std::string_view what) {
    const bool conditional =
        !watch.alternatives.empty() &&
        std::all_of(watch.alternatives.begin(), watch.alternatives.end(),
                    [](const auto& one) { return one.where != NodeId::kNone; });
    if (!conditional) return;
    const bool never =
        std::all_of(watch.alternatives.begin(), watch.alternatives.end(),
                    [&](const auto& one) { return facts.truth_of(one.where) == Truth::kNever; });
    const NodeId where = watch.alternatives[0].where;
    if (!never) {
      if (watch.alternatives.size() == 1) look_at(where, facts);
      return;
    }
    const TextRange range = program_.node(where).range;
    Diagnostic& told = context_.report(Code::kNeverFires, range, {what, context_.quote(range)});
    if (auto source = facts.source_of(where); source && *source != range)
      told.label(*source, "this says otherwise");
    told.hint("change the condition, or leave the `{}` out", what);
  }

  Context& context_;
  const ir::Program& program_;
  Facts trigger_facts_{context_.program};
};

}  // namespace

void lint_conditions(Context& context) { ConditionLint(context).run(); }

}  // namespace trig::check
