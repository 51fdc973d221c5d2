// Private to runtime/net: one byte stream for HTTP, with or without TLS, so that the protocol code
// above it is written and compiled once. Models Asio's AsyncReadStream and AsyncWriteStream.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <optional>
#include <string>
#include <utility>

namespace trig::net {

class HttpStream {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using executor_type = Socket::executor_type;

  explicit HttpStream(Socket socket) : socket_(std::move(socket)) {}
  HttpStream(Socket socket, boost::asio::ssl::context& tls)
      : socket_(std::move(socket)), tls_(std::in_place, socket_, tls) {}
  HttpStream(const HttpStream&) = delete;  // tls_ refers to socket_
  HttpStream& operator=(const HttpStream&) = delete;

  executor_type get_executor() { return socket_.get_executor(); }
  Socket& socket() { return socket_; }
  bool is_tls() const { return tls_.has_value(); }

  template <typename Buffers, typename Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_read_some(buffers, std::forward<Handler>(handler));
    else
      socket_.async_read_some(buffers, std::forward<Handler>(handler));
  }

  template <typename Buffers, typename Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    else
      socket_.async_write_some(buffers, std::forward<Handler>(handler));
  }

  // Only for TLS streams. As a client: the peer must hold a valid certificate for `host`.
  bool expect_host(const std::string& host) {
    boost::system::error_code error;
    tls_->set_verify_mode(boost::asio::ssl::verify_peer, error);
    if (!error) tls_->set_verify_callback(boost::asio::ssl::host_name_verification(host), error);
    boost::system::error_code not_an_address;  // SNI is for names only (RFC 6066 §3)
    boost::asio::ip::make_address(host, not_an_address);
    return !error &&
           (!not_an_address || SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str()) == 1);
  }

  template <typename Handler>
  void async_handshake(boost::asio::ssl::stream_base::handshake_type side, Handler&& handler) {
    tls_->async_handshake(side, std::forward<Handler>(handler));
  }

  // Ends every pending operation with an error; the socket stays usable.
  void cancel() {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

  // Says that nothing more will be written. TLS's own close message is left out: HTTP messages
  // carry their length, and waiting for the peer's would cost a timer for nothing (RFC 9112 §9.8).
  void shutdown_send() {
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
  }

  void close() {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> tls_;
};

}  // namespace trig::net
