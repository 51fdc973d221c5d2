// net::Connection against a server that follows a script.
#include <gtest/gtest.h>

#include "runtime/net/connection.h"
#include "tests/unit/peers.h"

namespace trig::net {
namespace {

using namespace std::chrono_literals;
using test::LoopThread;
using test::ScriptedPeer;
using test::ScriptedServer;

using Ended = std::optional<ConnectionError>;

// A connection on its own loop, with calls that wait.
class Link {
 public:
  Link() {
    loop_.call([this] { connection_ = std::make_unique<Connection>(loop_.loop()); });
  }
  ~Link() {
    loop_.call([this] { connection_.reset(); });
  }

  Ended connect(std::uint16_t port, const std::string& host = "127.0.0.1") {
    return loop_.await<Ended>(
        [&](auto done) { connection_->connect(host, port, test::kPatience, done); });
  }
  Received line(std::size_t most = 100, Connection::Timeout timeout = test::kPatience) {
    return loop_.await<Received>([&](auto done) { connection_->read_line(most, timeout, done); });
  }
  Received some(std::size_t most, Connection::Timeout timeout = test::kPatience) {
    return loop_.await<Received>([&](auto done) { connection_->read_some(most, timeout, done); });
  }
  Ended write(const std::string& bytes, Connection::Timeout timeout = test::kPatience) {
    return loop_.await<Ended>([&](auto done) { connection_->write(bytes, timeout, done); });
  }
  bool is_quiet() {
    return loop_.call([this] { return connection_->is_quiet(); });
  }
  LoopThread& loop() { return loop_; }
  std::unique_ptr<Connection>& connection() { return connection_; }

 private:
  LoopThread loop_;
  std::unique_ptr<Connection> connection_;
};

TEST(Connection, ReadsLines) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    peer.send("one\r\ntw");
    peer.send("o\n\r\nfo\rur\r\nlast");
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_EQ(*link.line(), "one");
  EXPECT_EQ(*link.line(), "two");
  EXPECT_EQ(*link.line(), "");
  EXPECT_EQ(*link.line(), "fo\rur");
  Received last = link.line();  // without an end it is none
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().fault, ConnectionFault::kClosed);
}

TEST(Connection, LinesAreBounded) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    peer.send("12345678\r\n123456789\r\n");
    peer.line();
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_EQ(*link.line(10), "12345678");
  Received second = link.line(10);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, ConnectionFault::kTooLong);
}

TEST(Connection, ReadsSomeAfterALine) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    peer.send("head\r\n12345");
    peer.line();
    peer.send("67");
    peer.line();
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_EQ(*link.line(), "head");
  std::string read;
  while (read.size() < 5) read += *link.some(3);
  EXPECT_EQ(read, "12345");
  ASSERT_FALSE(link.write("more\r\n"));
  while (read.size() < 7) read += *link.some(100);
  EXPECT_EQ(read, "1234567");
}

TEST(Connection, WritesAllThereIs) {
  std::string much(5'000'000, 'x');
  std::promise<std::size_t> got;
  ScriptedServer server([&](ScriptedPeer& peer, int) { got.set_value(peer.until("\n").size()); });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_FALSE(link.write(much + "\n"));
  EXPECT_EQ(got.get_future().get(), much.size() + 1);
}

TEST(Connection, EveryOperationHasItsDeadline) {
  std::promise<void> go;
  std::shared_future<void> end = go.get_future().share();
  ScriptedServer server([end](ScriptedPeer&, int) { end.wait(); });
  {
    Link reader, writer, greeter;
    for (Link* link : {&reader, &writer, &greeter}) ASSERT_FALSE(link->connect(server.port()));
    EXPECT_EQ(reader.line(100, 30ms).error().fault, ConnectionFault::kTimeout);
    EXPECT_EQ(writer.write(std::string(50'000'000, 'x'), 30ms)->fault, ConnectionFault::kTimeout);
    auto client = *TlsClient::create({});
    Ended shaken = greeter.loop().await<Ended>(
        [&](auto done) { greeter.connection()->start_tls(*client, "relay.example", 30ms, done); });
    EXPECT_EQ(shaken->fault, ConnectionFault::kTimeout);
    // An earlier, later deadline does not delay a shorter one, and an over one does not ring again.
    EXPECT_EQ(reader.line(100, 30ms).error().fault, ConnectionFault::kBroken);
  }
  go.set_value();
}

TEST(Connection, AShortDeadlineAfterALongOneIsKept) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    peer.send("one\r\n");
    peer.line();
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_EQ(*link.line(100, 1h), "one");
  EXPECT_EQ(link.line(100, 30ms).error().fault, ConnectionFault::kTimeout);
}

