// The REPL without its terminal: runtime/drive/session.h.
#include "runtime/drive/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "compiler/diagnostics/render.h"
#include "runtime/drive/typed_text.h"
#include "runtime/ports/limits.h"
#include "runtime/store/memory_store.h"

namespace trig::drive {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMail =
    "---\nsubject: Hello\n---\n<p>Hello</p> {{ postal_address }} "
    "<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>\n";

project::Files greeting_project() {
  project::Files files = empty_project();
  files["templates/hello.liquid"] = kMail;
  files["greet.trig"] =
      "topic offers \"Offers\"\npolicy marketing { consent required for offers }\n"
      "template hello() from \"templates/hello.liquid\"\n"
      "campaign greet \"Greets\" {\n  policy marketing\n  on signed_up\n  wait 1 hour\n"
      "  send hello()\n}\n";
  return files;
}

class SessionTest : public ::testing::Test {
 protected:
  void begin(SessionOptions options = {}) {
    auto opened = Session::open(greeting_project(), "", std::move(options));
    ASSERT_TRUE(opened) << opened.error().message;
    session = std::move(*opened);
  }
  std::string say(const std::string& input) {
    const Answer answer = session->take(input);
    ok = answer.ok;
    return answer.text + render_text(answer.diagnostics, answer.sources, {});
  }
  void say_all(std::initializer_list<const char*> inputs) {
    for (const char* input : inputs) {
      const std::string answer = say(input);
      EXPECT_TRUE(ok) << input << "\n" << answer;
    }
  }

