// SmtpTransport against a server that follows a script: kept connections, bounds, and the replies
// no proper server would give.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/ports/limits.h"
#include "tests/unit/peers.h"
#include "tests/unit/smtp_relay.h"

namespace trig::delivery {
namespace {

using namespace std::chrono_literals;
using test::greet;
using test::outcome_of;
using test::Relay;
using test::ScriptedPeer;
using test::ScriptedServer;
using test::settings_for;
using test::take_mail;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The same where the script plays the part after MAIL, RCPT and DATA are accepted and the body is
// in.
SendReply after_the_dot(const std::string& reply) {
  return outcome_of([&](ScriptedPeer& peer, int) {
    greet(peer);
    for (int i = 0; i < 3; ++i) peer.line();
    peer.send("250 ok\r\n250 ok\r\n354 go on\r\n");
    peer.until("\r\n.\r\n");
    peer.send(reply);
  });
}

TEST(SmtpScripted, PipelinesWhereOffered) {
  std::string commands;
  SendReply reply = outcome_of([&](ScriptedPeer& peer, int) {
    greet(peer);
    commands = peer.until("DATA\r\n");  // with no reply to the first two
    peer.send("250 ok\r\n250 ok\r\n354 go on\r\n");
    peer.until("\r\n.\r\n");
    peer.send("250 2.0.0 queued as 1\r\n");
  });
  EXPECT_EQ(commands, "MAIL FROM:<shop@shop.example>\r\nRCPT TO:<ana@example.com>\r\nDATA\r\n");
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted);
  EXPECT_EQ(reply.text, "queued as 1");
  EXPECT_EQ(reply.enhanced, "2.0.0");
}

TEST(SmtpScripted, KeepsToTheSizeTheRelayNames) {
  std::string sender;
  auto script = [&](ScriptedPeer& peer, int) {
    greet(peer, "250-relay.example\r\n250 SIZE 100000\r\n");
    sender = peer.line();
    peer.send("250 ok\r\n");
    peer.line();
    peer.send("250 ok\r\n");
    peer.line();
    peer.send("354 go on\r\n");
    peer.until("\r\n.\r\n");
    peer.send("250 ok\r\n");
  };
  EXPECT_EQ(outcome_of(script).outcome, SendOutcome::kAccepted);
  EXPECT_THAT(sender, HasSubstr("> SIZE="));
  SendReply small = outcome_of([](ScriptedPeer& peer, int) {
    greet(peer, "250-relay.example\r\n250 SIZE 100\r\n");
    peer.line();
  });
  EXPECT_EQ(small.outcome, SendOutcome::kRefused);
  EXPECT_EQ(small.enhanced, "5.3.4");
}

TEST(SmtpScripted, EnvelopeSenderIsASetting) {
  std::string sender;
  auto script = [&](ScriptedPeer& peer, int) {
    greet(peer, "250 relay.example\r\n");
    sender = peer.line();
    peer.send("250 ok\r\n");
    peer.line();
    peer.send("250 ok\r\n");
    peer.line();
    peer.send("354 go on\r\n");
    peer.until("\r\n.\r\n");
    peer.send("250 ok\r\n");
  };
  SmtpSettings settings;
  settings.envelope_sender = "bounces@shop.example";
  outcome_of(script, settings);
  EXPECT_EQ(sender, "MAIL FROM:<bounces@shop.example>");
  settings.envelope_sender = "";
  outcome_of(script, settings);
  EXPECT_EQ(sender, "MAIL FROM:<>");
}

TEST(SmtpScripted, SettingsThatCouldSmuggleACommandAreRefused) {
  net::EventLoop loop;
  SmtpSettings settings;
  settings.helo_name = "a.example\r\nMAIL FROM:<x@x.example>";
  EXPECT_FALSE(SmtpTransport::create(loop, settings));
  settings.helo_name = "a.example";
  settings.envelope_sender = "a@b.example> SIZE=1\r\nRSET";
  EXPECT_FALSE(SmtpTransport::create(loop, settings));
  settings.envelope_sender = std::nullopt;
  settings.tls_options.ca_file = "/no/such/file.pem";
  EXPECT_FALSE(SmtpTransport::create(loop, settings));
  settings.tls = SmtpTls::kNever;
  EXPECT_TRUE(SmtpTransport::create(loop, settings));
}

// --- connections that are kept ---

TEST(SmtpScripted, AfterItsNumberOfMailsAConnectionIsLeft) {
  std::mutex guard;
  std::vector<std::string> last_lines;
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    greet(peer);
    take_mail(peer);
    take_mail(peer);
    std::string last = peer.line();
    std::lock_guard lock(guard);
    last_lines.push_back(last);
    peer.send("221 bye\r\n");
  });
  SmtpSettings settings = settings_for(server.port());
  settings.connections = 1;
  settings.mails_per_connection = 2;
  {
    Relay relay(settings);
    for (const SendReply& reply : relay.send_all(test::sample_mails(6))) {
      EXPECT_EQ(reply.outcome, SendOutcome::kAccepted);
    }
  }
  EXPECT_EQ(server.connections(), 3);
  std::lock_guard lock(guard);
  // The third may have been cut short by the end of the transport.
  ASSERT_GE(last_lines.size(), 2u);
  for (const std::string& line : last_lines) EXPECT_EQ(line, "QUIT");
}

