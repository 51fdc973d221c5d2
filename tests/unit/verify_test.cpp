// ir::verify says what is wrong with a program that the checker would never make.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/tools/check_bench.h"

namespace trig::ir {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

CheckBench good() {
  return CheckBench(R"(event seen { name: text  n: integer }
topic news
template t(name: text) from "templates/t.html.liquid"
list gone from "lists/gone.csv" by email
policy p { consent required for news }
campaign c {
  policy p
  on seen where count(seen in 7 days where n > 1) > 2 per name
  wait 1 day unless seen where name == trigger.name
  when person in gone { stop }
  when trigger.n > 3 { send t(name: trigger.name) } else { unsubscribe news }
  goal seen within 1 day value n
}
segment many: count(seen in 7 days) > 2 and no seen for 1 day
campaign counted { policy p  on 3 seen within 1 day  send t(name: "x") }
campaign in_order { policy p  on seen as one then seen as two within 1 day  send t(name: "x") }
campaign silent { policy p  on no seen for 1 day where person is many  send t(name: "x") }
campaign enters { policy p  on entering many  send t(name: "x") }
campaign weekly { policy p  on every monday at 10:00 local for many  send t(name: "x") }
)");
}

TEST(Verify, FindsWhatIsBroken) {
  struct Case {
    std::function<void(Program&)> damage;
    std::string told;
  };
  auto step = [](Program & program, auto kind) -> auto& {
    using Kind = decltype(kind);
    for (Step& step : program.campaigns.edit(0).steps)
      if (auto* found = std::get_if<Kind>(&step.node)) return *found;
    return std::get<Kind>(program.campaigns.edit(0).steps[0].node);
  };
  auto kind = [](Program & program, std::size_t campaign, auto on) -> auto& {
    return std::get<decltype(on)>(program.campaigns.edit(campaign).trigger.kind);
  };
  const std::vector<Case> cases = {
      {[](Program& p) { p.campaigns.edit(0).steps.pop_back(); }, "does not end with End"},
      {[](Program& p) { p.campaigns.edit(0).policy = 7; }, "policy 7 is out of range"},
      {[](Program& p) { p.campaigns.edit(0).slots.clear(); }, "has no slot"},
      {[](Program& p) { p.campaigns.edit(0).trigger.alternatives.clear(); }, "has no trigger"},
      {[](Program& p) { p.campaigns.edit(0).trigger.alternatives[0].event = 9; }, "event 9"},
      {[](Program& p) { p.campaigns.edit(0).slots[0].read.assign(2, false); }, "does not keep"},
      {[&](Program& p) { step(p, Branch{}).otherwise = 0; }, "a jump goes back"},
      {[&](Program& p) { step(p, Send{}).arguments.clear(); }, "not parallel to the template"},
      {[&](Program& p) { step(p, Send{}).mail_template = 3; }, "template 3"},
      {[&](Program& p) { step(p, WaitSpan{}).unless = {4}; }, "watch 4"},
      {[](Program& p) { p.campaigns.edit(0).watches[0].alternatives.clear(); }, "watches nothing"},
      {[](Program& p) { p.campaigns.edit(0).goals[0].value_fields.clear(); }, "value_fields"},
      {[](Program& p) { p.events[0].kept_in_history = false; }, "is not kept in history"},
      {[](Program& p) { p.events[0].history_window = Duration{1}; }, "longer than the history"},
      {[](Program& p) { p.events[0].history_fields.clear(); }, "history_fields"},
      {[](Program& p) { p.sources.clear(); }, "a record has no source"},
      {[](Program& p) { p.nodes.edit(0).type = {}; }, "has no type"},
      {[](Program& p) { p.nodes.edit_back().a = NodeId{100000}; }, "does not stand before it"},
      {[](Program& p) { p.person_email = 5; }, "email is out of range"},
      {[](Program& p) { p.policies[0].topic = 5; }, "topic 5"},
      {[](Program& p) { p.segments[0].condition = NodeId::kNone; }, "has no condition"},
      {[](Program& p) { p.segments[0].watched = false; }, "its segment is not watched"},
      {[](Program& p) { p.segments[0].events = {8}; }, "event 8"},
      {[](Program& p) { p.silences.edit(0).events = {7}; }, "event 7"},
      {[](Program& p) { p.silences.edit(0).span = Duration{0}; }, "takes no time"},
      {[&](Program& p) { kind(p, 1, OnCount{}).count = 1; }, "counts to no good number"},
      {[&](Program& p) { kind(p, 2, OnSequence{}).within.clear(); }, "not parallel to its parts"},
      {[&](Program& p) { kind(p, 2, OnSequence{}).slots.back() = 1; }, "is not slot 0"},
      {[&](Program& p) { kind(p, 3, OnSilence{}).silence.events.clear(); }, "waits for nothing"},
      {[&](Program& p) { kind(p, 4, OnSegment{}).segment = 3; }, "segment 3"},
      {[&](Program& p) { kind(p, 5, OnRecurring{}).segment = 4; }, "segment 4"},
      {[&](Program& p) { kind(p, 5, OnRecurring{}).weekday = 7; }, "its day is none"},
      {[](Program& p) { p.tables[0].key = {}; }, "gone: has no key"},
      {[](Program& p) { p.tables[0].key_field = 9; }, "gone: its key is out of range"},
      {[](Program& p) { p.tables.clear(); }, "table 0 is out of range"},
  };
  EXPECT_THAT(verify(good().checked.program), IsEmpty());
  for (const Case& broken : cases) {
    CheckBench bench = good();
    broken.damage(bench.checked.program);
    EXPECT_THAT(verify(bench.checked.program), Contains(HasSubstr(broken.told)));
  }
}

}  // namespace
}  // namespace trig::ir
