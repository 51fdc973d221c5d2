// The lines of a `test` block, one at a time, on a VirtualDriver: what `trig test` and the REPL do
// with them.
//
//   StepPlayer player(driver);
//   TestResult result;
//   Status played = player.play(program, step, result);   // what failed stands in the result
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runtime/drive/test_run.h"

namespace trig::drive {

class StepPlayer {
 public:
  explicit StepPlayer(VirtualDriver& driver) : driver_(driver) {}

  // `program` is the one that the step was checked with: events, people and campaigns have in it
  // the numbers they have in the driver's. Failure: the line could not be played at all.
  Status play(const ir::Program& program, const ir::TestStep& step, TestResult& result);

  // Whom a name of the lines means; nullopt before anything is known of them.
  std::optional<PersonId> person(const std::string& actor);

 private:
  Envelope envelope_for(const std::string& actor) const;
  Status on(const ir::TestPerson& step, TextRange range);
  Status on(const ir::TestAt& step, TextRange range);
  Status on(const ir::TestAfter& step, TextRange range);
  Status on(const ir::TestEvent& step, TextRange range);
  Status on(const ir::TestIdentifies& step, TextRange range);
  Status on(const ir::TestSubscription& step, TextRange range);
  Status on(const ir::ExpectSend& step, TextRange range);
  Status on(const ir::ExpectJourney& step, TextRange range);

  std::string mail_called(const std::string& name, const std::string& actor);
  bool matches(const TakenMail& mail, const ir::ExpectSend& expected, PersonId person);
  bool may_send(const ir::Campaign& campaign, const ir::ExpectSend& expected) const;
  void look_whether_hollow(const ir::ExpectSend& expected, std::optional<PersonId> who,
                           TextRange range);
  std::string describe(const TakenMail& mail) const;
  void fail_line(TextRange range, std::string expected, std::string got,
                 std::optional<PersonId> who);

  VirtualDriver& driver_;
  // Of the line at hand.
  const ir::Program* program_ = nullptr;
  TestResult* result_ = nullptr;

  std::vector<std::string> anonymous_;
  std::set<std::uint32_t> events_;
  std::set<std::string> spoke_of_consent_;  // people whose consent the test is about
};

}  // namespace trig::drive
