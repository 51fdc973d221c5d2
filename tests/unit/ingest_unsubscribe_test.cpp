#include "runtime/ingest/unsubscribe_api.h"

#include "runtime/ports/limits.h"
#include "tests/unit/http_fixture.h"
#include "tests/unit/ingest_fixture.h"

namespace trig::ingest {
namespace {

using net::body_of;
using net::RawSocket;
using net::status_of;

class UnsubscribeTest : public testing::Test {
 protected:
  std::string send(std::string method, std::string path, std::string body = {},
                   std::string type = "application/x-www-form-urlencoded") {
    RawSocket client(server_.port());
    client.send(method + " " + path +
                " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: " + type +
                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.read_all();
  }

  RecordingInbox inbox_;
  UnsubscribeApi api_{{.sender = "Tom & Sons <shop>", .topics = {{"offers", "Offers and news"}}},
                      [](std::string_view token) -> std::optional<UnsubscribeRequest> {
                        if (token == "all") return UnsubscribeRequest{7, "hash", ""};
                        if (token.size() >= kMaxLinkTokenBytes)
                          return UnsubscribeRequest{9, "", ""};
                        if (token == "topic") return UnsubscribeRequest{8, "hash", "offers"};
                        return std::nullopt;
                      },
                      inbox_};
  net::ServerThread server_{{}, [this](net::HttpRequest request, net::HttpResponder respond) {
                              ASSERT_TRUE(UnsubscribeApi::owns(request.path));
                              api_.handle(std::move(request), std::move(respond));
                            }};
};

TEST_F(UnsubscribeTest, OneClickIsTakenInBothEncodings) {
  const std::string form = send("POST", "/u/topic", "List-Unsubscribe=One-Click");
  const std::string multipart =
      send("POST", "/u/all",
           "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n"
           "One-Click\r\n--b--\r\n",
           "multipart/form-data; boundary=b");
  for (const std::string& response : {form, multipart}) {
    EXPECT_EQ(status_of(response), 200);
    EXPECT_EQ(response.find("Set-Cookie"), std::string::npos);
    EXPECT_EQ(response.find("Location"), std::string::npos);
    EXPECT_NE(response.find("You are unsubscribed"), std::string::npos);
  }
  EXPECT_NE(form.find("You will not receive mail about Offers and news from "
                      "Tom &amp; Sons &lt;shop&gt; any more"),
            std::string::npos);
  const auto taken = inbox_.unsubscribed();
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].person, 8u);
  EXPECT_EQ(taken[0].topic, "offers");
  EXPECT_EQ(taken[1].person, 7u);
  EXPECT_EQ(taken[1].topic, "");
  EXPECT_EQ(taken[1].address_hash, "hash");
}

TEST_F(UnsubscribeTest, LookingChangesNothing) {
  const std::string page = send("GET", "/u/topic");
  EXPECT_EQ(status_of(page), 200);
  EXPECT_NE(page.find("<form method=\"post\">"), std::string::npos);
  EXPECT_NE(page.find("Unsubscribe</button>"), std::string::npos);
  EXPECT_NE(page.find("Cache-Control: no-store"), std::string::npos);
  EXPECT_NE(page.find("Referrer-Policy: no-referrer"), std::string::npos);
  const std::string head = send("HEAD", "/u/topic");
  EXPECT_EQ(status_of(head), 200);
  EXPECT_EQ(body_of(head), "");
  EXPECT_EQ(status_of(send("PUT", "/u/topic")), 405);
  EXPECT_TRUE(inbox_.unsubscribed().empty());
}

TEST_F(UnsubscribeTest, ABadTokenIsNotFound) {
  const std::string endless = "/u/" + std::string(kMaxLinkTokenBytes + 1, 'x');
  for (const std::string& path : {std::string("/u/"), std::string("/u/forged"), endless}) {
    for (const char* method : {"GET", "HEAD", "POST"})
      EXPECT_EQ(status_of(send(method, path)), 404) << method << path;
  }
  EXPECT_EQ(status_of(send("GET", endless.substr(0, endless.size() - 1))), 200);
  EXPECT_NE(send("GET", "/u/forged").find("This link does not work"), std::string::npos);
  EXPECT_TRUE(inbox_.unsubscribed().empty());
}

TEST_F(UnsubscribeTest, ConfirmsNothingThatIsNotDurable) {
  inbox_.answer_with({.kind = ReceiptKind::kOverloaded, .retry_after = std::chrono::seconds(3)});
  const std::string overloaded = send("POST", "/u/all", "List-Unsubscribe=One-Click");
  EXPECT_EQ(status_of(overloaded), 429);
  EXPECT_NE(overloaded.find("Retry-After: 3\r\n"), std::string::npos);
  EXPECT_NE(overloaded.find("<form"), std::string::npos);
  inbox_.answer_with({.kind = ReceiptKind::kFailed});
  EXPECT_EQ(status_of(send("POST", "/u/all", "List-Unsubscribe=One-Click")), 503);
}

}  // namespace
}  // namespace trig::ingest
