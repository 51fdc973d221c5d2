// Private to runtime/net: what the connections of an HttpServer share, and one such connection.
#pragma once

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <chrono>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "runtime/net/http_body.h"
#include "runtime/net/http_server.h"
#include "runtime/net/http_stream.h"

namespace trig::net {

class HttpConnection;

// The way from a responder, on any thread, back to the loop. Closed when the server goes away.
struct LoopGate {
  std::mutex mutex;
  EventLoop* loop = nullptr;
};

struct HttpServerCore : std::enable_shared_from_this<HttpServerCore> {
  HttpServerCore(EventLoop& loop, HttpServerOptions options, HttpHandler handler);

  Status open();
  void accept();
  void admit(boost::asio::ip::tcp::socket socket);
  void sweep();  // closes what has outlived its deadline; comes back by itself
  void drain(std::chrono::milliseconds grace, std::function<void()> done);
  void cut();  // closes everything at once
  void forget(HttpConnection* connection);

  EventLoop& loop;
  HttpServerOptions options;
  HttpHandler handler;
  boost::asio::ip::tcp::acceptor acceptor;
  std::optional<boost::asio::ssl::context> tls;
  std::shared_ptr<LoopGate> gate = std::make_shared<LoopGate>();
  BodyBudget budget;
  std::unordered_map<HttpConnection*, std::shared_ptr<HttpConnection>> connections;
  bool draining = false;
  std::function<void()> on_drained;
  Timer sweep_timer;
  Timer drain_timer;
  Timer accept_timer;

  std::atomic<std::uint64_t> open_connections{0};
  std::atomic<std::uint64_t> accepted{0};
  std::atomic<std::uint64_t> shed{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> refused{0};
};

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  HttpConnection(std::shared_ptr<HttpServerCore> core, boost::asio::ip::tcp::socket socket);

  void start();
  void answer(HttpResponse response);  // to the request the handler has now
  void check_deadline(TimePoint now);
  void close_if_idle();
  void close();

 private:
  enum class State : std::uint8_t {
    kHandshake,
    kIdle,  // no byte of the next request yet
    kReading,
    kHandling,  // the handler has it: no deadline, the answer is our own side's matter
    kWriting,
    kLingering,  // refused before it was read whole; see linger()
    kClosed,
  };
  using Parser = boost::beast::http::request_parser<HttpBody>;
  using Error = boost::system::error_code;

  void enter(State state, std::chrono::milliseconds timeout);
  void await_request();
  void read_header();
  void read_more_header();
  void on_header();
  void read_body();
  void dispatch();
  void fail_reading(Error error);
  void refuse(int status, std::string_view message);
  void write(std::string bytes, bool then_linger);
  void on_written(bool then_linger);
  void linger();

  std::shared_ptr<HttpServerCore> core_;
  HttpStream stream_;
  std::size_t header_bytes_ = 0;  // of the request at hand, so far
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  BodyCharge charge_;  // of the request being handled
  std::string out_;
  std::string remote_address_;
  State state_ = State::kHandshake;
  TimePoint deadline_ = TimePoint::max();
  std::size_t lingered_ = 0;
  bool timed_out_ = false;
  bool keep_alive_ = false;
  bool head_ = false;
  bool served_ = false;  // at least one request
};

}  // namespace trig::net
