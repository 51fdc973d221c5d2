#include "runtime/delivery/smtp_pool.h"

#include <algorithm>
#include <utility>

#include "compiler/base/check.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {

SmtpPool::SmtpPool(net::EventLoop& loop, SmtpSettings settings, SmtpTls mode,
                   std::shared_ptr<const net::TlsClient> tls)
    : loop_(loop), settings_(std::move(settings)), mode_(mode), tls_(std::move(tls)) {}

SmtpPool::~SmtpPool() {
  std::list<Slot> slots = std::exchange(slots_, {});
  std::deque<Job> waiting = std::exchange(waiting_, {});
  for (Slot& slot : slots) {
    SendReply last = slot.session->abort();
    if (slot.running) slot.running(last);
  }
  for (Job& job : waiting) {
    job.done({SendOutcome::kDeferred, 0, "", "stopped before the mail was sent", {}});
  }
}

void SmtpPool::send(SmtpMail mail, Done done) {
  if (waiting_.size() + count(State::kBusy) >= kMaxHandoversInFlight) {
    return done({SendOutcome::kDeferred, 0, "", "too many mails are being handed over", {}});
  }
  waiting_.push_back({std::move(mail), std::move(done)});
  dispatch();
}

std::size_t SmtpPool::count(State state) const {
  return static_cast<std::size_t>(std::count_if(
      slots_.begin(), slots_.end(), [state](const Slot& slot) { return slot.state == state; }));
}

// Gives waiting mails to idle connections, and opens further ones for the rest.
void SmtpPool::dispatch() {
  while (!waiting_.empty()) {
    Place idle = take_idle();
    if (idle == slots_.end()) break;
    start(idle);
  }
  std::size_t most = std::clamp<std::size_t>(settings_.connections, 1, kMaxConnectionsPerRelay);
  while (slots_.size() < most && count(State::kOpening) < waiting_.size()) open_one();
}

// An idle connection that still lives; those the relay has closed go.
SmtpPool::Place SmtpPool::take_idle() {
  for (Place place = slots_.begin(); place != slots_.end();) {
    if (place->state != State::kIdle) {
      ++place;
    } else if (place->session->is_quiet()) {
      return place;
    } else {
      place = slots_.erase(place);
    }
  }
  return slots_.end();
}

void SmtpPool::open_one() {
  Place place = slots_.emplace(slots_.end());
  place->session = std::make_unique<SmtpSession>(loop_, settings_, mode_, tls_);
  place->session->open(
      [this, place](std::optional<SendReply> failure) { opened(place, std::move(failure)); });
}

void SmtpPool::opened(Place place, std::optional<SendReply> failure) {
  if (!failure) {
    rest(place);
    // Whatever has become of it by now: a relay that greets and hangs up costs each mail an
    // attempt, and is not called again and again.
    if (!waiting_.empty()) start(place);
    return dispatch();
  }
  slots_.erase(place);
  bool others = slots_.size() > count(State::kLeaving);
  if (others) return;  // they take the waiting mails
  std::deque<Job> waiting = std::exchange(waiting_, {});
  for (Job& job : waiting) job.done(*failure);
}

void SmtpPool::start(Place place) {
  Job job = std::move(waiting_.front());
  waiting_.pop_front();
  if (std::optional<SendReply> refusal = place->session->refusal_of(job.mail)) {
    return job.done(std::move(*refusal));
  }
  place->state = State::kBusy;
  place->idle.cancel();
  place->running = std::move(job.done);
  place->met_stale = job.met_stale;
  place->session->send(std::move(job.mail),
                       [this, place](SmtpResult result) { sent(place, std::move(result)); });
}

void SmtpPool::sent(Place place, SmtpResult result) {
  Done done = std::move(place->running);
  place->running = nullptr;
  bool again = result.stale && !place->met_stale;
  if (!result.usable) {
    slots_.erase(place);
  } else if (place->session->mails() >=
             std::min(settings_.mails_per_connection, kMaxMailsPerConnection)) {
    leave(place);
  } else {
    rest(place);
  }
  if (again) {
    // Where one kept connection was closed, the others most likely were.
    slots_.remove_if([](const Slot& slot) { return slot.state == State::kIdle; });
    waiting_.push_front({std::move(result.unsent), std::move(done), true});
  }
  dispatch();
  if (!again) done(std::move(result.reply));
}

void SmtpPool::rest(Place place) {
  place->state = State::kIdle;
  place->idle = loop_.after(settings_.timeouts.idle, [this, place] { leave(place); });
}

void SmtpPool::leave(Place place) {
  place->state = State::kLeaving;
  place->idle.cancel();
  place->session->quit([this, place] {
    slots_.erase(place);
    dispatch();
  });
}

}  // namespace trig::delivery