  std::unique_ptr<Session> session;
  bool ok = true;
};

constexpr const char* kAna = "person ana { email: \"ana@example.com\", subscribed: [offers] }";

TEST(TypedText, IsToldApart) {
  const std::pair<const char*, InputKind> cases[] = {
      {"", InputKind::kNothing},
      {"  # a comment\n", InputKind::kNothing},
      {" :why ana", InputKind::kCommand},
      {"event x { a: text }", InputKind::kDeclarations},
      {"use std.email", InputKind::kDeclarations},
      {"person { email: email key }", InputKind::kDeclarations},
      {"segment big: true", InputKind::kDeclarations},
      {"test \"x\" {}", InputKind::kDeclarations},
      {"person ana {}", InputKind::kLines},
      {"anonymous x", InputKind::kLines},
      {"at 2026-01-01 12:00", InputKind::kLines},
      {"after 1 day", InputKind::kLines},
      {"expect no send to ana", InputKind::kLines},
      {"ana cart_updated {}", InputKind::kLines},
      {"# about ana\nana unsubscribes", InputKind::kLines},
      {"ana identifies as ben", InputKind::kLines},
      {"1 + 1", InputKind::kExpression},
      {"person is big", InputKind::kExpression},
      {"person.email", InputKind::kExpression},
      {"no cart_updated for 1 day", InputKind::kExpression},
      {"not true", InputKind::kExpression},
      {"days since person.birthday", InputKind::kExpression},
      {"event", InputKind::kExpression},
      {"list in other", InputKind::kExpression},
  };
  for (const auto& [text, kind] : cases) EXPECT_EQ(kind_of(text), kind) << text;
}

TEST(TypedText, GoesOnWhileSomethingIsOpen) {
  EXPECT_TRUE(wants_more("campaign x {"));
  EXPECT_TRUE(wants_more("count(a in"));
  EXPECT_TRUE(wants_more(":file templates/x.liquid\nhello {"));
  EXPECT_FALSE(wants_more(":file templates/x.liquid\nhello {\n."));
  EXPECT_FALSE(wants_more("ana x { a: \"{\" }  # {"));
  EXPECT_FALSE(wants_more("}"));
  EXPECT_FALSE(wants_more(""));
  EXPECT_FALSE(wants_more(std::string(kMaxReplInputBytes + 1, '{'))) << "not for ever";
  EXPECT_THAT(inputs_of("1\n[\n2]\n{"), ElementsAre("1", "[\n2]", "{"));
}

TEST_F(SessionTest, AnswersExpressionsWithTheirTypes) {
  begin();
  EXPECT_EQ(say("1 + 2"), "3 : integer\n");
  EXPECT_EQ(say("10 %"), "10 % : percent\n");
  EXPECT_THAT(say("count(signed_up ever)"), HasSubstr("about whom?"));
  EXPECT_FALSE(ok);
  say_all({kAna, "at 2026-03-02 12:00", "ana signed_up {}"});
  EXPECT_EQ(say("count(signed_up ever)"), "1 : integer\n") << "although nobody kept them";
  EXPECT_EQ(say("person.email"), "\"ana@example.com\" : email\n");
  EXPECT_THAT(say("person.emial"), HasSubstr("<typed>.trig:1:8"));
  EXPECT_FALSE(ok);
}

TEST_F(SessionTest, WhatFailsChangesNothing) {
  begin();
  say_all({kAna, "at 2026-03-02 12:00"});
  EXPECT_THAT(say("ana signed_up {} after 2 hours expect no send to ana"),
              HasSubstr("expected no send to ana"));
  EXPECT_FALSE(ok);
  EXPECT_EQ(say("count(signed_up ever)"), "0 : integer\n");
  EXPECT_EQ(say(":outbox"), "no mail was sent\n");
  EXPECT_THAT(say("event unheard { plan: txt }"), HasSubstr("E0101"));
  EXPECT_FALSE(ok);
  say_all({"ana signed_up {}", "after 2 hours", "expect 1 send hello to ana"});
}

TEST_F(SessionTest, ARedeclarationIsADeploy) {
  begin();
  say_all({kAna, "at 2026-03-02 12:00 ana signed_up {}"});
  const std::string told =
      say("campaign greet \"Greets\" {\n  policy marketing\n  on signed_up\n  wait 2 hours\n"
          "  send hello()\n  edits end\n}");
  EXPECT_THAT(told, HasSubstr("declared campaign greet\nin place of campaign greet of greet.trig"));
  EXPECT_EQ(say(":journeys"), "on no journey\n");
  say_all({":undo"});
  EXPECT_THAT(say(":journeys"), HasSubstr("greet, since 2026-03-02 12:00: at `wait 1 hour`"));
  say_all({":advance 1 hour", "expect 1 send hello to ana"});
}

TEST_F(SessionTest, UndoGivesWhatWas) {
  begin();
  say_all({kAna, "at 2026-03-02 12:00", "ana signed_up {}"});
  const std::string before = say(":why ana");
  say_all({"after 2 hours", "topic news \"News\"", "ana unsubscribes", ":undo", ":undo", ":undo"});
  EXPECT_EQ(say(":why ana"), before);
  say_all({":undo", ":undo", ":undo"});
  say(":undo");
  EXPECT_FALSE(ok) << "there is nothing more";
}

TEST_F(SessionTest, SavesATestThatPasses) {
  std::map<std::string, std::string> written;
  SessionOptions options;
  options.add_to_file = [&](const std::string& path, const std::string& text) -> Status {
    written[path] += text;
    return {};
  };
  begin(std::move(options));
  say(":save-test nothing");
  EXPECT_FALSE(ok);
  say_all({kAna, "at 2026-03-02 12:00", "ana signed_up {}", ":advance 1 hour", ":outbox",
           "ana unsubscribes", "event seen { a: integer }", "ana seen { a: 1 }"});
  EXPECT_THAT(say(":save-test \"an hour later\""),
              HasSubstr("written to tests/an_hour_later.trig"));
  EXPECT_EQ(written["tests/an_hour_later.trig"],
            "event seen { a: integer }\n\ntest \"an hour later\" {\n"
            "  person ana { email: \"ana@example.com\", subscribed: [offers] }\n"
            "  at 2026-03-02 12:00   ana signed_up {}\n  after 1 hour\n"
            "  expect at 2026-03-02 13:00 1 send hello to ana\n  ana unsubscribes\n"
            "  ana seen { a: 1 }\n}\n");
  say(":save-test \"an hour later\"");
  EXPECT_FALSE(ok) << "the title is taken";
  say_all({"policy marketing { consent required for offers  at most 1 email per day }"});
  EXPECT_THAT(say(":save-test other"), HasSubstr("something of greet.trig was declared again"));
  EXPECT_FALSE(ok);
}

TEST_F(SessionTest, OffersWhatMayStandThere) {
  begin();
  say_all({kAna});
  EXPECT_THAT(session->completions(":pl"), ElementsAre(":plan"));
  EXPECT_THAT(session->completions(":plan g"), ElementsAre("greet"));
  EXPECT_THAT(session->completions("ana cart_u"), ElementsAre("cart_updated"));
  EXPECT_THAT(session->completions("ana cart_updated { cart"), ElementsAre("cart_id:"));
  EXPECT_THAT(session->completions("ana cart_updated { cart_id: \"a\", tot"),
              ElementsAre("total:"));
  EXPECT_THAT(session->completions("ana cart_updated {\n  cart_i"), ElementsAre("cart_id:"));
  EXPECT_THAT(session->completions("person.first"), ElementsAre("first_name"));
  EXPECT_THAT(session->completions("camp"), Contains("campaign"));
  EXPECT_THAT(session->completions("expect no send hel"), ElementsAre("hello"));
  EXPECT_THAT(session->completions(":why an"), ElementsAre("ana"));
  EXPECT_THAT(session->completions("zzz"), ElementsAre());
}

// ----------------------------------------------------------------------------- a data directory

std::shared_ptr<Store> data_of(int events) {
  auto store = std::make_shared<store::MemoryStore>();
  auto project = std::shared_ptr<const project::Project>(project::compile(greeting_project()));
  const Instant start = std::chrono::sys_days(std::chrono::year(2025) / 6 / 1);
  auto driver = VirtualDriver::open([store]() -> Result<std::shared_ptr<Store>> { return store; },
                                    deployed(project), compile_files(), start);
  EXPECT_TRUE(driver);
  auto send = [&](EnvelopeKind kind, const std::string& event, const std::string& payload) {
    Envelope envelope;
    envelope.kind = kind;
    envelope.user_id = "u1";
    envelope.event = event;
    envelope.payload = payload;
    EXPECT_TRUE((*driver)->take(envelope));
  };
  send(EnvelopeKind::kIdentify, "", R"({"email":"Ana@example.com"})");
  EXPECT_TRUE((*driver)->set_subscription("u1", name_hash("offers"), true));
  for (int i = 0; i < events; ++i) {
    EXPECT_TRUE((*driver)->advance_to(start + std::chrono::seconds(90) * (i + 1)));
    send(EnvelopeKind::kTrack, i == 0 ? "Signed Up" : "cart_updated",
         i == 0 ? "{}" : R"({"cart_id":"c1","total":"12.50","currency":"EUR"})");
  }
  return store;
}

std::size_t rows_of(const Store& store) {
  std::size_t rows = 0;
  for (std::size_t space = 0; space < kSpaceCount; ++space)
    EXPECT_TRUE(store.scan(static_cast<Space>(space), {}, {}, [&](auto, auto) {
      ++rows;
      return true;
    }));
  return rows;
}

TEST_F(SessionTest, LooksIntoADataDirectory) {
  SessionOptions options;
  auto data = data_of(3);
  const std::size_t rows = rows_of(*data);
  options.data = data;
  begin(std::move(options));
  EXPECT_THAT(say(":why u1"), HasSubstr("greet: started, signed_up"));
  EXPECT_THAT(say(":journeys u1"), HasSubstr("greet, since 2025-06-01 00:01:30"));
  say_all({":as u1"});
  EXPECT_EQ(say("count(cart_updated ever)"), "2 : integer\n") << "from the stored events";
  EXPECT_EQ(say("sum(cart_updated.total in 1 day)"), "25.00 EUR : money\n");
  EXPECT_THAT(say(":plan greet"), HasSubstr("greet: attempt, attempt 1 to"));
  EXPECT_THAT(say(":why u1"), Not(HasSubstr("attempt 1")));
  EXPECT_EQ(rows_of(*data), rows) << "it is only read";
  say(":as u2");
  EXPECT_FALSE(ok);
}

TEST_F(SessionTest, TakesWhatWasRecorded) {
  SessionOptions options;
  options.data = data_of(3);
  begin(std::move(options));
  const std::string told = say(":take u1 as ana");
  EXPECT_TRUE(ok) << told;
  EXPECT_THAT(told, HasSubstr("subscribed: [offers] }\nat 2025-06-01 00:01\nafter 30 seconds\n"
                              "ana signed_up {}\nafter 90 seconds\nana cart_updated { cart_id: "
                              "\"c1\", total: 12.50 EUR, items: [] }\n"));
  say_all({":advance 1 hour", "expect 1 send hello to ana"});
  EXPECT_EQ(say("count(cart_updated ever)"), "2 : integer\n");
  say(":take u1 as ana");
  EXPECT_FALSE(ok) << "she is here already";
  say(":take nobody");
  EXPECT_FALSE(ok);
}

// --------------------------------------------------------------------------------------- bounds

TEST_F(SessionTest, TakesTheNewestOfManyEvents) {
  SessionOptions options;
  options.data = data_of(static_cast<int>(kMaxReplTakenEvents) + 3);
  begin(std::move(options));
  EXPECT_THAT(say(":take u1"), HasSubstr("3 events are left out"));
  EXPECT_TRUE(ok);
  EXPECT_EQ(say("count(cart_updated ever)"), std::to_string(kMaxReplTakenEvents) + " : integer\n");
}

TEST_F(SessionTest, RefusesWhatIsTooLong) {
  begin();
  EXPECT_THAT(say(std::string(kMaxReplInputBytes + 1, ' ')), HasSubstr("at most"));
  EXPECT_FALSE(ok);
  say(std::string(10'000, '('));
  EXPECT_FALSE(ok) << "nesting is bounded";
  say(std::string("ana \x00\xff\x80 {", 8));
  EXPECT_FALSE(ok) << "that is no text";
}

TEST_F(SessionTest, KeepsABoundedNumberOfInputs) {
  begin();
  for (std::size_t i = 0; i < kMaxReplInputs; ++i) {
    say("after 1 minute");
    ASSERT_TRUE(ok);
  }
  EXPECT_THAT(say("after 1 minute"), HasSubstr("are not kept"));
  EXPECT_FALSE(ok);
  say_all({"1 + 1", ":undo", "after 1 minute"});
}

TEST_F(SessionTest, PlansABoundedTime) {
  static_assert(kMaxReplPlanTurns < 10 * 365);
  begin();
  say_all(
      {"campaign slow \"Slow\" {\n  policy marketing\n  on signed_up\n  wait 10 years\n"
       "  send hello()\n}",
       "campaign daily \"Daily\" {\n  policy marketing\n"
       "  on every day at 10:00 local for everyone\n  when false { send hello() }\n}",
       kAna, "at 2026-03-02 12:00", "ana signed_up {}"});
  EXPECT_THAT(say(":plan slow"), HasSubstr("and it goes on"));
}

}  // namespace
}  // namespace trig::drive