TEST(Connection, ALongDeadlineAfterAShortOneIsKept) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    peer.send("one\r\n");
    std::this_thread::sleep_for(150ms);
    peer.send("two\r\n");
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_EQ(*link.line(100, 100ms), "one");
  EXPECT_EQ(*link.line(100, 1h), "two");  // the timer of the first rings in between
}

TEST(Connection, TellsWhyItCannotConnect) {
  Link nobody;
  EXPECT_EQ(nobody.connect(test::free_port())->fault, ConnectionFault::kConnect);
  Link unknown;
  EXPECT_EQ(unknown.connect(25, "no-such-host.invalid")->fault, ConnectionFault::kResolve);
}

TEST(Connection, ConnectsByName) {
  ScriptedServer server([](ScriptedPeer& peer, int) { peer.send("hello\r\n"); });
  Link link;
  ASSERT_FALSE(link.connect(server.port(), "localhost"));
  EXPECT_EQ(*link.line(), "hello");
}

TEST(Connection, ResetIsNotAnOrderlyEnd) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    peer.line();
    peer.reset();
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  ASSERT_FALSE(link.write("x\r\n"));
  EXPECT_EQ(link.line().error().fault, ConnectionFault::kBroken);
}

TEST(Connection, QuietMeansNeitherWordNorEnd) {
  std::promise<void> spoken;
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    peer.line();
    peer.send("unasked\r\n");
    spoken.set_value();
    peer.line();
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_TRUE(link.is_quiet());
  ASSERT_FALSE(link.write("x\r\n"));
  spoken.get_future().wait();
  EXPECT_FALSE(link.is_quiet());
  EXPECT_EQ(*link.line(), "unasked");
  EXPECT_TRUE(link.is_quiet());
  link.loop().call([&] { link.connection()->close(); });
  EXPECT_FALSE(link.is_quiet());
}

TEST(Connection, NoAnswerComesAfterItsEnd) {
  ScriptedServer server([](ScriptedPeer& peer, int) { peer.line(); });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  auto answered = std::make_shared<bool>(false);
  link.loop().call([&] {
    link.connection()->read_line(100, 1h, [answered](Received) { *answered = true; });
    link.connection().reset();
  });
  for (int i = 0; i < 10; ++i) link.loop().call([] {});  // whatever was queued has run
  EXPECT_FALSE(*answered);
  link.loop().call([&] { link.connection() = std::make_unique<Connection>(link.loop().loop()); });
}

TEST(Connection, TwoOperationsAtOnceAreABug) {
  EXPECT_DEATH(
      {
        EventLoop loop;
        Connection connection(loop);
        connection.connect("127.0.0.1", 9, 1s, [](Ended) {});
        connection.write("x", 1s, [](Ended) {});
      },
      "before the last one");
}

TEST(Connection, TextBeforeTlsIsRefused) {
  ScriptedServer server([](ScriptedPeer& peer, int) {
    peer.send("220 go ahead\r\n250 injected\r\n");
    peer.line();
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  EXPECT_EQ(*link.line(), "220 go ahead");
  auto client = *TlsClient::create({});
  Ended shaken = link.loop().await<Ended>([&](auto done) {
    link.connection()->start_tls(*client, "relay.example", test::kPatience, done);
  });
  ASSERT_TRUE(shaken);
  EXPECT_EQ(shaken->fault, ConnectionFault::kInjected);
}

TEST(Connection, TlsCarriesLinesAndMuchData) {
  test::TempFolder folder;
  test::Certificate certificate = test::make_certificate(folder.path(), "relay.example");
  std::string much(3'000'000, 'x');
  std::promise<std::size_t> got;
  ScriptedServer server([&](ScriptedPeer& peer, int) {
    peer.start_tls(certificate.file, certificate.key);
    peer.send("hello\r\n");
    got.set_value(peer.until("\n").size());
  });
  Link link;
  ASSERT_FALSE(link.connect(server.port()));
  auto client = *TlsClient::create({.ca_file = certificate.file});
  Ended shaken = link.loop().await<Ended>([&](auto done) {
    link.connection()->start_tls(*client, "relay.example", test::kPatience, done);
  });
  ASSERT_FALSE(shaken) << shaken->text;
  EXPECT_TRUE(link.connection()->is_encrypted());
  EXPECT_EQ(*link.line(), "hello");
  EXPECT_FALSE(link.write(much + "\n"));
  EXPECT_EQ(got.get_future().get(), much.size() + 1);
  EXPECT_FALSE(link.line());  // the end
}

TEST(Connection, CertificatesThatCannotBeLoadedAreTold) {
  EXPECT_FALSE(TlsClient::create({.ca_file = "/no/such/file.pem"}));
}

}  // namespace
}  // namespace trig::net
