// SmtpTransport against Postfix's smtp-sink: what it takes, and each of the faults it can play.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "runtime/delivery/mime.h"
#include "runtime/ports/limits.h"
#include "tests/unit/peers.h"
#include "tests/unit/smtp_relay.h"

namespace trig::delivery {
namespace {

using namespace std::chrono_literals;
using test::Relay;
using test::sample_mails;
using test::settings_for;
using test::SmtpSink;

// The mail in smtp-sink's dump, which has lines before it, LF as line end and an empty line after
// it.
std::string mail_in(const std::string& dump) {
  std::size_t begin = dump.find("Date: ");
  if (begin == std::string::npos || !dump.ends_with("\n\n")) return "no mail in: " + dump;
  std::string mail;
  for (char c : dump.substr(begin, dump.size() - 1 - begin)) {
    if (c == '\n') mail += '\r';
    mail += c;
  }
  return mail;
}

TEST(SmtpSink, DeliversTheBytesOfMime) {
  test::TempFolder folder;
  folder.open_to_all();
  SmtpSink sink({"-d", (folder.path() / "mail.").string() + "%M."});
  Mail mail = test::sample_mail();
  {
    Relay relay(settings_for(sink.port()));
    SendReply reply = relay.send(mail);
    EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << reply.text;
    EXPECT_EQ(reply.code, 250);
  }
  sink.stop();
  std::vector<std::string> dumps;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
    dumps.push_back(test::read_whole(entry.path()));
  }
  ASSERT_EQ(dumps.size(), 1u);
  EXPECT_NE(dumps[0].find("X-Mail-Args: <shop@shop.example>"), std::string::npos) << dumps[0];
  EXPECT_NE(dumps[0].find("X-Rcpt-Args: <ana@example.com>"), std::string::npos) << dumps[0];
  EXPECT_NE(dumps[0].find("X-Helo-Args: trig.example"), std::string::npos) << dumps[0];
  EXPECT_EQ(mail_in(dumps[0]), *build_mime(mail));
}

TEST(SmtpSink, DeliversManyOverAFewConnections) {
  SmtpSink sink({});
  SmtpSettings settings = settings_for(sink.port());
  settings.connections = 3;
  Relay relay(settings);
  std::vector<SendReply> replies = relay.send_all(sample_mails(300));
  for (const SendReply& reply : replies) ASSERT_EQ(reply.outcome, SendOutcome::kAccepted);
}

TEST(SmtpSink, DefersWhatIsBeyondTheHandoverLimit) {
  SmtpSink sink({});
  Relay relay(settings_for(sink.port()));
  std::vector<SendReply> replies = relay.send_all(sample_mails(kMaxHandoversInFlight + 1));
  auto accepted = std::count_if(replies.begin(), replies.end(), [](const SendReply& reply) {
    return reply.outcome == SendOutcome::kAccepted;
  });
  EXPECT_EQ(static_cast<std::size_t>(accepted), kMaxHandoversInFlight);
  EXPECT_EQ(replies.front().outcome,
            SendOutcome::kDeferred);  // answered at once, before the others
}

struct Fault {
  const char* name;
  std::vector<std::string> options;
  SendOutcome outcome;
  int code;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

class SmtpSinkFault : public ::testing::TestWithParam<Fault> {};

TEST_P(SmtpSinkFault, IsTold) {
  SmtpSink sink(GetParam().options);
  Relay relay(settings_for(sink.port()));
  // Twice: the second mail meets the connection as the first has left it.
  for (int i = 1; i <= 2; ++i) {
    SendReply reply = relay.send(test::sample_mail(i));
    EXPECT_EQ(reply.outcome, GetParam().outcome) << to_string(reply.outcome) << " " << reply.text;
    EXPECT_EQ(reply.code, GetParam().code) << reply.text;
  }
}

const Fault kFaults[] = {
    {"none", {}, SendOutcome::kAccepted, 250},
    {"no_pipelining", {"-p"}, SendOutcome::kAccepted, 250},
    {"no_esmtp", {"-e"}, SendOutcome::kAccepted, 250},
    {"ehlo_refused", {"-f", "EHLO"}, SendOutcome::kAccepted, 250},
    {"soft_connect", {"-r", "CONNECT"}, SendOutcome::kDeferred, 450},
    {"hard_connect", {"-f", "CONNECT"}, SendOutcome::kBlocked, 500},
    {"soft_ehlo", {"-r", "EHLO"}, SendOutcome::kDeferred, 450},
    {"hard_ehlo_and_helo", {"-f", "EHLO,HELO"}, SendOutcome::kBlocked, 500},
    {"soft_mail", {"-r", "MAIL"}, SendOutcome::kDeferred, 450},
    {"hard_mail", {"-f", "MAIL"}, SendOutcome::kRefused, 500},
    {"soft_rcpt", {"-r", "RCPT"}, SendOutcome::kDeferred, 450},
    {"hard_rcpt", {"-f", "RCPT"}, SendOutcome::kRefused, 500},
    {"hard_rcpt_no_pipelining", {"-p", "-f", "RCPT"}, SendOutcome::kRefused, 500},
    {"soft_data", {"-r", "DATA"}, SendOutcome::kDeferred, 450},
    {"hard_data", {"-f", "DATA"}, SendOutcome::kRefused, 500},
    {"soft_dot", {"-r", "."}, SendOutcome::kDeferred, 450},
    {"hard_dot", {"-f", "."}, SendOutcome::kRefused, 500},
    {"drop_connect", {"-q", "CONNECT"}, SendOutcome::kDeferred, 0},
    {"drop_ehlo", {"-q", "EHLO"}, SendOutcome::kDeferred, 0},
    {"drop_mail", {"-q", "MAIL"}, SendOutcome::kDeferred, 0},
    {"drop_rcpt", {"-q", "RCPT"}, SendOutcome::kDeferred, 0},
    {"drop_data", {"-q", "DATA"}, SendOutcome::kDeferred, 0},
    {"drop_dot", {"-q", "."}, SendOutcome::kInDoubt, 0},
    {"drop_dot_no_pipelining", {"-p", "-q", "."}, SendOutcome::kInDoubt, 0},
    {"goodbye_mail", {"-Q", "MAIL"}, SendOutcome::kDeferred, 421},
    {"goodbye_data", {"-Q", "DATA"}, SendOutcome::kDeferred, 421},
    {"goodbye_dot", {"-Q", "."}, SendOutcome::kDeferred, 421},
};

INSTANTIATE_TEST_SUITE_P(All, SmtpSinkFault, ::testing::ValuesIn(kFaults),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(SmtpSink, RefusalsLeaveTheConnectionUsable) {
  SmtpSink sink({"-B", "550 5.1.1 no such person", "-f", "RCPT"});
  Relay relay(settings_for(sink.port()));
  for (const SendReply& reply : relay.send_all(sample_mails(50))) {
    EXPECT_EQ(reply.outcome, SendOutcome::kRefused);
    EXPECT_EQ(reply.enhanced, "5.1.1");
    EXPECT_EQ(reply.text, "no such person");
  }
}

TEST(SmtpSink, PolicyRepliesAreOurOwnMatter) {
  SmtpSink sink({"-B", "550 5.7.515 Access denied, the sending domain fails", "-f", "."});
  Relay relay(settings_for(sink.port()));
  SendReply reply = relay.send(test::sample_mail());
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  EXPECT_EQ(reply.enhanced, "5.7.515");
}

TEST(SmtpSink, SlowRepliesEndInTheTimeoutOfTheirStage) {
  struct Case {
    const char* slow;
    SendOutcome outcome;
  };
  for (Case one :
       {Case{"CONNECT:5", SendOutcome::kDeferred}, Case{"EHLO:5", SendOutcome::kDeferred},
        Case{"MAIL:5", SendOutcome::kDeferred}, Case{"RCPT:5", SendOutcome::kDeferred},
        Case{"DATA:5", SendOutcome::kDeferred}, Case{".:5", SendOutcome::kInDoubt}}) {
    SmtpSink sink({"-W", one.slow});
    SmtpSettings settings = settings_for(sink.port());
    settings.timeouts.command = 150ms;
    settings.timeouts.final_reply = 150ms;
    Relay relay(settings);
    SendReply reply = relay.send(test::sample_mail());
    EXPECT_EQ(reply.outcome, one.outcome) << one.slow << ": " << reply.text;
    EXPECT_NE(reply.text.find("took too long"), std::string::npos) << reply.text;
  }
}

TEST(SmtpSink, ARelayThatIsDownDefersEverythingAtOnce) {
  SmtpSettings settings = settings_for(test::free_port());
  Relay relay(settings);
  for (const SendReply& reply : relay.send_all(sample_mails(100))) {
    ASSERT_EQ(reply.outcome, SendOutcome::kDeferred);
    ASSERT_EQ(reply.code, 0);
  }
}

TEST(SmtpSink, AKeptConnectionThatWasClosedIsReplacedUnnoticed) {
  SmtpSink sink({});
  Relay relay(settings_for(sink.port()));
  for (int i = 1; i <= 3; ++i) {
    SendReply reply = relay.send(test::sample_mail(i));
    EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << i << " " << reply.text;
    sink.restart();
  }
}

TEST(SmtpSink, WhatCannotBeWrittenIsRefusedWithoutTheRelay) {
  Relay relay(settings_for(test::free_port()));
  Mail mail = test::sample_mail();
  mail.subject = "Hello\r\nBcc: everybody@example.com";
  SendReply reply = relay.send(mail);
  EXPECT_EQ(reply.outcome, SendOutcome::kRefused);
  EXPECT_EQ(reply.enhanced, "5.6.0");
  mail = test::sample_mail();
  mail.to.address = "josé@example.com";
  reply = relay.send(mail);
  EXPECT_EQ(reply.outcome, SendOutcome::kRefused);
  EXPECT_EQ(reply.enhanced, "5.6.7");
}

}  // namespace
}  // namespace trig::delivery
