// The adapters of Resend and SendGrid, over real sockets: against a server that behaves like them,
// and against one that dies at a chosen moment.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "runtime/delivery/resend.h"
#include "runtime/delivery/sendgrid.h"
#include "tests/unit/http_over_connection.h"
#include "tests/unit/peers.h"

namespace trig::delivery {
namespace {

using test::sample_mail;
using ::testing::HasSubstr;

enum class Kind { kResend, kSendGrid };

// An adapter on its own loop.
class Provider {
 public:
  Provider(Kind kind, std::uint16_t port, const std::string& key = "good") {
    std::string url = fmt::format("http://127.0.0.1:{}/", port);
    HttpPost post = test::http_over_connection(loop_.loop());
    if (kind == Kind::kResend) {
      transport_ = *ResendTransport::create({key, url}, post);
    } else {
      transport_ = *SendGridTransport::create({key, url}, post);
    }
  }
  SendReply send(const Mail& mail) {
    return loop_.await<SendReply>([&](auto done) { transport_->send(mail, done); });
  }

 private:
  test::LoopThread loop_;
  std::unique_ptr<Transport> transport_;
};

class ProvidersTest : public ::testing::TestWithParam<Kind> {
 protected:
  ProvidersTest()
      : log_(folder_.path() / "log"),
        port_(test::free_port()),
        server_({"python3", TRIG_TESTS "/unit/provider_server.py", std::to_string(port_),
                 log_.string()}) {
    test::await_listener(port_);
  }

  // The mails the server has accepted.
  std::vector<boost::json::value> accepted() {
    std::vector<boost::json::value> mails;
    std::istringstream lines(test::read_whole(log_));
    for (std::string line; std::getline(lines, line);) mails.push_back(boost::json::parse(line));
    return mails;
  }

  SendReply wish(const std::string& word) {
    Mail mail = sample_mail();
    mail.subject = "[" + word + "]";
    return Provider(GetParam(), port_).send(mail);
  }

  test::TempFolder folder_;
  std::filesystem::path log_;
  std::uint16_t port_;
  test::Child server_;
};

INSTANTIATE_TEST_SUITE_P(Both, ProvidersTest, ::testing::Values(Kind::kResend, Kind::kSendGrid),
                         [](const auto& info) {
                           return info.param == Kind::kResend ? "Resend" : "SendGrid";
                         });

Mail full_mail() {
  Mail mail = sample_mail();
  mail.from = {"Der \"Laden\"", "shop@bücher.example"};
  mail.reply_to = Mailbox{"", "help@shop.example"};
  mail.to.name = "Ana \U0001F600";
  mail.subject = "Grüße";
  mail.headers.push_back({"X-Note", "Grüße"});
  return mail;
}

// The text at a JSON pointer.
std::string at(const boost::json::value& value, const std::string& pointer) {
  boost::system::error_code error;
  const boost::json::value* found = value.find_pointer(pointer, error);
  return found && found->is_string() ? std::string(found->get_string()) : "nothing at " + pointer;
}

TEST_P(ProvidersTest, MailArrivesAsItIs) {
  Mail mail = full_mail();
  SendReply reply = Provider(GetParam(), port_).send(mail);
  EXPECT_EQ(reply.outcome, SendOutcome::kAccepted) << reply.text;
  ASSERT_EQ(accepted().size(), 1u);
  boost::json::value body = accepted()[0].at("body");
  EXPECT_EQ(at(body, "/subject"), mail.subject);
  EXPECT_EQ(at(body, "/headers/X-Note"), "=?UTF-8?B?R3LDvMOfZQ==?=");
  EXPECT_EQ(at(body, "/headers/List-Unsubscribe"), "<https://shop.example/u/abc>");
  if (GetParam() == Kind::kResend) {
    EXPECT_EQ(reply.code, 200);
    EXPECT_EQ(at(body, "/from"), "\"Der \\\"Laden\\\"\" <shop@xn--bcher-kva.example>");
    EXPECT_EQ(at(body, "/to/0"), "\"Ana \U0001F600\" <ana@example.com>");
    EXPECT_EQ(at(body, "/reply_to"), "help@shop.example");
    EXPECT_EQ(at(body, "/html"), mail.html);
    EXPECT_EQ(at(body, "/text"), mail.text);
    return;
  }
  EXPECT_EQ(reply.code, 202);
  EXPECT_EQ(at(body, "/personalizations/0/to/0/email"), "ana@example.com");
  EXPECT_EQ(at(body, "/personalizations/0/to/0/name"), mail.to.name);
  EXPECT_EQ(at(body, "/personalizations/0/custom_args/trig_send"), "send-1");
  EXPECT_EQ(at(body, "/from/email"), "shop@xn--bcher-kva.example");
  EXPECT_EQ(at(body, "/from/name"), mail.from.name);
  EXPECT_EQ(at(body, "/reply_to/email"), "help@shop.example");
  EXPECT_EQ(at(body, "/content/0/type"), "text/plain");
  EXPECT_EQ(at(body, "/content/0/value"), mail.text);
  EXPECT_EQ(at(body, "/content/1/type"), "text/html");
  EXPECT_EQ(at(body, "/content/1/value"), mail.html);
}

TEST_P(ProvidersTest, StatusesAreTold) {
  SendReply reply = wish("429");
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);
  EXPECT_EQ(reply.code, 429);
  EXPECT_EQ(reply.retry_after, Duration(std::chrono::seconds(7)));
  EXPECT_EQ(reply.text, "as you wished");
  EXPECT_EQ(wish("500").outcome, SendOutcome::kDeferred);
  EXPECT_EQ(wish("500").retry_after, std::nullopt);
  EXPECT_EQ(wish("503").retry_after, Duration(std::chrono::seconds(7)));
  EXPECT_EQ(wish("408").outcome, SendOutcome::kDeferred);
  EXPECT_EQ(wish("400").outcome, SendOutcome::kRefused);
  EXPECT_EQ(wish("413").outcome, SendOutcome::kRefused);
  EXPECT_EQ(wish("422").outcome, SendOutcome::kRefused);
  EXPECT_EQ(wish("403").outcome, SendOutcome::kBlocked);
  EXPECT_EQ(wish("404").outcome, SendOutcome::kBlocked);
  EXPECT_EQ(wish("302").outcome, SendOutcome::kBlocked);
  EXPECT_TRUE(accepted().empty());
}

TEST_P(ProvidersTest, AWrongKeyBlocks) {
  SendReply reply = Provider(GetParam(), port_, "s3cret").send(sample_mail());
  EXPECT_EQ(reply.outcome, SendOutcome::kBlocked);
  EXPECT_EQ(reply.code, 401);
  EXPECT_EQ(reply.text, "API key is invalid");
}

TEST_P(ProvidersTest, WhatMimeRefusesIsRefusedHere) {
  Provider provider(GetParam(), port_);
  Mail mail = sample_mail();
  mail.headers.push_back({"X-Evil", "a\r\nBcc: x@x.example"});
  EXPECT_EQ(provider.send(mail).outcome, SendOutcome::kRefused);
  mail = sample_mail();
  mail.to.address = "josé@example.com";
  EXPECT_EQ(provider.send(mail).enhanced, "5.6.7");
  mail = sample_mail();
  mail.html = "\xff";
  EXPECT_EQ(provider.send(mail).outcome, SendOutcome::kRefused);
  EXPECT_TRUE(accepted().empty());
}

TEST_P(ProvidersTest, NobodyThereDefers) {
  SendReply reply = Provider(GetParam(), test::free_port()).send(sample_mail());
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);
}

