#include "runtime/server/postman.h"

#include "runtime/delivery/retry.h"

namespace trig::server {

Postman::Postman(Composer composer, const Clock& clock, Log& log, Metrics& metrics,
                 OnAnswer on_answer)
    : composer_(std::move(composer)),
      clock_(clock),
      log_(log),
      metrics_(metrics),
      on_answer_(std::move(on_answer)) {}

Postman::~Postman() { stop(); }

Status Postman::start(const MakeTransport& make_transport, const MakePoster& make_poster) {
  auto poster = make_poster(loop_);
  if (!poster) return tl::unexpected(poster.error());
  poster_ = std::move(*poster);
  auto transport = make_transport(loop_);
  if (!transport) return tl::unexpected(transport.error());
  transport_ = std::move(*transport);
  thread_ = std::thread([this] { loop_.run(); });
  return {};
}

void Postman::stop() {
  if (!thread_.joinable()) return;
  loop_.stop();
  thread_.join();
}

void Postman::drain(std::chrono::milliseconds grace) {
  draining_ = true;
  auto until = std::chrono::steady_clock::now() + grace;
  while (out_ > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

void Postman::hand_over(std::vector<engine::Handover> attempts) {
  out_ += attempts.size();
  loop_.post([this, attempts = std::move(attempts)] {
    for (const engine::Handover& handover : attempts) send(handover);
  });
}

void Postman::send(const engine::Handover& handover) {
  if (draining_) {
    SendReply reply;
    reply.text = "the server is stopping";
    reply.retry_after = Duration(0);
    settle(handover, reply);
    return;
  }
  if (handover.message.post) {
    poster_->post(handover.message,
                  [this, handover](const SendReply& reply) { settle(handover, reply); });
    return;
  }
  auto mail = composer_.compose(handover);
  if (!mail) {
    // A mail that cannot be rendered fails visibly; its journey goes on.
    log_.warning("a mail could not be rendered",
                 {{"message", fmt::format("{:x}", raw(handover.message.id))},
                  {"why", mail.error().message}});
    metrics_.render_failures.Increment();
    settle(handover, {SendOutcome::kRefused, 0, {}, "not rendered: " + mail.error().message, {}});
    return;
  }
  auto began = std::chrono::steady_clock::now();
  transport_->send(std::move(*mail), [this, handover, began](SendReply reply) {
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    metrics_.reply_seconds.Observe(took.count());
    settle(handover, reply);
  });
}

void Postman::settle(const engine::Handover& handover, const SendReply& reply) {
  const exec::Message& message = handover.message;
  Answer answer{message.id, message.attempt, exec::SendReport::kSent, std::nullopt, {}};
  answer.note = reply.code == 0 ? reply.text
                                : fmt::format("{} {}{}{}", reply.code, reply.enhanced,
                                              reply.enhanced.empty() ? "" : " ", reply.text);
  auto delay =
      delivery::next_attempt(message.id, message.attempt, reply, message.begun_at, clock_.now());
  answer.retry_after = delay;
  switch (reply.outcome) {
    case SendOutcome::kAccepted: break;
    case SendOutcome::kRefused: answer.report = exec::SendReport::kFailed; break;
    case SendOutcome::kInDoubt: answer.report = exec::SendReport::kInDoubt; break;
    case SendOutcome::kBlocked:
      log_.error("the relay refuses us", {{"peer", transport_->name()}, {"reply", answer.note}});
      [[fallthrough]];
    case SendOutcome::kDeferred:
      answer.report = delay ? exec::SendReport::kRetry : exec::SendReport::kFailed;
      if (!delay) answer.note += "; gave up";
      break;
  }
  metrics_.attempts(reply.outcome).Increment();
  on_answer_(std::move(answer));
  --out_;
}

}  // namespace trig::server
