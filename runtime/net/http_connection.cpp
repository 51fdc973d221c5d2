#include "runtime/net/http_connection.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include "compiler/base/check.h"

namespace trig::net {

namespace http = boost::beast::http;

namespace {

constexpr std::size_t kReadChunk = 4 * 1024;
constexpr std::size_t kMaxReadBuffer = 16 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// One request's way back. Owned by the copies of its responder.
class PendingAnswer {
 public:
  PendingAnswer(std::shared_ptr<LoopGate> gate, std::weak_ptr<HttpConnection> connection)
      : gate_(std::move(gate)), connection_(std::move(connection)) {}
  PendingAnswer(const PendingAnswer&) = delete;
  PendingAnswer& operator=(const PendingAnswer&) = delete;
  ~PendingAnswer() {
    if (!answered_) post(error_response(500, "the request was not answered"));
  }

  void answer(HttpResponse response) {
    TRIG_CHECK(!answered_.exchange(true), "a request was answered twice");
    post(std::move(response));
  }

 private:
  void post(HttpResponse response) {
    std::lock_guard lock(gate_->mutex);
    if (!gate_->loop) return;
    gate_->loop->post([connection = connection_, response = std::move(response)]() mutable {
      if (auto alive = connection.lock()) alive->answer(std::move(response));
    });
  }

  std::shared_ptr<LoopGate> gate_;
  std::weak_ptr<HttpConnection> connection_;
  std::atomic<bool> answered_{false};
};

void split_target(std::string_view target, HttpRequest& request) {
  if (!target.starts_with('/')) {  // absolute form: http://host/path
    const auto scheme = target.find("://");
    const auto slash = scheme == std::string_view::npos ? scheme : target.find('/', scheme + 3);
    if (slash != std::string_view::npos) target.remove_prefix(slash);
  }
  const auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

HttpConnection::HttpConnection(std::shared_ptr<HttpServerCore> core,
                               boost::asio::ip::tcp::socket socket)
    : core_(std::move(core)),
      stream_(core_->tls ? HttpStream(std::move(socket), *core_->tls)
                         : HttpStream(std::move(socket))) {
  Error error;
  const auto peer = stream_.socket().remote_endpoint(error);
  if (!error) remote_address_ = peer.address().to_string();
}

void HttpConnection::enter(State state, std::chrono::milliseconds timeout) {
  state_ = state;
  deadline_ = std::chrono::steady_clock::now() + timeout;
}

void HttpConnection::start() {
  if (!stream_.is_tls()) return await_request();
  enter(State::kHandshake, core_->options.read_timeout);
  stream_.async_handshake(boost::asio::ssl::stream_base::server,
                          [self = shared_from_this()](Error error) {
                            if (error || self->state_ == State::kClosed) return self->close();
                            self->await_request();
                          });
}

void HttpConnection::await_request() {
  charge_ = {};
  timed_out_ = false;
  head_ = false;
  header_bytes_ = 0;
  parser_.emplace();
  parser_->header_limit(kMaxHeaderBytes);
  parser_->body_limit(core_->options.max_body_bytes);
  parser_->get().body().charge = BodyCharge(core_->budget);
  if (buffer_.size() > 0) return read_header();  // pipelined
  if (core_->draining) return close();
  buffer_.shrink_to_fit();  // thousands of idle connections should cost next to nothing
  // Somebody who connects and says nothing gets less patience than a client between two requests.
  enter(State::kIdle, served_ ? core_->options.idle_timeout : core_->options.read_timeout);
  stream_.async_read_some(buffer_.prepare(kReadChunk),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            if (error || self->state_ == State::kClosed) return self->close();
                            self->buffer_.commit(bytes);
                            self->read_header();
                          });
}

void HttpConnection::read_header() {
  enter(State::kReading, core_->options.read_timeout);
  parser_->eager(false);
  read_more_header();
}

// Beast's own limit is on what it holds at once: lines that come one by one it takes and forgets.
void HttpConnection::read_more_header() {
  http::async_read_some(stream_, buffer_, *parser_,
                        [self = shared_from_this()](Error error, std::size_t bytes) {
                          if (error) return self->fail_reading(error);
                          self->header_bytes_ += bytes;
                          if (self->header_bytes_ > kMaxHeaderBytes)
                            return self->fail_reading(http::error::header_limit);
                          if (self->parser_->is_header_done()) return self->on_header();
                          if (self->state_ != State::kClosed) self->read_more_header();
                        });
}

void HttpConnection::on_header() {
  if (state_ == State::kClosed) return;
  head_ = parser_->get().method() == http::verb::head;
  const auto length = parser_->content_length_remaining().value_or(0);
  if (length > kReadChunk) buffer_.reserve(std::min<std::size_t>(length, kMaxReadBuffer));
  const auto expect = view(parser_->get()[http::field::expect]);
  if (parser_->is_done() || !equal_ignoring_case(expect, "100-continue")) return read_body();
  boost::asio::async_write(stream_, boost::asio::buffer(kContinue),
                           [self = shared_from_this()](Error error, std::size_t) {
                             if (error) return self->fail_reading(error);
                             self->read_body();
                           });
}

void HttpConnection::read_body() {
  if (state_ == State::kClosed) return;
  if (parser_->is_done()) return dispatch();
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](Error error, std::size_t) {
                     if (error) return self->fail_reading(error);
                     self->dispatch();
                   });
}

