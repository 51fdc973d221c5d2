// Q25: a template that cannot be rendered when its mail is due. The mail fails, visibly and at
// once; the journey goes on.
#include "runtime/server/postman.h"

#include <gmock/gmock.h>

#include <future>

#include "tests/sim/engine_fixture.h"

namespace trig::server {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class NowClock : public Clock {
 public:
  Instant now() const override { return engine::at("2026-03-10T12:00:00Z"); }
};

// Whatever comes so far is a mail that could be rendered.
class Taker : public Transport {
 public:
  void send(Mail, std::function<void(SendReply)> done) override {
    done({SendOutcome::kAccepted, 250, "2.0.0", "taken", {}});
  }
  std::string name() const override { return "taker"; }
};

Answer answer_to(const engine::Handover& handover) {
  auto keys = links::LinkKeys::create({{1, "0123456789abcdef0123456789abcdef"}});
  EXPECT_TRUE(keys);
  NowClock clock;
  Log log(LogFormat::kText);
  Metrics metrics;
  std::promise<Answer> promise;
  Postman postman(Composer(handover.program->project->config, std::move(*keys), "0123456789abcdef"),
                  clock, log, metrics,
                  [&](Answer answer) { promise.set_value(std::move(answer)); });
  Status started = postman.start(
      [](net::EventLoop&) -> Result<std::unique_ptr<Transport>> {
        return std::make_unique<Taker>();
      },
      [](net::EventLoop& loop) { return Poster::create(loop, {}, "secret"); });
  EXPECT_TRUE(started);
  postman.hand_over({handover});
  Answer answer = promise.get_future().get();
  postman.stop();
  EXPECT_EQ(metrics.render_failures.Value(), answer.report == exec::SendReport::kFailed ? 1 : 0);
  return answer;
}

TEST(Postman, AMailThatCannotBeRenderedFailsVisiblyAndItsJourneyGoesOn) {
  engine::EngineRun run(false);
  run.open(engine::deploy_text(engine::kVocabulary + R"(
template share(seats: integer) from "share.liquid"
campaign hints {
  policy service
  on signed_up
  send share(seats: trigger.seats)
  wait 1 hour
  send welcome()
}
)",
                               {{"share.liquid",
                                 "---\nsubject: Share\nclass: transactional\n---\n"
                                 "<p>{{ 100 | divided_by: seats }}</p>\n"}}));
  run.person("ana");
  run.event("ana", "signed_up", R"({"plan":"free","seats":0})");
  ASSERT_EQ(run.mails.size(), 1u);
  const Answer answer = answer_to(run.mails[0]);
  EXPECT_EQ(answer.report, exec::SendReport::kFailed);
  EXPECT_FALSE(answer.retry_after);
  EXPECT_THAT(answer.note, HasSubstr("not rendered: "));
  EXPECT_THAT(answer.note, HasSubstr("share.liquid"));
  run.engine().answer(run.mails[0].message.id, 1, answer.report, std::nullopt, answer.note,
                      run.now);
  run.commit();
  EXPECT_EQ(run.count(exec::MessageState::kFailed), 1u);
  EXPECT_THAT(run.why("ana"), HasSubstr("hints: failed, not rendered: "));
  run.run_for(2h);
  ASSERT_EQ(run.mails.size(), 2u) << "its journey went on";
  EXPECT_EQ(answer_to(run.mails[1]).report, exec::SendReport::kSent);
}

}  // namespace
}  // namespace trig::server
