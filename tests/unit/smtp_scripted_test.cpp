// SmtpTransport against a server that follows a script: TLS, AUTH, and the replies no proper server
// would give.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "compiler/base/hash.h"
#include "runtime/ports/limits.h"
#include "tests/unit/peers.h"
#include "tests/unit/smtp_relay.h"

namespace trig::delivery {
namespace {

using namespace std::chrono_literals;
using test::Certificate;
using test::Relay;
using test::ScriptedPeer;
using test::ScriptedServer;
using test::settings_for;
using ::testing::HasSubstr;
using ::testing::StartsWith;

const std::string kHello = "250-relay.example\r\n250 PIPELINING\r\n";

// Greeting and EHLO with these keywords.
void greet(ScriptedPeer& peer, const std::string& offer = kHello) {
  peer.send("220 relay.example ESMTP\r\n");
  peer.line();
  peer.send(offer);
}

// One mail after the greeting, taken; the body as it came.
std::string take_mail(ScriptedPeer& peer) {
  for (const char* reply : {"250 ok\r\n", "250 ok\r\n", "354 go on\r\n"}) {
    peer.line();
    peer.send(reply);
  }
  std::string body = peer.until("\r\n.\r\n");
  peer.send("250 2.0.0 taken\r\n");
  return body;
}

// What becomes of a mail whose relay follows `script`.
SendReply outcome_of(ScriptedServer::Script script, SmtpSettings settings = {}) {
  ScriptedServer server(std::move(script));
  settings.port = server.port();
  Relay relay(settings);
  return relay.send(test::sample_mail());
}

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

// --- AUTH ---

SmtpSettings with_user() {
  SmtpSettings settings;
  settings.user = "shop";
  settings.password = "s3cret";
  settings.tls = SmtpTls::kNever;
  return settings;
}

TEST(SmtpScripted, AuthPlain) {
  std::string command;
  SendReply reply = outcome_of(
      [&](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250-AUTH LOGIN PLAIN\r\n250 PIPELINING\r\n");
        command = peer.line();
        peer.send("235 2.7.0 welcome\r\n");
        take_mail(peer);
      },
      with_user());
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted);
  EXPECT_EQ(command, "AUTH PLAIN " + base64(std::string("\0shop\0s3cret", 12)));
}

TEST(SmtpScripted, AuthLoginWhereOnlyThatIsOffered) {
  std::vector<std::string> lines;
  SendReply reply = outcome_of(
      [&](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250 AUTH=LOGIN\r\n");
        for (const char* answer : {"334 VXNlcm5hbWU6\r\n", "334 UGFzc3dvcmQ6\r\n", "235 ok\r\n"}) {
          lines.push_back(peer.line());
          peer.send(answer);
        }
        take_mail(peer);
      },
      with_user());
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << reply.text;
  EXPECT_EQ(lines, (std::vector<std::string>{"AUTH LOGIN", base64("shop"), base64("s3cret")}));
}

TEST(SmtpScripted, AFailedAuthenticationBlocks) {
  for (const char* answer : {"535 5.7.8 bad credentials\r\n", "530 5.7.0 use TLS first\r\n",
                             "534 5.7.9 too weak\r\n", "501 cannot decode\r\n", "250 ok\r\n"}) {
    SendReply reply = outcome_of(
        [&](ScriptedPeer& peer, int) {
          greet(peer, "250-relay.example\r\n250 AUTH PLAIN\r\n");
          peer.line();
          peer.send(answer);
          peer.line();
        },
        with_user());
    EXPECT_EQ(reply.outcome, SendOutcome::kBlocked) << answer;
    EXPECT_EQ(reply.text.find("s3cret"), std::string::npos);
  }
  SendReply later = outcome_of(
      [&](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250 AUTH PLAIN\r\n");
        peer.line();
        peer.send("454 4.7.0 try again later\r\n");
        peer.line();
      },
      with_user());
  EXPECT_EQ(later.outcome, SendOutcome::kDeferred);
  SendReply none = outcome_of([](ScriptedPeer& peer, int) { greet(peer); }, with_user());
  EXPECT_EQ(none.outcome, SendOutcome::kBlocked);
}

// --- TLS ---

class SmtpTlsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<test::TempFolder>();
    certificate_ = test::make_certificate(folder_->path(), "relay.example");
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static SmtpSettings settings(SmtpTls mode = SmtpTls::kRequired) {
    SmtpSettings settings;
    settings.tls = mode;
    settings.tls_name = "relay.example";
    settings.tls_options.ca_file = certificate_.file;
    return settings;
  }

  // A relay with STARTTLS: what it offers in the clear and, once encrypted, takes one mail.
  static void play(ScriptedPeer& peer, int max_version = 0, const std::string& injected = "") {
    greet(peer, "250-relay.example\r\n250 STARTTLS\r\n");
    peer.line();
    peer.send("220 go ahead\r\n" + injected);
    peer.start_tls(certificate_.file, certificate_.key, max_version);
    peer.line();
    peer.send(kHello);
    take_mail(peer);
  }

  static std::unique_ptr<test::TempFolder> folder_;
  static Certificate certificate_;
};
std::unique_ptr<test::TempFolder> SmtpTlsTest::folder_;
Certificate SmtpTlsTest::certificate_;

