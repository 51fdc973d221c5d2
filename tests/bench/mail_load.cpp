// Mails of about 5 KB out of the server's postman: rendered from a Liquid template, composed as
// MIME, handed to an SMTP server over several connections, each reply judged. Unsigned. What it
// leaves out is the engine, which decided the sends before.
//
//   mail_load HOST PORT [--mails N] [--connections N]      one line of JSON
//
// mail_rate.py puts Postfix's smtp-source beside it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <future>

#include "compiler/base/check.h"
#include "runtime/delivery/smtp_client.h"
#include "runtime/drive/deployed.h"
#include "runtime/server/postman.h"
#include "runtime/store/memory_store.h"

namespace {

using namespace trig;  // NOLINT: a program of its own

constexpr std::size_t kInFlight = 200;
constexpr const char* kSecret = "0123456789abcdef0123456789abcdef";

class NowClock : public Clock {
 public:
  Instant now() const override { return *parse_instant("2026-03-10T12:00:00Z"); }
};

std::string template_text() {
  std::string text =
      "---\nsubject: Order {{ order_id }}\nclass: transactional\n---\n<h1>Hello {{ "
      "person.first_name | default: \"you\" }}</h1>\n";
  for (int i = 0; i < 20; ++i)
    text +=
        "<p>Order {{ order_id }}: a line as long as such lines usually are, with <a "
        "href=\"https://load.example/a?b=c\">a link</a>.</p>\n";
  return text;
}

std::shared_ptr<const engine::Deployed> deployed() {
  std::shared_ptr<const project::Project> project = project::compile(
      {{"trig.toml",
        "name = \"load\"\ntimezone = \"UTC\"\n[[senders]]\nname = \"shop\"\n"
        "address = \"shop@load.example\"\npostal_address = \"1 Example Street\"\n"},
       {"order.liquid", template_text()},
       {"load.trig",
        "event order_placed { order_id: text }\n"
        "person { email: email key  first_name: text? }\n"
        "policy service { consent not needed }\n"
        "template order(order_id: text) from \"order.liquid\"\n"
        "campaign orders { policy service  on order_placed as placed  "
        "send order(order_id: placed.order_id) }\n"}});
  TRIG_CHECK(!project->diagnostics.has_errors(), "the project of the measurement has errors");
  return drive::deployed(project);
}

Envelope envelope(EnvelopeKind kind, std::string event, std::string payload, Instant now) {
  Envelope made;
  made.kind = kind;
  made.source = "web";
  made.event = std::move(event);
  made.user_id = "ana";
  made.payload = std::move(payload);
  made.occurred_at = now;
  return made;
}

// An attempt that the engine began, from which all others are copied.
engine::Handover begun_attempt(std::shared_ptr<const engine::Deployed> project, Instant now) {
  store::MemoryStore store;
  engine::EngineSettings settings;
  settings.workspace_secret = kSecret;
  auto engine =
      engine::Engine::open(store, std::move(project), drive::compile_files(), settings, now);
  TRIG_CHECK(engine.has_value(), "the engine does not open");
  (*engine)->take(envelope(EnvelopeKind::kIdentify, "",
                           R"({"email":"ana@load.example","first_name":"Ana"})", now),
                  now);
  (*engine)->take(envelope(EnvelopeKind::kTrack, "order_placed", R"({"order_id":"o-12345"})", now),
                  now);
  auto turn = (*engine)->commit();
  TRIG_CHECK(turn.has_value() && turn->attempts.size() == 1, "one mail was to be begun");
  return turn->attempts[0];
}

// Counts the replies; the postman calls it on its own thread.
class Replies {
 public:
  explicit Replies(std::size_t wanted) : wanted_(wanted) {}
  void take(const server::Answer& answer) {
    if (answer.report != exec::SendReport::kSent) ++refused_;
    const std::size_t taken = ++taken_;
    if (taken == wanted_) done_.set_value();
  }
  std::size_t taken() const { return taken_; }
  std::size_t refused() const { return refused_; }
  void wait() { done_.get_future().wait(); }

 private:
  const std::size_t wanted_;
  std::atomic<std::size_t> taken_ = 0;
  std::atomic<std::size_t> refused_ = 0;
  std::promise<void> done_;
};

int run(const delivery::SmtpSettings& settings, std::size_t mails) {
  NowClock clock;
  engine::Handover handover = begun_attempt(deployed(), clock.now());
  auto keys = links::LinkKeys::create({{1, kSecret}});
  TRIG_CHECK(keys.has_value(), "the keys are good");
  server::Log log(server::LogFormat::kText);
  server::Metrics metrics;
  Replies replies(mails);
  server::Postman* self = nullptr;
  std::size_t begun = 0;  // of the postman's thread, once the first are on their way
  auto next = [&] {
    ++begun;
    handover.message.id = MessageId{raw(handover.message.id) + 1};
    return handover;
  };
  server::Postman postman(
      server::Composer(handover.program->project->config, std::move(*keys), kSecret), clock, log,
      metrics, [&](const server::Answer& answer) {
        replies.take(answer);
        if (begun < mails) self->hand_over({next()});
      });
  self = &postman;
  Status started = postman.start(
      [&](net::EventLoop& loop) -> Result<std::unique_ptr<Transport>> {
        auto transport = delivery::SmtpTransport::create(loop, settings);
        if (!transport) return tl::unexpected(transport.error());
        return std::unique_ptr<Transport>(std::move(*transport));
      },
      [](net::EventLoop& loop) { return server::Poster::create(loop, {}, kSecret); });
  if (!started) {
    fmt::print(stderr, "mail_load: {}\n", started.error().message);
    return 2;
  }
  std::vector<engine::Handover> first;
  while (begun < std::min(kInFlight, mails)) first.push_back(next());
  const auto begin = std::chrono::steady_clock::now();
  postman.hand_over(std::move(first));
  replies.wait();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  postman.stop();
  fmt::print(R"({{"mails":{},"refused":{},"seconds":{:.3f},"mails_per_second":{:.0f}}})"
             "\n",
             mails, replies.refused(), took.count(), static_cast<double>(mails) / took.count());
  return replies.refused() == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  delivery::SmtpSettings settings;
  std::size_t mails = 10'000;
  CLI::App app("hands mails to an SMTP server as the server does");
  app.add_option("HOST", settings.host)->required();
  app.add_option("PORT", settings.port)->required();
  app.add_option("--mails", mails)->check(CLI::Range(1, 10'000'000));
  app.add_option("--connections", settings.connections)->check(CLI::Range(1, 20));
  CLI11_PARSE(app, argc, argv);
  settings.tls = delivery::SmtpTls::kNever;
  return run(settings, mails);
}