TEST(SmtpScripted, MailsPerConnectionAreBounded) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    greet(peer);
    while (true) take_mail(peer);
  });
  SmtpSettings settings = settings_for(server.port());
  settings.connections = 1;
  settings.mails_per_connection = 10 * kMaxMailsPerConnection;
  Relay relay(settings);
  for (const SendReply& reply : relay.send_all(test::sample_mails(kMaxMailsPerConnection))) {
    ASSERT_EQ(reply.outcome, SendOutcome::kAccepted);
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(relay.send(test::sample_mail()).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(server.connections(), 2);
}

TEST(SmtpScripted, ConnectionsPerRelayAreBounded) {
  // Every connection waits until the bound is reached; then all mails go.
  std::atomic<std::size_t> open = 0;
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    for (++open; open < kMaxConnectionsPerRelay;) std::this_thread::sleep_for(1ms);
    greet(peer);
    while (true) take_mail(peer);
  });
  SmtpSettings settings = settings_for(server.port());
  settings.connections = 10 * kMaxConnectionsPerRelay;
  Relay relay(settings);
  for (const SendReply& reply : relay.send_all(test::sample_mails(200))) {
    ASSERT_EQ(reply.outcome, SendOutcome::kAccepted);
  }
  EXPECT_EQ(static_cast<std::size_t>(server.connections()), kMaxConnectionsPerRelay);
}

TEST(SmtpScripted, AnIdleConnectionIsLeftWithQuit) {
  std::promise<std::string> last;
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    greet(peer);
    take_mail(peer);
    last.set_value(peer.line());
    peer.send("221 bye\r\n");
  });
  SmtpSettings settings = settings_for(server.port());
  settings.timeouts.idle = 30ms;
  Relay relay(settings);
  relay.send(test::sample_mail());
  auto future = last.get_future();
  ASSERT_EQ(future.wait_for(test::kPatience), std::future_status::ready);
  EXPECT_EQ(future.get(), "QUIT");
}

// The relay drops a kept connection at `MAIL` of its second mail; the mail goes by a new one.
void expect_replaced(std::function<void(ScriptedPeer&)> farewell) {
  ScriptedServer server([&](ScriptedPeer& peer, int number) {
    greet(peer, "250 relay.example\r\n");  // no pipelining: MAIL comes alone
    take_mail(peer);
    if (number > 1) return;
    peer.line();
    farewell(peer);
  });
  Relay relay(settings_for(server.port()));
  EXPECT_EQ(relay.send(test::sample_mail(1)).outcome, SendOutcome::kAccepted);
  SendReply second = relay.send(test::sample_mail(2));
  EXPECT_EQ(second.outcome, SendOutcome::kAccepted) << second.text;
  EXPECT_EQ(server.connections(), 2);
}

TEST(SmtpScripted, AStaleConnectionIsNoAttempt) {
  expect_replaced([](ScriptedPeer&) {});
  expect_replaced([](ScriptedPeer& peer) { peer.reset(); });
  expect_replaced([](ScriptedPeer& peer) { peer.send("421 4.4.2 idle for too long\r\n"); });
}