TEST_F(SmtpTlsTest, StartTls) {
  SendReply reply = outcome_of([](ScriptedPeer& peer, int) { play(peer); }, settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << reply.text;
  reply = outcome_of([](ScriptedPeer& peer, int) { play(peer, TLS1_2_VERSION); }, settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << reply.text;
}

TEST_F(SmtpTlsTest, TlsFromTheFirstByte) {
  SendReply reply = outcome_of(
      [](ScriptedPeer& peer, int) {
        peer.start_tls(certificate_.file, certificate_.key);
        greet(peer);
        take_mail(peer);
      },
      settings(SmtpTls::kImplicit));
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << reply.text;
}

TEST_F(SmtpTlsTest, KeptConnectionsServeSeveralMails) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    play(peer);
    for (int i = 0; i < 4; ++i) take_mail(peer);
  });
  SmtpSettings with_port = settings();
  with_port.port = server.port();
  Relay relay(with_port);
  for (int i = 1; i <= 5; ++i) {
    EXPECT_EQ(relay.send(test::sample_mail(i)).outcome, SendOutcome::kAccepted);
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(SmtpTlsTest, ACertificateForAnotherNameBlocks) {
  SmtpSettings wrong = settings();
  wrong.tls_name = "other.example";
  SendReply reply = outcome_of([](ScriptedPeer& peer, int) { play(peer); }, wrong);
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  EXPECT_THAT(reply.text, HasSubstr("certificate"));
  wrong.tls_name = "";  // then it is the host: 127.0.0.1
  EXPECT_EQ(outcome_of([](ScriptedPeer& peer, int) { play(peer); }, wrong).outcome,
            SendOutcome::kBlocked);
}

TEST_F(SmtpTlsTest, AnUnknownCertificateBlocks) {
  SmtpSettings untrusting = settings();
  untrusting.tls_options.ca_file = "";  // the system's
  SendReply reply = outcome_of([](ScriptedPeer& peer, int) { play(peer); }, untrusting);
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  untrusting.tls = SmtpTls::kIfOffered;  // where plaintext would do, any certificate does
  reply = outcome_of([](ScriptedPeer& peer, int) { play(peer); }, untrusting);
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << reply.text;
}

TEST_F(SmtpTlsTest, OldTlsIsNotSpoken) {
  SendReply reply =
      outcome_of([](ScriptedPeer& peer, int) { play(peer, TLS1_1_VERSION); }, settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);
}

TEST_F(SmtpTlsTest, AStrippedOfferSendsNothing) {
  std::string heard = "?";
  SendReply reply = outcome_of(
      [&](ScriptedPeer& peer, int) {
        greet(peer);  // somebody on the way took STARTTLS out
        heard.clear();
        while (true) heard += peer.some(1);
      },
      settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  EXPECT_THAT(reply.text, HasSubstr("STARTTLS"));
  EXPECT_EQ(heard, "");
}

TEST_F(SmtpTlsTest, CredentialsDemandTlsByDefault) {
  SmtpSettings with_credentials = settings();
  with_credentials.tls = std::nullopt;
  with_credentials.user = "shop";
  with_credentials.password = "s3cret";
  std::string heard = "?";
  SendReply reply = outcome_of(
      [&](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250 AUTH PLAIN\r\n");
        heard.clear();
        while (true) heard += peer.some(1);
      },
      with_credentials);
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  EXPECT_EQ(heard, "");
}

TEST_F(SmtpTlsTest, RefusedStartTlsSendsNothing) {
  SendReply reply = outcome_of(
      [&](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250 STARTTLS\r\n");
        peer.line();
        peer.send("454 4.7.0 TLS not available\r\n");
        peer.line();
      },
      settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);
}

TEST_F(SmtpTlsTest, TextInjectedBeforeTlsIsAnAttack) {
  SendReply reply = outcome_of(
      [](ScriptedPeer& peer, int) { play(peer, 0, "250-relay.example\r\n250 AUTH PLAIN\r\n"); },
      settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  EXPECT_THAT(reply.text, HasSubstr("before TLS"));
}

TEST_F(SmtpTlsTest, OffersInTheClearAreForgotten) {
  // AUTH was offered before TLS and is not after it.
  SmtpSettings with_credentials = settings();
  with_credentials.user = "shop";
  with_credentials.password = "s3cret";
  SendReply reply = outcome_of(
      [&](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250-AUTH PLAIN\r\n250 STARTTLS\r\n");
        peer.line();
        peer.send("220 go ahead\r\n");
        peer.start_tls(certificate_.file, certificate_.key);
        peer.line();
        peer.send(kHello);
        peer.line();
      },
      with_credentials);
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  EXPECT_THAT(reply.text, HasSubstr("AUTH"));
}

TEST_F(SmtpTlsTest, ADropAfterTheDotIsInDoubtUnderTlsToo) {
  SendReply reply = outcome_of(
      [](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250 STARTTLS\r\n");
        peer.line();
        peer.send("220 go ahead\r\n");
        peer.start_tls(certificate_.file, certificate_.key);
        greet(peer, kHello);
      },
      settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);  // an unexpected second greeting
  reply = outcome_of(
      [](ScriptedPeer& peer, int) {
        greet(peer, "250-relay.example\r\n250 STARTTLS\r\n");
        peer.line();
        peer.send("220 go ahead\r\n");
        peer.start_tls(certificate_.file, certificate_.key);
        peer.line();
        peer.send(kHello);
        peer.until("DATA\r\n");
        peer.send("250 ok\r\n250 ok\r\n354 go on\r\n");
        peer.until("\r\n.\r\n");
        peer.reset();
      },
      settings());
  EXPECT_EQ(reply.outcome, SendOutcome::kInDoubt);
}

}  // namespace
}  // namespace trig::delivery
