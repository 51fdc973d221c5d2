#include "runtime/net/connection.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <utility>
#include <vector>

#include "compiler/base/check.h"
#include "runtime/net/asio.h"

namespace trig::net {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

struct TlsClient::Impl {
  asio::ssl::context context{asio::ssl::context::tls_client};
};

TlsClient::TlsClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsClient::~TlsClient() = default;

Result<std::shared_ptr<const TlsClient>> TlsClient::create(const TlsOptions& options) {
  auto impl = std::make_unique<Impl>();
  SSL_CTX_set_min_proto_version(impl->context.native_handle(), TLS1_2_VERSION);
  error_code error;
  impl->context.set_verify_mode(
      options.verify_peer ? asio::ssl::verify_peer : asio::ssl::verify_none, error);
  if (options.ca_file.empty()) {
    impl->context.set_default_verify_paths(error);
  } else {
    impl->context.load_verify_file(options.ca_file, error);
  }
  if (error) {
    return fail("cannot load the certificates to trust{}{}: {}",
                options.ca_file.empty() ? "" : " from ", options.ca_file, error.message());
  }
  return std::make_shared<const TlsClient>(std::move(impl));
}

struct Connection::State : std::enable_shared_from_this<State> {
  explicit State(asio::io_context& context)
      : context(context), resolver(context), socket(context), timer(context) {}

  // --- one operation at a time: begin() … finish() ---
  bool begin(Timeout timeout, Done done);
  void finish(std::optional<ConnectionError> error);
  void finish_later(std::optional<ConnectionError> error);
  void fail(ConnectionFault fault, std::string text);
  void fail(ConnectionFault fault, error_code error) { fail(fault, error.message()); }
  void lost(error_code error);

  // --- the deadline: a timer that is moved only when it would ring too late ---
  void ring_at(std::chrono::steady_clock::time_point instant);
  void rang();
  void close();

  // --- steps ---
  void connect_to(const std::vector<tcp::endpoint>& endpoints);
  void look_for_line(std::size_t max_bytes);
  template <typename Then>
  void fill(Then then);
  bool name_peer(const std::string& host);
  void shaken(error_code error);

  asio::io_context& context;
  tcp::resolver resolver;
  tcp::socket socket;
  std::unique_ptr<asio::ssl::stream<tcp::socket&>> tls;
  asio::steady_timer timer;
  std::chrono::steady_clock::time_point deadline;
  bool timer_set = false;

  Done pending;                 // of the running operation
  std::uint64_t operation = 0;  // its number
  bool resolving = false;
  bool expired = false;
  bool dead = false;

  std::array<char, 8192> chunk;
  std::string input;         // received and not yet asked for
  std::size_t searched = 0;  // bytes of `input` known to hold no LF
  std::string output;
};

bool Connection::State::begin(Timeout timeout, Done done) {
  TRIG_CHECK(!pending, "an operation on a connection began before the last one was answered");
  pending = std::move(done);
  ++operation;
  if (dead) {
    finish_later(ConnectionError{ConnectionFault::kBroken, "the connection is closed"});
    return false;
  }
  deadline = std::chrono::steady_clock::now() + timeout;
  if (!timer_set || timer.expiry() > deadline) ring_at(deadline);
  return true;
}

void Connection::State::finish(std::optional<ConnectionError> error) {
  if (!pending) return;  // closed meanwhile
  Done done = std::exchange(pending, nullptr);
  if (error) close();
  done(std::move(error));
}

void Connection::State::finish_later(std::optional<ConnectionError> error) {
  asio::post(context, [self = shared_from_this(), number = operation, error] {
    if (self->operation == number) self->finish(error);
  });
}

void Connection::State::fail(ConnectionFault fault, std::string text) {
  if (expired) {
    finish(ConnectionError{ConnectionFault::kTimeout, "the peer took too long"});
  } else {
    finish(ConnectionError{fault, std::move(text)});
  }
}

void Connection::State::lost(error_code error) {
  bool closed = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  if (closed) return fail(ConnectionFault::kClosed, "the peer closed the connection");
  bool of_tls = error.category() == asio::error::get_ssl_category();
  fail(of_tls ? ConnectionFault::kTls : ConnectionFault::kBroken, error);
}

void Connection::State::ring_at(std::chrono::steady_clock::time_point instant) {
  timer_set = true;
  timer.expires_at(instant);
  timer.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->rang();
  });
}

void Connection::State::rang() {
  timer_set = false;
  if (!pending) return;
  if (std::chrono::steady_clock::now() < deadline) return ring_at(deadline);
  expired = true;
  // getaddrinfo cannot be interrupted; it ends unheard. Every other operation is answered by its
  // own handler, which knows whether it was done after all.
  if (resolving) return fail(ConnectionFault::kTimeout, "");
  error_code ignored;
  socket.close(ignored);
}

void Connection::State::close() {
  dead = true;
  pending = nullptr;
  timer_set = false;
  timer.cancel();
  resolver.cancel();
  error_code ignored;
  socket.close(ignored);
}

void Connection::State::connect_to(const std::vector<tcp::endpoint>& endpoints) {
  asio::async_connect(socket, endpoints,
                      [self = shared_from_this()](error_code error, const tcp::endpoint&) {
                        if (error) return self->fail(ConnectionFault::kConnect, error);
                        error_code ignored;
                        self->socket.set_option(tcp::no_delay(true), ignored);
                        self->finish(std::nullopt);
                      });
}

