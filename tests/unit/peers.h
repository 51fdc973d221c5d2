// What the tests of net and delivery talk to: real programs as child processes, a server that
// follows a script, and an event loop on a thread of its own. Everything is on 127.0.0.1.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "runtime/net/event_loop.h"
#include "runtime/ports/transport.h"

namespace trig::test {

constexpr std::chrono::seconds kPatience{30};  // no single wait of a test is longer

std::uint16_t free_port();
std::string read_whole(const std::filesystem::path& path);

class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  // World-writable, for peers that give up root.
  void open_to_all() const;

 private:
  std::filesystem::path path_;
};

// A program, started in the constructor and ended, by its pid, in the destructor.
class Child {
 public:
  // Output goes to `log` if that is given.
  explicit Child(std::vector<std::string> arguments, const std::filesystem::path& log = {});
  ~Child() { stop(); }
  Child(const Child&) = delete;
  void stop();
  int wait();  // its exit code

 private:
  pid_t pid_ = -1;
};

// Returns when something takes connections on the port; throws after kPatience.
void await_listener(std::uint16_t port);

// Postfix's smtp-sink with these options.
class SmtpSink {
 public:
  explicit SmtpSink(std::vector<std::string> options);
  std::uint16_t port() const { return port_; }
  void stop() { child_->stop(); }
  void restart();  // on the same port

 private:
  std::vector<std::string> arguments_;
  std::uint16_t port_;
  std::unique_ptr<Child> child_;
};

// An event loop that runs; `call` runs a function there and gives what it returns.
class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() {
    loop_.stop();
    thread_.join();
  }
  net::EventLoop& loop() { return loop_; }

  template <typename F>
  auto call(F function) -> decltype(function()) {
    std::packaged_task<decltype(function())()> task(std::move(function));
    auto future = task.get_future();
    loop_.post([&task] { task(); });
    if (future.wait_for(kPatience) != std::future_status::ready) std::abort();
    return future.get();
  }

  // Starts something that ends by calling what it was given, and waits for that.
  template <typename T>
  T await(std::function<void(std::function<void(T)>)> start) {
    auto promise = std::make_shared<std::promise<T>>();
    auto future = promise->get_future();
    loop_.post(
        [start, promise] { start([promise](T value) { promise->set_value(std::move(value)); }); });
    if (future.wait_for(kPatience) != std::future_status::ready) {
      throw std::runtime_error("no answer came");
    }
    return future.get();
  }

 private:
  net::EventLoop loop_;
  std::thread thread_;
};

// The server's end of one connection: blocking, with a time limit on each read. An operation on a
// connection that is gone ends the script quietly.
class ScriptedPeer {
 public:
  explicit ScriptedPeer(int fd);
  ~ScriptedPeer();
  void send(const std::string& bytes);
  std::string line();                            // without its CRLF
  std::string until(const std::string& marker);  // through the marker
  std::string some(std::size_t count);
  void start_tls(const std::string& certificate, const std::string& key, int max_version = 0);
  void reset();  // closes with RST

 private:
  struct Tls;
  bool fill();
  int fd_;
  std::string input_;
  std::unique_ptr<Tls> tls_;
};

// Runs the script for each connection, on a thread of its own. The client has to go before it.
class ScriptedServer {
 public:
  // `number` counts connections from 1.
  using Script = std::function<void(ScriptedPeer& peer, int number)>;
  explicit ScriptedServer(Script script);
  ~ScriptedServer();
  std::uint16_t port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void serve(const Script& script);
  std::uint16_t port_ = 0;  // before the listener, which sets it
  int listener_;
  std::atomic<bool> stopping_{false};
  std::atomic<int> connections_{0};
  std::vector<std::thread> scripts_;
  std::thread thread_;
};

// A key and a certificate signed by itself, for `name`, as PEM files in `folder`.
struct Certificate {
  std::string file;
  std::string key;
};
Certificate make_certificate(const std::filesystem::path& folder, const std::string& name);

// A complete mail.
Mail sample_mail(int number = 1);

}  // namespace trig::test
