// SmtpTransport and relays with AUTH and TLS, honest ones and others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include "compiler/base/hash.h"
#include "tests/unit/peers.h"
#include "tests/unit/smtp_relay.h"

namespace trig::delivery {
namespace {

using test::Certificate;
using test::greet;
using test::kHello;
using test::outcome_of;
using test::Relay;
using test::ScriptedPeer;
using test::ScriptedServer;
using test::take_mail;
using ::testing::HasSubstr;

// --- AUTH ---

SmtpSettings with_user() {
  SmtpSettings settings;
  settings.user = "shop";
  settings.password = "s3cret";
  settings.tls = SmtpTls::kNever;
  return settings;
}

TEST(SmtpAuth, AuthPlain) {
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

TEST(SmtpAuth, AuthLoginWhereOnlyThatIsOffered) {
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

TEST(SmtpAuth, AFailedAuthenticationBlocks) {
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
