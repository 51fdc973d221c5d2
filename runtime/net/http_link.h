// Private to runtime/net: one connection of an HttpClient. It connects, then carries one exchange
// after another, and tells the pool after each whether it can carry more.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runtime/net/http_body.h"
#include "runtime/net/http_client.h"
#include "runtime/net/http_stream.h"

namespace trig::net {

// Where a link goes; also the key of the pool.
struct HttpOrigin {
  bool tls = false;
  std::string host;
  std::string port;
  friend auto operator<=>(const HttpOrigin&, const HttpOrigin&) = default;
};

// One call, ready to be written.
struct HttpCall {
  std::string bytes;
  bool head = false;  // the answer has no body, whatever its length says
  std::function<void(HttpResult)> done;
  Timer deadline;
};

class HttpLink : public std::enable_shared_from_this<HttpLink> {
 public:
  // Called when an exchange has ended, with whether the link can carry another.
  using OnFree = std::function<void(std::shared_ptr<HttpLink>, bool reusable)>;

  HttpLink(EventLoop& loop, boost::asio::ssl::context& tls, HttpOrigin origin,
           const HttpClientOptions& options, OnFree on_free);

  const HttpOrigin& origin() const { return origin_; }
  void connect(std::shared_ptr<HttpCall> call);  // then carries it
  void carry(std::shared_ptr<HttpCall> call);    // on a connected link without a call
  bool carries(const HttpCall& call) const { return call_.get() == &call; }
  void time_out();    // ends the call that is under way
  bool still_open();  // as far as can be seen without asking the peer
  void close();

  Timer idle_timer;  // the pool's

 private:
  using Error = boost::system::error_code;
  using Parser = boost::beast::http::response_parser<HttpBody>;

  void on_resolved(const boost::asio::ip::tcp::resolver::results_type& addresses);
  // The first address that public_only forbids.
  std::optional<std::string> forbidden(
      const boost::asio::ip::tcp::resolver::results_type& addresses) const;
  void handshake();
  void on_written(Error error, std::size_t bytes);
  void read_header();
  void on_header(Error error);
  void read_body();
  void on_body(Error error);
  void fail(HttpOutcome outcome, std::string message);
  void finish(HttpResult result, bool reusable);

  EventLoop& loop_;
  HttpOrigin origin_;
  const HttpClientOptions& options_;
  OnFree on_free_;
  boost::asio::ip::tcp::resolver resolver_;
  HttpStream stream_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  std::shared_ptr<HttpCall> call_;
  Timer connect_timer_;
  int interim_ = 0;
  bool connecting_ = false;
  bool broken_ = false;  // the request could not be written whole
  bool timed_out_ = false;
  bool forbidden_ = false;
};

}  // namespace trig::net
