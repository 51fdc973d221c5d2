#include "runtime/net/http_link.h"

#include <openssl/err.h>
#include <sys/socket.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include "compiler/base/check.h"
#include "runtime/net/address_guard.h"
#include "runtime/net/asio.h"

namespace trig::net {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

HttpLink::HttpLink(EventLoop& loop, boost::asio::ssl::context& tls, HttpOrigin origin,
                   const HttpClientOptions& options, OnFree on_free)
    : loop_(loop),
      origin_(std::move(origin)),
      options_(options),
      on_free_(std::move(on_free)),
      resolver_(loop.impl().context),
      stream_(origin_.tls ? HttpStream(tcp::socket(loop.impl().context), tls)
                          : HttpStream(tcp::socket(loop.impl().context))) {}

void HttpLink::connect(std::shared_ptr<HttpCall> call) {
  call_ = std::move(call);
  connecting_ = true;
  connect_timer_ = loop_.after(options_.connect_timeout, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->time_out();
  });
  resolver_.async_resolve(
      origin_.host, origin_.port,
      [self = shared_from_this()](Error error, const tcp::resolver::results_type& addresses) {
        if (!self->call_) return;
        if (error) return self->fail(HttpOutcome::kNotSent, "cannot resolve: " + error.message());
        self->on_resolved(addresses);
      });
}

// The very addresses that were judged are those connected to: a name that changes its mind between
// two look-ups gains nothing.
std::optional<std::string> HttpLink::forbidden(const tcp::resolver::results_type& addresses) const {
  if (!options_.public_only) return std::nullopt;
  for (const auto& entry : addresses) {
    std::string address = entry.endpoint().address().to_string();
    if (!is_public_address(address)) return address;
  }
  return std::nullopt;
}

void HttpLink::on_resolved(const tcp::resolver::results_type& addresses) {
  if (auto address = forbidden(addresses)) {
    forbidden_ = true;
    return fail(HttpOutcome::kNotSent, *address + " is not a public address");
  }
  boost::asio::async_connect(
      stream_.socket(), addresses, [self = shared_from_this()](Error error, const tcp::endpoint&) {
        if (!self->call_) return;
        if (error) return self->fail(HttpOutcome::kNotSent, "cannot connect: " + error.message());
        Error ignored;
        self->stream_.socket().set_option(tcp::no_delay(true), ignored);
        self->handshake();
      });
}

void HttpLink::handshake() {
  if (!stream_.is_tls()) return carry(std::move(call_));
  if (!stream_.expect_host(origin_.host))
    return fail(HttpOutcome::kNotSent, "cannot set up TLS for " + origin_.host);
  stream_.async_handshake(boost::asio::ssl::stream_base::client,
                          [self = shared_from_this()](Error error) {
                            if (!self->call_) return;
                            if (error)
                              return self->fail(HttpOutcome::kNotSent, "TLS: " + error.message());
                            self->carry(std::move(self->call_));
                          });
}

void HttpLink::carry(std::shared_ptr<HttpCall> call) {
  TRIG_CHECK(!call_, "a link carries one call at a time");
  connecting_ = false;
  connect_timer_.cancel();
  idle_timer.cancel();
  interim_ = 0;
  call_ = std::move(call);
  boost::asio::async_write(stream_, boost::asio::buffer(call_->bytes),
                           [self = shared_from_this()](Error error, std::size_t bytes) {
                             if (self->call_) self->on_written(error, bytes);
                           });
}

void HttpLink::on_written(Error error, std::size_t bytes) {
  if (error && bytes == 0) return fail(HttpOutcome::kNotSent, "cannot write: " + error.message());
  // A peer may answer (413, say) and close before it has read everything, so even a broken write
  // is worth a look at what came back.
  if (error && timed_out_) return fail(HttpOutcome::kInDoubt, "time ran out while writing");
  broken_ = static_cast<bool>(error);
  read_header();
}

void HttpLink::read_header() {
  parser_.emplace();
  parser_->header_limit(kMaxHeaderBytes);
  parser_->body_limit(options_.max_response_bytes);
  parser_->skip(call_->head);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](Error error, std::size_t) {
                            if (self->call_) self->on_header(error);
                          });
}

void HttpLink::on_header(Error error) {
  const bool answered = !error || error == http::error::body_limit;  // announced as too long
  if (!answered) {
    return fail(HttpOutcome::kInDoubt,
                timed_out_ ? "no answer in time" : "no answer: " + error.message());
  }
  if (error) return on_body(error);
  if (parser_->get().result_int() / 100 != 1) return read_body();
  if (++interim_ > kMaxInterimResponses)
    return fail(HttpOutcome::kInDoubt, "too many interim responses");
  read_header();
}

void HttpLink::read_body() {
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](Error error, std::size_t) {
                     if (self->call_) self->on_body(error);
                   });
}

void HttpLink::on_body(Error error) {
  auto& message = parser_->get();
  HttpResult result{.outcome = HttpOutcome::kResponse, .truncated = static_cast<bool>(error)};
  result.response.status = static_cast<int>(message.result_int());
  for (const auto& field : message)
    result.response.headers.add(std::string(field.name_string()), std::string(field.value()));
  result.response.body = std::move(message.body().text);
  const bool reusable =
      !error && !broken_ && message.keep_alive() && !message.need_eof() && buffer_.size() == 0;
  finish(std::move(result), reusable);
}

void HttpLink::time_out() {
  if (!call_) return;
  timed_out_ = true;
  // A name lookup cannot be interrupted, so the call does not wait for it; everything else ends
  // with the socket, and its handler knows how far the exchange had come.
  if (connecting_) return fail(HttpOutcome::kNotSent, "no connection in time");
  stream_.close();
}

bool HttpLink::still_open() {
  char byte;
  const auto got = ::recv(stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  // Bytes nobody asked for are a TLS close or a broken peer: not a link to use either way.
  return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void HttpLink::close() {
  call_ = nullptr;
  connect_timer_.cancel();
  idle_timer.cancel();
  resolver_.cancel();
  stream_.close();
}

void HttpLink::fail(HttpOutcome outcome, std::string message) {
  HttpResult result{.outcome = outcome};
  result.forbidden = forbidden_;
  result.error = origin_.host + ":" + origin_.port + ": " + std::move(message);
  finish(std::move(result), false);
}

void HttpLink::finish(HttpResult result, bool reusable) {
  auto call = std::move(call_);
  call_ = nullptr;
  parser_.reset();
  call->deadline.cancel();
  connect_timer_.cancel();
  if (!reusable) close();
  on_free_(shared_from_this(), reusable);
  call->done(std::move(result));
}

}  // namespace trig::net