TEST(SmtpScripted, AConnectionThatSaidGoodbyeWhileIdleIsNotUsed) {
  std::promise<void> said;
  ScriptedServer server([&](ScriptedPeer& peer, int number) {
    greet(peer);
    take_mail(peer);
    if (number > 1) return;
    peer.send("421 4.4.2 idle for too long\r\n");
    said.set_value();
  });
  Relay relay(settings_for(server.port()));
  relay.send(test::sample_mail(1));
  said.get_future().wait();
  EXPECT_EQ(relay.send(test::sample_mail(2)).outcome, SendOutcome::kAccepted);
}

TEST(SmtpScripted, OnceTheRecipientWasTakenALostLinkIsAnAttempt) {
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    greet(peer);
    take_mail(peer);
    peer.until("DATA\r\n");
    peer.send("250 ok\r\n250 ok\r\n");
  });
  Relay relay(settings_for(server.port()));
  EXPECT_EQ(relay.send(test::sample_mail(1)).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(relay.send(test::sample_mail(2)).outcome, SendOutcome::kDeferred);
  EXPECT_EQ(server.connections(), 1);
}

TEST(SmtpScripted, AFreshConnectionThatGoesIsAnAttempt) {
  // The kept one goes at MAIL; the one that replaces it hangs up after EHLO.
  ScriptedServer server([&](ScriptedPeer& peer, int number) {
    greet(peer);
    if (number > 1) return;
    take_mail(peer);
    peer.line();
  });
  Relay relay(settings_for(server.port()));
  EXPECT_EQ(relay.send(test::sample_mail(1)).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(relay.send(test::sample_mail(2)).outcome, SendOutcome::kDeferred);
  EXPECT_EQ(server.connections(), 2);
}

TEST(SmtpScripted, WhereOneKeptConnectionIsStaleNoneIsUsed) {
  // Three mails at once make three connections, which all go at their second MAIL.
  std::atomic<int> taken = 0;
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    greet(peer);
    peer.until("DATA\r\n");
    peer.send("250 ok\r\n250 ok\r\n354 go on\r\n");
    peer.until("\r\n.\r\n");
    for (++taken; taken < 3;) std::this_thread::yield();
    peer.send("250 ok\r\n");
    peer.line();
  });
  Relay relay(settings_for(server.port()));
  for (const SendReply& reply : relay.send_all(test::sample_mails(3))) {
    EXPECT_EQ(reply.outcome, SendOutcome::kAccepted);
  }
  EXPECT_EQ(server.connections(), 3);
  SendReply fourth = relay.send(test::sample_mail(4));
  EXPECT_EQ(fourth.outcome, SendOutcome::kAccepted) << fourth.text;
  EXPECT_EQ(server.connections(), 4);
}

TEST(SmtpScripted, ARefusalIsFollowedByReset) {
  std::string second;
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    greet(peer);
    peer.until("DATA\r\n");
    peer.send("250 ok\r\n550 5.1.1 no such person\r\n554 5.5.1 no recipients\r\n");
    second = peer.until("DATA\r\n");
    peer.send("250 reset\r\n250 ok\r\n250 ok\r\n354 go on\r\n");
    peer.until("\r\n.\r\n");
    peer.send("250 ok\r\n");
  });
  Relay relay(settings_for(server.port()));
  SendReply first = relay.send(test::sample_mail(1));
  EXPECT_EQ(first.outcome, SendOutcome::kRefused);
  EXPECT_EQ(first.enhanced, "5.1.1");
  EXPECT_EQ(relay.send(test::sample_mail(2)).outcome, SendOutcome::kAccepted);
  EXPECT_THAT(second, StartsWith("RSET\r\nMAIL FROM:"));
}

TEST(SmtpScripted, NoBodyFollowsWhenARefusedRecipientMeets354) {
  std::string rest = "?";
  SendReply reply = outcome_of([&](ScriptedPeer& peer, int) {
    greet(peer);
    peer.until("DATA\r\n");
    peer.send("250 ok\r\n550 5.1.1 no such person\r\n354 go on\r\n");
    rest.clear();
    while (true) rest += peer.some(1);  // ends when the client closes
  });
  EXPECT_EQ(reply.outcome, SendOutcome::kRefused);
  EXPECT_EQ(rest, "");
}

