// Mails as files.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "runtime/delivery/file_transport.h"
#include "runtime/delivery/mime.h"
#include "runtime/ports/limits.h"
#include "tests/unit/peers.h"

namespace trig::delivery {
namespace {

SendReply send(FileTransport& transport, const Mail& mail) {
  std::optional<SendReply> told;
  transport.send(mail, [&](SendReply reply) { told = std::move(reply); });
  EXPECT_TRUE(told);
  return told.value_or(SendReply{});
}

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

TEST(FileTransport, WritesTheBytesOfMime) {
  test::TempFolder temp;
  std::filesystem::path folder = temp.path() / "a" / "outbox";
  auto transport = FileTransport::create(folder);
  ASSERT_TRUE(transport);
  Mail mail = test::sample_mail();
  EXPECT_EQ(send(**transport, mail).outcome, SendOutcome::kAccepted);
  ASSERT_EQ(names_in(folder), (std::vector<std::string>{"20260328T120000Z-m1.0_shop.example.eml"}));
  EXPECT_EQ(test::read_whole(folder / "20260328T120000Z-m1.0_shop.example.eml"), *build_mime(mail));
}

TEST(FileTransport, OverwritesNothing) {
  test::TempFolder folder;
  auto transport = FileTransport::create(folder.path());
  Mail mail = test::sample_mail();
  send(**transport, mail);
  mail.subject = "the second";
  send(**transport, mail);
  std::string base = "20260328T120000Z-m1.0_shop.example";
  EXPECT_EQ(names_in(folder.path()), (std::vector<std::string>{base + "-2.eml", base + ".eml"}));
  EXPECT_EQ(test::read_whole(folder.path() / (base + "-2.eml")), *build_mime(mail));
}

TEST(FileTransport, FilesOfOneMessageAreBounded) {
  test::TempFolder folder;
  auto transport = FileTransport::create(folder.path());
  std::string base = "20260328T120000Z-m1.0_shop.example";
  std::ofstream(folder.path() / (base + ".eml"));
  for (std::size_t i = 2; i < kMaxSameFileNames; ++i) {
    std::ofstream(folder.path() / fmt::format("{}-{}.eml", base, i));
  }
  EXPECT_EQ(send(**transport, test::sample_mail()).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(send(**transport, test::sample_mail()).outcome, SendOutcome::kDeferred);
  EXPECT_EQ(names_in(folder.path()).size(), kMaxSameFileNames);  // and nothing half written
}

TEST(FileTransport, NamesStayInTheFolder) {
  test::TempFolder temp;
  auto transport = FileTransport::create(temp.path() / "outbox");
  Mail mail = test::sample_mail();
  mail.message_id = "../../up/" + std::string(100, 'x') + "@shop.example";
  EXPECT_EQ(send(**transport, mail).outcome, SendOutcome::kAccepted);
  EXPECT_EQ(names_in(temp.path()), (std::vector<std::string>{"outbox"}));
  EXPECT_EQ(names_in(temp.path() / "outbox").size(), 1u);
}

TEST(FileTransport, AFolderThatIsGoneDefers) {
  test::TempFolder temp;
  auto transport = FileTransport::create(temp.path() / "outbox");
  std::filesystem::remove(temp.path() / "outbox");
  SendReply reply = send(**transport, test::sample_mail());
  EXPECT_EQ(reply.outcome, SendOutcome::kDeferred);
  EXPECT_NE(reply.text.find("outbox"), std::string::npos);
  std::ofstream(temp.path() / "file");
  EXPECT_FALSE(FileTransport::create(temp.path() / "file" / "outbox"));
}

}  // namespace
}  // namespace trig::delivery
