// What the HTTP tests share: a server on a free port with its loop on a thread of its own, and a
// plain socket that sends whatever bytes a test likes.
#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "runtime/net/event_loop.h"
#include "runtime/net/http_server.h"

namespace trig::net {

class LoopThread {
 public:
  LoopThread() : thread_([this] { loop_.run(); }) {}
  ~LoopThread() { stop(); }
  EventLoop& loop() { return loop_; }

  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }

  // Runs `task` on the loop's thread and gives its result.
  template <typename Task>
  auto run(Task task) {
    auto packaged = std::make_shared<std::packaged_task<decltype(task())()>>(std::move(task));
    auto result = packaged->get_future();
    loop_.post([packaged] { (*packaged)(); });
    return result.get();
  }

 private:
  EventLoop loop_;
  std::thread thread_;
};

class ServerThread {
 public:
  ServerThread(HttpServerOptions options, HttpHandler handler) {
    auto listening = HttpServer::listen(thread_.loop(), std::move(options), std::move(handler));
    EXPECT_TRUE(listening.has_value()) << (listening ? "" : listening.error().message);
    if (listening) server_ = std::move(*listening);
  }
  ~ServerThread() {
    thread_.stop();
    server_.reset();
  }

  HttpServer& server() { return *server_; }
  std::uint16_t port() const { return server_->port(); }
  LoopThread& thread() { return thread_; }
  void destroy_server() {
    thread_.run([this] { server_.reset(); });
  }

 private:
  LoopThread thread_;
  std::unique_ptr<HttpServer> server_;
};

// A blocking client socket on 127.0.0.1. Reads give up after five seconds.
class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) close();
  }
  RawSocket(RawSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), pending_(std::move(other.pending_)) {}
  RawSocket(const RawSocket&) = delete;
  ~RawSocket() { close(); }

  bool connected() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // Closes so that the peer sees a reset instead of an end.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Header and body of the next response; empty if the connection ended first.
  std::string read_response() {
    std::size_t end = std::string::npos;
    while ((end = pending_.find("\r\n\r\n")) == std::string::npos)
      if (!fill()) return {};
    std::size_t length = 0;
    if (const auto at = pending_.find("Content-Length: "); at < end)
      length = std::stoul(pending_.substr(at + 16));
    while (pending_.size() < end + 4 + length)
      if (!fill()) return {};
    std::string response = pending_.substr(0, end + 4 + length);
    pending_.erase(0, end + 4 + length);
    return response;
  }

  // Everything until the peer closes.
  std::string read_all() {
    while (fill()) {
    }
    return std::exchange(pending_, {});
  }

  // True once the peer has closed; false after `patience`.
  bool closed_within(std::chrono::milliseconds patience) {
    patience_ = patience;
    while (fill()) {
    }
    return ended_;
  }

 private:
  bool fill() {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(patience_.count())) <= 0) return false;
    char bytes[65536];
    const auto got = ::recv(fd_, bytes, sizeof bytes, 0);
    if (got <= 0) ended_ = true;
    if (got > 0) pending_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int fd_;
  std::string pending_;
  std::chrono::milliseconds patience_{5000};
  bool ended_ = false;
};

inline int status_of(std::string_view response) {
  return response.starts_with("HTTP/1.1 ") ? std::stoi(std::string(response.substr(9, 3))) : 0;
}

inline std::string body_of(std::string_view response) {
  const auto end = response.find("\r\n\r\n");
  return end == std::string_view::npos ? "" : std::string(response.substr(end + 4));
}

// Waits, bounded, until `condition` holds.
template <typename Condition>
bool eventually(Condition condition, std::chrono::seconds patience = std::chrono::seconds(10)) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace trig::net