TEST(SmtpScripted, StoppingAnswersWhatIsOnItsWay) {
  for (bool body : {false, true}) {
    std::promise<void> reached;
    ScriptedServer server([&](ScriptedPeer& peer, int) {
      greet(peer);
      peer.until("DATA\r\n");
      if (body) {
        peer.send("250 ok\r\n250 ok\r\n354 go on\r\n");
        peer.until("\r\n.\r\n");
      }
      reached.set_value();
      peer.line();
    });
    Relay relay(settings_for(server.port()));
    SendReply reply =
        relay.send_and_stop(test::sample_mail(), [&] { reached.get_future().wait(); });
    EXPECT_EQ(reply.outcome, body ? SendOutcome::kInDoubt : SendOutcome::kDeferred);
  }
}

// --- replies that are not replies ---

TEST(SmtpScripted, GarbageAfterTheDotLeavesDoubt) {
  for (const char* reply :
       {"", "25", "250", "250 ok", "250-ok\r\n", "250-ok\r\n251 other\r\n", "hello\r\n", "\r\n",
        "999 what\r\n", "2500 ok\r\n", "354 more\r\n", "250-ok\r\n250-ok", "\xff\xfe\r\n"}) {
    SendReply told = after_the_dot(reply);
    EXPECT_EQ(told.outcome, SendOutcome::kInDoubt) << "`" << reply << "`: " << told.text;
  }
  EXPECT_EQ(after_the_dot("250\r\n").outcome, SendOutcome::kAccepted);
  EXPECT_EQ(after_the_dot("250 ok\n").outcome, SendOutcome::kAccepted);  // LF alone is understood
  EXPECT_EQ(after_the_dot("250-a\r\n250-b\r\n250 c\r\n").outcome, SendOutcome::kAccepted);
}

TEST(SmtpScripted, GarbageBeforeTheDotDefers) {
  for (const char* greeting : {"", "hello\r\n", "22", "220-a\r\n221 b\r\n", "{\"a\":1}\r\n"}) {
    SendReply reply = outcome_of([&](ScriptedPeer& peer, int) { peer.send(greeting); });
    EXPECT_EQ(reply.outcome, SendOutcome::kDeferred) << greeting;
  }
  SendReply wrong = outcome_of([](ScriptedPeer& peer, int) {
    greet(peer);
    peer.until("DATA\r\n");
    peer.send("354 go on\r\n250 ok\r\n250 ok\r\n");  // in the wrong order
    peer.line();
  });
  EXPECT_EQ(wrong.outcome, SendOutcome::kDeferred);
}

TEST(SmtpScripted, ReplyLineIsBounded) {
  // A line of exactly kMaxReplyLineBytes with its CRLF is taken, one byte more is not.
  auto line_of = [](std::size_t bytes) { return "250 " + std::string(bytes - 6, 'x') + "\r\n"; };
  EXPECT_EQ(after_the_dot(line_of(kMaxReplyLineBytes)).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(after_the_dot(line_of(kMaxReplyLineBytes + 1)).outcome, SendOutcome::kInDoubt);
  // Nor does a line without an end fill the memory.
  SendReply endless = outcome_of([](ScriptedPeer& peer, int) {
    while (true) peer.send(std::string(4096, '2'));
  });
  EXPECT_EQ(endless.outcome, SendOutcome::kDeferred);
  EXPECT_THAT(endless.text, HasSubstr("too long"));
}

TEST(SmtpScripted, ReplyLinesAreBounded) {
  auto lines_of = [](std::size_t count) {
    std::string lines;
    for (std::size_t i = 1; i < count; ++i) lines += "250-more\r\n";
    return lines + "250 last\r\n";
  };
  EXPECT_EQ(after_the_dot(lines_of(kMaxReplyLines)).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(after_the_dot(lines_of(kMaxReplyLines + 1)).outcome, SendOutcome::kInDoubt);
}

TEST(SmtpScripted, WhatThePeerSaysIsMadePrintable) {
  SendReply reply = after_the_dot("550 5.1.1 \x1b[31mred\x07 \xff\r\n");
  EXPECT_EQ(reply.outcome, SendOutcome::kRefused);
  EXPECT_EQ(reply.text, "?[31mred? ?");
}

}  // namespace
}  // namespace trig::delivery
