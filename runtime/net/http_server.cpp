#include "runtime/net/http_server.h"

#include <sys/resource.h>

#include <algorithm>
#include <vector>

#include "runtime/net/asio.h"
#include "runtime/net/http_connection.h"

namespace trig::net {

using boost::asio::ip::tcp;
using Error = boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kAcceptPause{50};  // when no file descriptor is left
constexpr std::chrono::milliseconds kMaxSweepPause{250};

// Deadlines are checked by one timer for all connections, so that a request costs none.
std::chrono::milliseconds sweep_pause(const HttpServerOptions& options) {
  const auto shortest = std::min(options.read_timeout, options.idle_timeout) / 4;
  return std::clamp(shortest, std::chrono::milliseconds(5), kMaxSweepPause);
}

Status load_certificate(boost::asio::ssl::context& tls, const HttpServerOptions& options) {
  Error error;
  tls.use_certificate_chain_file(options.certificate_file, error);
  if (error)
    return fail("cannot use certificate {}: {}", options.certificate_file, error.message());
  tls.use_private_key_file(options.private_key_file, boost::asio::ssl::context::pem, error);
  if (error)
    return fail("cannot use private key {}: {}", options.private_key_file, error.message());
  SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
  return {};
}

}  // namespace

HttpServerCore::HttpServerCore(EventLoop& loop, HttpServerOptions options, HttpHandler handler)
    : loop(loop),
      options(std::move(options)),
      handler(std::move(handler)),
      acceptor(loop.impl().context) {
  gate->loop = &loop;
  budget.limit = this->options.max_buffered_bytes;
}

Status HttpServerCore::open() {
  if (!options.certificate_file.empty()) {
    tls.emplace(boost::asio::ssl::context::tls_server);
    if (auto loaded = load_certificate(*tls, options); !loaded) return loaded;
  }
  Error error;
  tcp::resolver resolver(loop.impl().context);
  const auto found = resolver.resolve(options.host, std::to_string(options.port), error);
  if (!error) acceptor.open(found.begin()->endpoint().protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(found.begin()->endpoint(), error);
  if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
  if (error)
    return fail("cannot listen on {} port {}: {}", options.host, options.port, error.message());
  options.port = acceptor.local_endpoint().port();
  loop.post([weak = weak_from_this()] {  // the loop may run already, on another thread
    auto core = weak.lock();
    if (!core || core->draining) return;
    core->accept();
    core->sweep();
  });
  return {};
}

void HttpServerCore::accept() {
  acceptor.async_accept([weak = weak_from_this()](Error error, tcp::socket socket) {
    auto core = weak.lock();
    if (!core || core->draining || error == boost::asio::error::operation_aborted) return;
    if (!error) {
      core->admit(std::move(socket));
      return core->accept();
    }
    // Out of descriptors or memory, or a peer that left already: the others must not suffer from a
    // loop that spins.
    core->accept_timer = core->loop.after(kAcceptPause, [weak] {
      if (auto again = weak.lock(); again && !again->draining) again->accept();
    });
  });
}

void HttpServerCore::admit(tcp::socket socket) {
  Error ignored;
  if (connections.size() >= options.max_connections) {
    ++shed;
    if (tls) return;
    HttpResponse busy = error_response(503, "too many connections");
    busy.headers.add("Retry-After", "1");
    const std::string bytes = serialize(busy, false, false);
    socket.non_blocking(true, ignored);
    socket.write_some(boost::asio::buffer(bytes), ignored);
    socket.shutdown(tcp::socket::shutdown_send, ignored);
    return;
  }
  ++accepted;
  socket.set_option(tcp::no_delay(true), ignored);
  auto connection = std::make_shared<HttpConnection>(shared_from_this(), std::move(socket));
  connections.emplace(connection.get(), connection);
  open_connections = connections.size();
  connection->start();
}

void HttpServerCore::sweep() {
  const auto now = std::chrono::steady_clock::now();
  std::vector<std::shared_ptr<HttpConnection>> all;  // closing one changes the map
  all.reserve(connections.size());
  for (const auto& [key, connection] : connections) all.push_back(connection);
  for (const auto& connection : all) connection->check_deadline(now);
  sweep_timer = loop.after(sweep_pause(options), [weak = weak_from_this()] {
    if (auto core = weak.lock()) core->sweep();
  });
}

void HttpServerCore::drain(std::chrono::milliseconds grace, std::function<void()> done) {
  Error ignored;
  draining = true;
  acceptor.close(ignored);
  accept_timer.cancel();
  on_drained = std::move(done);
  std::vector<std::shared_ptr<HttpConnection>> all;
  for (const auto& [key, connection] : connections) all.push_back(connection);
  for (const auto& connection : all) connection->close_if_idle();
  drain_timer = loop.after(grace, [weak = weak_from_this()] {
    if (auto core = weak.lock()) core->cut();
  });
  forget(nullptr);
}

void HttpServerCore::cut() {
  auto all = std::move(connections);
  connections.clear();
  for (const auto& [key, connection] : all) connection->close();
  forget(nullptr);
}

void HttpServerCore::forget(HttpConnection* connection) {
  connections.erase(connection);
  open_connections = connections.size();
  if (!draining || !connections.empty() || !on_drained) return;
  drain_timer.cancel();
  std::exchange(on_drained, nullptr)();
}

Result<std::unique_ptr<HttpServer>> HttpServer::listen(EventLoop& loop, HttpServerOptions options,
                                                       HttpHandler handler) {
  auto core = std::make_shared<HttpServerCore>(loop, std::move(options), std::move(handler));
  if (auto opened = core->open(); !opened)
    return tl::unexpected<Failure>(std::move(opened.error()));
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(core)));
}

HttpServer::~HttpServer() {
  {
    std::lock_guard lock(core_->gate->mutex);
    core_->gate->loop = nullptr;
  }
  Error ignored;
  core_->draining = true;
  core_->on_drained = nullptr;
  core_->acceptor.close(ignored);
  core_->sweep_timer.cancel();
  core_->drain_timer.cancel();
  core_->accept_timer.cancel();
  core_->cut();
}

std::uint16_t HttpServer::port() const { return core_->options.port; }

HttpServerStats HttpServer::stats() const {
  return {core_->open_connections, core_->accepted, core_->shed, core_->requests, core_->refused};
}

void HttpServer::stop(std::chrono::milliseconds grace, std::function<void()> done) {
  core_->loop.post([weak = std::weak_ptr(core_), grace, done = std::move(done)]() mutable {
    if (auto core = weak.lock()) core->drain(grace, std::move(done));
  });
}

std::size_t raise_fd_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  return limit.rlim_cur;
}

}  // namespace trig::net
