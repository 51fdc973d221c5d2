// Sends mails of about 5 KB to an SMTP server and prints mails per second, to be compared with
// Postfix's smtp-source on the same machine:
//
//   smtp-sink -u nobody -c 127.0.0.1:2525 1000 &
//   smtp_load 127.0.0.1 2525 20000 10
//   smtp-source -d -m 20000 -s 10 -l 5120 127.0.0.1:2525
//
// The time covers all that trig does for a mail once it is rendered: MIME, envelope, hand-over.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

#include "runtime/delivery/smtp_client.h"

namespace {

using namespace trig;

// As large as smtp-source's with -l 5120, once it is encoded.
Mail make_mail(std::size_t number) {
  Mail mail;
  mail.id = MessageId{number};
  mail.message_id = fmt::format("{:026}.0@load.example", number);
  mail.date = Instant(std::chrono::seconds(1'774'699'200));
  mail.from = {"Shop", "shop@load.example"};
  mail.to = {"Ana Lima", fmt::format("person{}@load.example", number)};
  mail.subject = "Your cart is waiting";
  for (int i = 0; i < 20; ++i) {
    mail.text += "A line of the text part, as long as such lines usually are.\r\n";
    mail.html +=
        "<p>A paragraph of the HTML part, with <a href=\"https://load.example/a?b=c\">a "
        "link</a>, some words and an umlaut or two: ü, ö. More words follow here.</p>\r\n";
  }
  return mail;
}

class Load {
 public:
  Load(net::EventLoop& loop, Transport& transport, std::size_t total)
      : loop_(loop), transport_(transport), total_(total) {}

  void start(std::size_t in_flight) {
    for (std::size_t i = 0; i < in_flight && begun_ < total_; ++i) send_one();
  }
  std::size_t accepted() const { return accepted_; }
  const std::string& first_trouble() const { return trouble_; }

 private:
  void send_one() {
    transport_.send(make_mail(++begun_), [this](SendReply reply) {
      if (reply.outcome == SendOutcome::kAccepted) {
        ++accepted_;
      } else if (trouble_.empty()) {
        trouble_ = fmt::format("{}: {} {}", to_string(reply.outcome), reply.code, reply.text);
      }
      if (++answered_ == total_) return loop_.stop();
      if (begun_ < total_) send_one();
    });
  }

  net::EventLoop& loop_;
  Transport& transport_;
  const std::size_t total_;
  std::size_t begun_ = 0;
  std::size_t answered_ = 0;
  std::size_t accepted_ = 0;
  std::string trouble_;
};

int run(const char* host, int port, std::size_t mails, std::size_t connections) {
  net::EventLoop loop;
  delivery::SmtpSettings settings;
  settings.host = host;
  settings.port = static_cast<std::uint16_t>(port);
  settings.connections = connections;
  auto transport = delivery::SmtpTransport::create(loop, settings);
  if (!transport) {
    fmt::print(stderr, "smtp_load: {}\n", transport.error().message);
    return 2;
  }
  Load load(loop, **transport, mails);
  auto begin = std::chrono::steady_clock::now();
  loop.post([&] { load.start(connections * 2); });
  loop.run();
  std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  fmt::print("{} of {} mails accepted in {:.2f} s: {:.0f} mails/s over {} connections\n",
             load.accepted(), mails, took.count(), static_cast<double>(mails) / took.count(),
             connections);
  if (load.accepted() == mails) return 0;
  fmt::print(stderr, "smtp_load: {}\n", load.first_trouble());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: smtp_load HOST PORT MAILS CONNECTIONS\n");
    return 2;
  }
  return run(argv[1], std::atoi(argv[2]), std::strtoul(argv[3], nullptr, 10),
             std::strtoul(argv[4], nullptr, 10));
}
