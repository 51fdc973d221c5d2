// Connection: one client's byte stream over TCP, with TLS started at once or later (STARTTLS),
// every operation with a deadline. One operation at a time; a second one before the first is
// answered is a bug. The answer always comes later from the loop, never from within the call, and
// never after close() or the Connection's end. After any error the connection is closed.
//
//   Connection link(loop);
//   link.connect("relay.example", 25, 30s, [&](std::optional<ConnectionError> error) {
//     if (error) return report(error->text);
//     link.read_line(kMaxReplyLineBytes, 5min, [&](Received line) { … });
//   });
//
// A write that fails, by its deadline too, has not handed its last byte to the system: a peer that
// needs that byte to act cannot have acted. (The SMTP client relies on it for the final dot.)
//
// TLS: client side, 1.2 or later, the peer's certificate checked against its name (unless the
// options say otherwise), SNI sent.
// Plaintext that came before TLS and that nobody had asked for is an error (response injection,
// CVE-2011-0411), never carried into the encrypted stream.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "compiler/base/result.h"
#include "runtime/net/event_loop.h"

namespace trig::net {

enum class ConnectionFault : std::uint8_t {
  kResolve,      // the name has no address
  kConnect,      // no address of the peer took the connection
  kTimeout,      // the deadline passed
  kClosed,       // the peer closed the stream
  kBroken,       // reset, or another error of the socket
  kTooLong,      // a line beyond its bound
  kInjected,     // plaintext before TLS that nobody had asked for
  kCertificate,  // the peer could not show that it is the host it was meant to be
  kTls,          // TLS failed in another way
};

struct ConnectionError {
  ConnectionFault fault = ConnectionFault::kBroken;
  std::string text;  // as in Failure: lower case, no full stop
};

using Received = tl::expected<std::string, ConnectionError>;

struct TlsOptions {
  std::string ca_file;      // PEM; empty: the system's certificates
  bool verify_peer = true;  // false: encrypted, but with whoever answers
};

// What is loaded once and shared by all connections to be encrypted.
class TlsClient {
 public:
  static Result<std::shared_ptr<const TlsClient>> create(const TlsOptions& options);
  ~TlsClient();

  struct Impl;
  explicit TlsClient(std::unique_ptr<Impl> impl);
  Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

class Connection {
 public:
  using Timeout = std::chrono::nanoseconds;
  using Done = std::function<void(std::optional<ConnectionError>)>;
  using Receive = std::function<void(Received)>;

  explicit Connection(EventLoop& loop);  // the loop must outlive it
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Tries the host's addresses in order; the timeout is for all of them together.
  void connect(const std::string& host, std::uint16_t port, Timeout timeout, Done done);
  // Up to the next LF, given without it and without a CR before it. `max_bytes` includes both.
  void read_line(std::size_t max_bytes, Timeout timeout, Receive done);
  // At least one byte, at most `max_bytes`.
  void read_some(std::size_t max_bytes, Timeout timeout, Receive done);
  // All of `bytes`.
  void write(std::string bytes, Timeout timeout, Done done);
  void start_tls(const TlsClient& client, const std::string& host, Timeout timeout, Done done);
  void close();

  bool is_encrypted() const;
  // Between operations: true if the peer has neither said anything unasked nor closed the stream.
  bool is_quiet() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace trig::net