// Reads once more, then calls `then`.
template <typename Then>
void Connection::State::fill(Then then) {
  auto handler = [self = shared_from_this(), then](error_code error, std::size_t count) {
    self->input.append(self->chunk.data(), count);
    if (error) return self->lost(error);
    then();
  };
  if (tls) {
    tls->async_read_some(asio::buffer(chunk), std::move(handler));
  } else {
    socket.async_read_some(asio::buffer(chunk), std::move(handler));
  }
}

void Connection::State::look_for_line(std::size_t max_bytes) {
  if (!pending) return;
  std::size_t end = input.find('\n', searched);
  searched = end == std::string::npos ? input.size() : end;
  if (searched >= max_bytes) return fail(ConnectionFault::kTooLong, "a line is too long");
  if (end != std::string::npos) return finish(std::nullopt);
  fill([this, max_bytes] { look_for_line(max_bytes); });
}

// Tells TLS whom it has to meet; false if `host` cannot be the name of anybody.
bool Connection::State::name_peer(const std::string& host) {
  SSL* ssl = tls->native_handle();
  error_code not_address;
  asio::ip::make_address(host, not_address);
  if (!not_address) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl, host.c_str()) == 1 && SSL_set_tlsext_host_name(ssl, host.c_str()) == 1;
}

void Connection::State::shaken(error_code error) {
  if (!error) return finish(std::nullopt);
  long verdict = SSL_get_verify_result(tls->native_handle());
  if (verdict != X509_V_OK) {
    return fail(ConnectionFault::kCertificate,
                fmt::format("the peer's certificate is not accepted: {}",
                            X509_verify_cert_error_string(verdict)));
  }
  fail(ConnectionFault::kTls, "TLS could not be started: " + error.message());
}

Connection::Connection(EventLoop& loop) : state_(std::make_shared<State>(loop.impl().context)) {}
Connection::~Connection() { state_->close(); }
void Connection::close() { state_->close(); }
bool Connection::is_encrypted() const { return state_->tls != nullptr; }

void Connection::connect(const std::string& host, std::uint16_t port, Timeout timeout, Done done) {
  State& state = *state_;
  if (!state.begin(timeout, std::move(done))) return;
  error_code not_address;
  asio::ip::address address = asio::ip::make_address(host, not_address);
  if (!not_address) return state.connect_to({tcp::endpoint(address, port)});
  state.resolving = true;
  state.resolver.async_resolve(
      host, std::to_string(port),
      [self = state_, host](error_code error, const tcp::resolver::results_type& results) {
        self->resolving = false;
        if (self->dead) return;
        if (error) {
          return self->fail(ConnectionFault::kResolve,
                            fmt::format("`{}` has no address: {}", host, error.message()));
        }
        self->connect_to(std::vector<tcp::endpoint>(results.begin(), results.end()));
      });
}

void Connection::read_line(std::size_t max_bytes, Timeout timeout, Receive done) {
  State* state = state_.get();
  Done take = [state, done = std::move(done)](std::optional<ConnectionError> error) {
    if (error) return done(tl::unexpected(std::move(*error)));
    std::size_t end = state->searched;
    if (end > 0 && state->input[end - 1] == '\r') --end;
    std::string line = state->input.substr(0, end);
    state->input.erase(0, state->searched + 1);
    state->searched = 0;
    done(std::move(line));
  };
  if (!state->begin(timeout, std::move(take))) return;
  asio::post(state->context, [self = state_, max_bytes, number = state->operation] {
    if (self->operation == number) self->look_for_line(max_bytes);
  });
}

void Connection::read_some(std::size_t max_bytes, Timeout timeout, Receive done) {
  State* state = state_.get();
  Done take = [state, max_bytes, done = std::move(done)](std::optional<ConnectionError> error) {
    if (error) return done(tl::unexpected(std::move(*error)));
    std::string bytes = state->input.substr(0, max_bytes);
    state->input.erase(0, bytes.size());
    state->searched = 0;
    done(std::move(bytes));
  };
  if (!state->begin(timeout, std::move(take))) return;
  if (!state->input.empty()) return state->finish_later(std::nullopt);
  state->fill([state] { state->finish(std::nullopt); });
}

void Connection::write(std::string bytes, Timeout timeout, Done done) {
  State& state = *state_;
  if (!state.begin(timeout, std::move(done))) return;
  state.output = std::move(bytes);
  auto handler = [self = state_](error_code error, std::size_t) {
    if (error) return self->lost(error);
    self->output.clear();
    self->finish(std::nullopt);
  };
  if (state.tls) {
    asio::async_write(*state.tls, asio::buffer(state.output), std::move(handler));
  } else {
    asio::async_write(state.socket, asio::buffer(state.output), std::move(handler));
  }
}

void Connection::start_tls(const TlsClient& client, const std::string& host, Timeout timeout,
                           Done done) {
  State& state = *state_;
  if (!state.begin(timeout, std::move(done))) return;
  TRIG_CHECK(!state.tls, "TLS was started twice on one connection");
  if (!state.input.empty()) {
    return state.finish_later(ConnectionError{
        ConnectionFault::kInjected, "the peer sent text before TLS that was not asked for"});
  }
  state.tls =
      std::make_unique<asio::ssl::stream<tcp::socket&>>(state.socket, client.impl().context);
  if (!state.name_peer(host)) {
    return state.finish_later(
        ConnectionError{ConnectionFault::kTls, fmt::format("`{}` is no name for TLS", host)});
  }
  state.tls->async_handshake(asio::ssl::stream_base::client,
                             [self = state_](error_code error) { self->shaken(error); });
}

bool Connection::is_quiet() const {
  State& state = *state_;
  if (state.dead || !state.input.empty()) return false;
  char byte = 0;
  ssize_t count = ::recv(state.socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace trig::net