void HttpConnection::dispatch() {
  if (state_ == State::kClosed) return;  // cut while the last read was on its way
  auto& message = parser_->get();
  HttpRequest request;
  request.method = view(message.method_string());
  split_target(view(message.target()), request);
  for (const auto& field : message)
    request.headers.add(std::string(view(field.name_string())), std::string(view(field.value())));
  request.body = std::move(message.body().text);
  request.remote_address = remote_address_;
  charge_ = std::move(message.body().charge);
  keep_alive_ = message.keep_alive();
  state_ = State::kHandling;
  deadline_ = TimePoint::max();
  served_ = true;
  ++core_->requests;
  auto pending = std::make_shared<PendingAnswer>(core_->gate, weak_from_this());
  core_->handler(std::move(request),
                 [pending](HttpResponse response) { pending->answer(std::move(response)); });
}

void HttpConnection::answer(HttpResponse response) {
  if (state_ != State::kHandling) return;  // cut meanwhile
  if (!well_formed(response.headers))
    response = error_response(500, "the answer had a malformed header");
  keep_alive_ = keep_alive_ && !core_->draining;
  write(serialize(response, keep_alive_, head_), false);
}

void HttpConnection::fail_reading(Error error) {
  if (state_ == State::kClosed) return;
  if (timed_out_) return refuse(408, "the request took too long");
  if (error == http::error::body_limit) return refuse(413, "the body is too large");
  if (error == boost::asio::error::no_buffer_space)
    return refuse(503, "too many large requests at once");
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse(431, "the header is too large");
  const bool not_http = error.category() == make_error_code(http::error::bad_method).category() &&
                        error != http::error::end_of_stream &&
                        error != http::error::partial_message;
  if (not_http) return refuse(400, "not an HTTP/1.1 request");
  close();
}

void HttpConnection::refuse(int status, std::string_view message) {
  ++core_->refused;
  HttpResponse response = error_response(status, message);
  for (const HttpHeader& field : core_->options.refusal_headers)
    response.headers.add(field.name, field.value);
  if (status == 503) response.headers.add("Retry-After", "1");
  keep_alive_ = false;
  write(serialize(response, false, head_), true);
}

void HttpConnection::write(std::string bytes, bool then_linger) {
  enter(State::kWriting, core_->options.write_timeout);
  out_ = std::move(bytes);
  boost::asio::async_write(stream_, boost::asio::buffer(out_),
                           [self = shared_from_this(), then_linger](Error error, std::size_t) {
                             if (error) return self->close();
                             self->on_written(then_linger);
                           });
}

void HttpConnection::on_written(bool then_linger) {
  if (state_ == State::kClosed) return;
  out_ = {};
  if (keep_alive_) return await_request();
  stream_.shutdown_send();
  if (!then_linger) return close();
  parser_.reset();
  charge_ = {};
  buffer_.clear();
  enter(State::kLingering, kLingerTimeout);
  linger();
}

// A socket closed with unread bytes resets the connection, and the peer may then lose the answer
// that told it why. So the rest of a refused request is read and thrown away, within bounds.
void HttpConnection::linger() {
  stream_.socket().async_read_some(buffer_.prepare(kMaxReadBuffer),
                                   [self = shared_from_this()](Error error, std::size_t bytes) {
                                     self->lingered_ += bytes;
                                     if (error || self->lingered_ > kMaxLingerBytes)
                                       return self->close();
                                     if (self->state_ != State::kClosed) self->linger();
                                   });
}

void HttpConnection::check_deadline(TimePoint now) {
  if (now < deadline_) return;
  if (state_ != State::kReading) return close();
  timed_out_ = true;
  stream_.cancel();  // again at the next sweep, should a read have ended well just before
}

void HttpConnection::close_if_idle() {
  if (state_ == State::kIdle || state_ == State::kHandshake) close();
}

void HttpConnection::close() {
  if (state_ == State::kClosed) return;
  state_ = State::kClosed;
  stream_.close();
  core_->forget(this);
}

}  // namespace trig::net
