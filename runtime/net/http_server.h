// HttpServer: HTTP/1.1 on one EventLoop, made to stand in front of the open internet.
//
// Takes requests whole, one at a time per connection (pipelined ones wait their turn, so answers
// keep their order), and gives each to a handler on the loop's thread with a responder that may be
// called later, from any thread. Connections are kept alive.
//
// It refuses by itself, with a small JSON body {"success":false,"error":"…"}: 400 not HTTP, 408 a
// request slower than read_timeout, 413 a body over max_body_bytes (from Content-Length, before it
// is read, if there is one), 431 a header over kMaxHeaderBytes, 503 when the bodies of all
// connections together exceed max_buffered_bytes, or for a connection beyond max_connections.
// Memory is bounded: max_connections × (header + 16 KB of read buffer) + max_buffered_bytes.
//
//   auto server = HttpServer::listen(loop, {.port = 8080},
//                                    [](HttpRequest request, HttpResponder respond) {
//                                      respond({.body = "hello " + request.path});
//                                    });
//   if (!server) …                      // server.error().message: "cannot listen on …"
//   loop.run();
//
// Source: RFC 9110, RFC 9112.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "compiler/base/result.h"
#include "runtime/net/event_loop.h"
#include "runtime/net/http_message.h"
#include "runtime/ports/limits.h"

namespace trig::net {

struct HttpServerOptions {
  std::string host = "127.0.0.1";  // an address to listen on, or a name that has one
  std::uint16_t port = 0;          // 0: any free one, see port()
  std::string certificate_file =
      {};  // PEM chain; given with private_key_file, the server speaks TLS
  std::string private_key_file = {};  // PEM
  HttpHeaders refusal_headers = {};   // added to the server's own refusals (CORS)
  std::size_t max_body_bytes = kMaxBatchBytes;
  std::size_t max_buffered_bytes = kMaxBufferedBodyBytes;
  std::size_t max_connections = kMaxConnections;
  std::chrono::milliseconds read_timeout = kReadTimeout;
  std::chrono::milliseconds idle_timeout = kIdleTimeout;
  std::chrono::milliseconds write_timeout = kWriteTimeout;
};

struct HttpServerStats {
  std::uint64_t open_connections = 0;
  std::uint64_t accepted = 0;  // connections, the shed ones not among them
  std::uint64_t shed = 0;      // connections beyond max_connections
  std::uint64_t requests = 0;  // given to the handler
  std::uint64_t refused = 0;   // answered by the server itself
};

struct HttpServerCore;

class HttpServer {
 public:
  // Listens at once; connections are served while the loop runs. From any thread.
  static Result<std::unique_ptr<HttpServer>> listen(EventLoop& loop, HttpServerOptions options,
                                                    HttpHandler handler);
  // On the loop's thread or when the loop has ended, and before the loop goes away. Connections are
  // cut; responders still about become harmless.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  HttpServerStats stats() const;  // thread-safe

  // Stops accepting, closes idle connections, lets requests in flight be answered for at most
  // `grace`, then cuts what is left. `done` is called once on the loop's thread. Thread-safe.
  void stop(std::chrono::milliseconds grace, std::function<void()> done);

 private:
  explicit HttpServer(std::shared_ptr<HttpServerCore> core) : core_(std::move(core)) {}
  std::shared_ptr<HttpServerCore> core_;
};

// Raises this process's limit of open files to what the system allows and returns it; a server
// wants more than max_connections.
std::size_t raise_fd_limit();

}  // namespace trig::net
