#include "tests/unit/http_over_connection.h"

#include <fmt/format.h>

#include <memory>

#include "runtime/net/connection.h"

namespace trig::test {
namespace {

using namespace std::chrono_literals;
using delivery::HttpCall;
using delivery::HttpFate;
using delivery::HttpReply;

constexpr auto kTimeout = 10s;

class Call : public std::enable_shared_from_this<Call> {
 public:
  Call(net::EventLoop& loop, HttpCall call, std::function<void(HttpReply)> done)
      : link_(loop), call_(std::move(call)), done_(std::move(done)) {}

  void start() {
    std::string_view rest = std::string_view(call_.url).substr(std::string_view("http://").size());
    std::size_t colon = rest.find(':');
    std::size_t slash = rest.find('/');
    host_ = rest.substr(0, colon);
    path_ = rest.substr(slash);
    int port = std::stoi(std::string(rest.substr(colon + 1, slash - colon - 1)));
    link_.connect(host_, static_cast<std::uint16_t>(port), kTimeout,
                  [self = shared_from_this()](auto error) {
                    if (error) return self->end(HttpFate::kNotSent, error->text);
                    self->write();
                  });
  }

 private:
  void write() {
    std::string request =
        fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", path_, host_);
    for (const MailHeader& header : call_.headers) {
      request += header.name + ": " + header.value + "\r\n";
    }
    request += fmt::format("Content-Length: {}\r\n\r\n", call_.body.size()) + call_.body;
    link_.write(std::move(request), kTimeout, [self = shared_from_this()](auto error) {
      if (error) return self->end(HttpFate::kInDoubt, error->text);
      self->read_head();
    });
  }

  void read_head() {
    link_.read_line(8192, kTimeout, [self = shared_from_this()](net::Received line) {
      if (!line) return self->end(HttpFate::kInDoubt, line.error().text);
      if (self->reply_.status == 0) {
        self->reply_.status = std::stoi(line->substr(line->find(' ') + 1));
      } else if (line->empty()) {
        return self->read_body();
      } else {
        std::size_t colon = line->find(':');
        self->reply_.headers.push_back({line->substr(0, colon), line->substr(colon + 2)});
      }
      self->read_head();
    });
  }

  void read_body() {
    link_.read_some(65536, kTimeout, [self = shared_from_this()](net::Received bytes) {
      if (!bytes) return self->end(HttpFate::kAnswered, "");
      self->reply_.body += *bytes;
      self->read_body();
    });
  }

  void end(HttpFate fate, std::string error) {
    reply_.fate = fate;
    reply_.error = std::move(error);
    done_(std::move(reply_));
  }

  net::Connection link_;
  HttpCall call_;
  std::function<void(HttpReply)> done_;
  std::string host_;
  std::string path_;
  HttpReply reply_;
};

}  // namespace

delivery::HttpPost http_over_connection(net::EventLoop& loop) {
  return [&loop](HttpCall call, std::function<void(HttpReply)> done) {
    std::make_shared<Call>(loop, std::move(call), std::move(done))->start();
  };
}

}  // namespace trig::test