TEST_P(ProvidersTest, ALinkThatDiesAfterTheRequestLeavesDoubtUnlessARepeatIsSafe) {
  for (const char* half : {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-"}) {
    test::ScriptedServer server([&](test::ScriptedPeer& peer, int) {
      peer.until("\r\n\r\n");
      peer.send(half);
    });
    SendReply reply = Provider(GetParam(), server.port()).send(sample_mail());
    EXPECT_EQ(reply.outcome,
              GetParam() == Kind::kResend ? SendOutcome::kDeferred : SendOutcome::kInDoubt);
  }
}

TEST_P(ProvidersTest, AnAnswerThatIsNotJsonIsShownAsItIs) {
  test::ScriptedServer server([](test::ScriptedPeer& peer, int) {
    peer.until("\r\n\r\n");
    peer.send(
        "HTTP/1.1 502 Bad Gateway\r\nRetry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n\r\n"
        "<h1>oh\x07</h1>");
  });
  SendReply reply = Provider(GetParam(), server.port()).send(sample_mail());
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);
  EXPECT_EQ(reply.text, "<h1>oh?</h1>");
  EXPECT_EQ(reply.retry_after, std::nullopt);  // a date would need a clock
}

class ResendTest : public ProvidersTest {};
INSTANTIATE_TEST_SUITE_P(One, ResendTest, ::testing::Values(Kind::kResend),
                         [](const auto&) { return "Resend"; });

TEST_P(ResendTest, ARepeatSendsNothingNew) {
  Provider provider(Kind::kResend, port_);
  Mail mail = full_mail();
  for (mail.attempt = 1; mail.attempt <= 3; ++mail.attempt) {
    EXPECT_EQ(provider.send(mail).outcome, SendOutcome::kAccepted);
  }
  EXPECT_EQ(accepted().size(), 1u);
  mail.subject = "another";
  SendReply reply = provider.send(mail);
  EXPECT_EQ(reply.outcome, SendOutcome::kRefused);
  EXPECT_EQ(reply.code, 409);
  EXPECT_THAT(reply.text, HasSubstr("another content"));
  EXPECT_EQ(wish("concurrent").outcome, SendOutcome::kDeferred);
  EXPECT_EQ(accepted().size(), 1u);
}

TEST(Providers, SettingsAreChecked) {
  HttpPost none;
  for (const char* key : {"", "a b", "a\r\nX: y", "schlüssel"}) {
    EXPECT_FALSE(ResendTransport::create({key, "https://api.example"}, none)) << key;
    EXPECT_FALSE(SendGridTransport::create({key, "https://api.example"}, none)) << key;
  }
  for (const char* url : {"", "api.example", "ftp://api.example", "https://a b", "https://a\r\n"}) {
    EXPECT_FALSE(ResendTransport::create({"key", url}, none)) << url;
    EXPECT_FALSE(SendGridTransport::create({"key", url}, none)) << url;
  }
}

}  // namespace
}  // namespace trig::delivery
