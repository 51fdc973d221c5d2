// Replies, their meaning, and the form of a message after DATA.
#include <gtest/gtest.h>

#include <random>

#include "runtime/delivery/dot_stuffing.h"
#include "runtime/delivery/smtp_reply.h"

namespace trig::delivery {
namespace {

using State = SmtpReplyReader::State;

SmtpReply reply_of(std::string_view line) {
  SmtpReplyReader reader;
  EXPECT_EQ(reader.add_line(line), State::kComplete) << line;
  return reader.take();
}

TEST(SmtpReply, IsReadLineByLine) {
  SmtpReplyReader reader;
  EXPECT_EQ(reader.add_line("250-relay.example"), State::kMore);
  EXPECT_EQ(reader.add_line("250-SIZE 1000"), State::kMore);
  EXPECT_EQ(reader.add_line("250 PIPELINING"), State::kComplete);
  SmtpReply reply = reader.take();
  EXPECT_EQ(reply.code, 250);
  EXPECT_EQ(reply.lines, (std::vector<std::string>{"relay.example", "SIZE 1000", "PIPELINING"}));
  EXPECT_EQ(reader.add_line("354"), State::kComplete);  // as new
  EXPECT_EQ(reader.take().code, 354);
}

TEST(SmtpReply, EnhancedCodesAreTakenOut) {
  EXPECT_EQ(reply_of("550 5.1.1 no such person").enhanced, "5.1.1");
  EXPECT_EQ(reply_of("550 5.1.1 no such person").text(), "no such person");
  EXPECT_EQ(reply_of("550 5.7.515 denied").enhanced, "5.7.515");
  EXPECT_EQ(reply_of("250 2.0.0").enhanced, "2.0.0");
  // Another class than the code's, or not the form.
  for (const char* line : {"550 4.1.1 x", "550 5.1 x", "550 5.1.1x", "550 5.1.1234 x", "550 5..1 x",
                           "550 55.1.1 x", "250 1.2.3 x", "550 5.1.", "550 5"}) {
    EXPECT_EQ(reply_of(line).enhanced, "") << line;
  }
}

TEST(SmtpReply, TextIsBounded) {
  SmtpReplyReader reader;
  for (int i = 0; i < 50; ++i) reader.add_line("550-" + std::string(100, 'x'));
  reader.add_line("550 end");
  EXPECT_LE(reader.take().text().size(), 500u);
}

struct Judgement {
  const char* line;
  SmtpStage stage;
  SendOutcome outcome;
};

TEST(SmtpReply, IsJudged) {
  constexpr auto kDeferred = SendOutcome::kDeferred;
  constexpr auto kRefused = SendOutcome::kRefused;
  constexpr auto kBlocked = SendOutcome::kBlocked;
  for (const Judgement& one : {
           Judgement{"450 4.2.0 later", SmtpStage::kRecipient, kDeferred},
           {"421 closing", SmtpStage::kMessage, kDeferred},
           {"452 4.2.2 mailbox full", SmtpStage::kRecipient, kDeferred},
           {"550 no such person", SmtpStage::kRecipient, kRefused},
           {"550 5.1.1 no such person", SmtpStage::kRecipient, kRefused},
           {"552 5.2.2 mailbox full", SmtpStage::kMessage, kRefused},
           {"554 5.6.0 bad mail", SmtpStage::kMessage, kRefused},
           {"553 5.1.3 bad address", SmtpStage::kSender, kRefused},
           // our own side
           {"530 5.7.0 authenticate first", SmtpStage::kSender, kBlocked},
           {"535 wrong password", SmtpStage::kOpening, kBlocked},
           {"550 5.7.26 unauthenticated mail is prohibited", SmtpStage::kMessage, kBlocked},
           {"550 5.7.1 relay access denied", SmtpStage::kRecipient, kBlocked},
           {"421 4.7.28 unusual rate", SmtpStage::kMessage, kBlocked},
           {"421 4.7.0 poor reputation", SmtpStage::kOpening, kBlocked},
           {"554 go away", SmtpStage::kOpening, kBlocked},
           {"553 5.1.8 bad sender domain", SmtpStage::kSender, kBlocked},
           {"553 5.1.8 odd here", SmtpStage::kRecipient, kRefused},
           // not our own side, although it has the codes
           {"450 4.7.1 Greylisted, come back in 5 minutes", SmtpStage::kRecipient, kDeferred},
           {"451 4.7.1 graylisting in action", SmtpStage::kRecipient, kDeferred},
           {"454 4.7.0 temporary authentication failure", SmtpStage::kOpening, kDeferred},
       }) {
    SendReply verdict = judge(reply_of(one.line), one.stage);
    EXPECT_EQ(verdict.outcome, one.outcome) << one.line;
    EXPECT_EQ(verdict.code, std::stoi(one.line));
  }
}

TEST(DotStuffing, ByExample) {
  EXPECT_EQ(dot_stuffed("a\r\nb\r\n"), "a\r\nb\r\n.\r\n");
  EXPECT_EQ(dot_stuffed("a"), "a\r\n.\r\n");
  EXPECT_EQ(dot_stuffed(""), ".\r\n");
  EXPECT_EQ(dot_stuffed(".\r\n..\r\n.x"), "..\r\n...\r\n..x\r\n.\r\n");
}

TEST(DotStuffing, ALineEndThatStandsAloneCannotEndTheMessage) {
  for (const char* smuggled :
       {"a\n.\nMAIL FROM:<x@x.example>", "a\n.\r\nMAIL", "a\r.\rMAIL", "a\r.\r\nMAIL",
        "a\r\n.\rMAIL", "a\r\n.\nMAIL", "a\r\r\n.\r\nMAIL", "a\n\r.\n\rMAIL", ".\nMAIL"}) {
    std::string data = dot_stuffed(smuggled);
    EXPECT_EQ(data.find("\r\n.\r\n"), data.size() - 5) << smuggled;
    EXPECT_NE(data.substr(0, 3), ".\r\n") << smuggled;
  }
}

TEST(DotStuffing, NothingEndsAMessageButItsEnd) {
  std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 50'000; ++i) {
    std::string message;
    for (std::uint64_t length = random() % 12; length > 0; --length) {
      message += "\r\n.a"[random() % 4];
    }
    std::string data = "\r\n" + dot_stuffed(message);
    ASSERT_EQ(data.find("\r\n.\r\n"), data.size() - 5);
    for (std::size_t at = 0; at < data.size(); ++at) {
      ASSERT_TRUE(data[at] != '\r' || data[at + 1] == '\n');
      ASSERT_TRUE(data[at] != '\n' || data[at - 1] == '\r');
    }
  }
}

}  // namespace
}  // namespace trig::delivery
