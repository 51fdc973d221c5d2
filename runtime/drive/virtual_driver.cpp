#include "runtime/drive/virtual_driver.h"

#include <limits>

#include "runtime/store/memory_store.h"

namespace trig::drive {
namespace {

TakenMail taken(const engine::Handover& handover, const std::string& workspace_secret) {
  const exec::Message& message = handover.message;
  const ir::Program& program = *handover.program->program;
  TakenMail mail;
  mail.at = message.begun_at;
  mail.person = person_of(message.id);
  mail.address = message.mail().address;
  int campaign = program.find_campaign(message.campaign.campaign);
  mail.name = engine::mail_name(workspace_secret, message.id);
  if (campaign >= 0) {
    const ir::Campaign& owner = program.campaigns[static_cast<std::size_t>(campaign)];
    const auto& send = std::get<ir::Send>(owner.steps[message.step].node);
    mail.campaign = owner.name;
    if (send.as) mail.as = owner.slots[*send.as].name;
  }
  for (const ir::MailTemplate& candidate : program.templates) {
    if (candidate.hash != message.mail_template) continue;
    mail.mail_template = candidate.name;
    for (std::size_t i = 0; i < message.mail().arguments.size(); ++i)
      mail.arguments.emplace_back(candidate.parameters[i].name, message.mail().arguments[i]);
  }
  return mail;
}

}  // namespace

OpenStore memory_world() {
  auto store = std::make_shared<store::MemoryStore>();
  return [store]() -> Result<std::shared_ptr<Store>> { return store; };
}

VirtualDriver::VirtualDriver(OpenStore open_store, std::shared_ptr<const engine::Deployed> deployed,
                             engine::CompileFiles compile, Instant start, Kept kept)
    : open_store_(std::move(open_store)),
      deployed_(std::move(deployed)),
      compile_(std::move(compile)),
      clock_(start),
      kept_(kept) {}

Result<std::unique_ptr<VirtualDriver>> VirtualDriver::open(
    OpenStore open_store, std::shared_ptr<const engine::Deployed> deployed,
    engine::CompileFiles compile, Instant start, Kept kept) {
  std::unique_ptr<VirtualDriver> driver(new VirtualDriver(
      std::move(open_store), std::move(deployed), std::move(compile), start, kept));
  Status opened = driver->restart();
  if (!opened) return tl::unexpected(opened.error());
  return driver;
}

Status VirtualDriver::restart() {
  engine_.reset();
  store_.reset();
  auto store = open_store_();
  if (!store) return tl::unexpected(store.error());
  store_ = std::move(*store);
  engine::EngineSettings settings;
  settings.virtual_time = true;
  settings.workspace_secret = "virtual-workspace";
  for (const ir::CouponPool& pool : deployed_->program->coupons)
    settings.coupon_keys[pool.hash] = "virtual-coupons";  // tests never see the real keys
  settings.max_in_flight = std::numeric_limits<std::size_t>::max();
  if (kept_ == Kept::kPassing) {
    settings.durable = false;
    settings.people_in_memory = 1;
  }
  auto engine = engine::Engine::open(*store_, deployed_, compile_, settings, clock_);
  if (!engine) return tl::unexpected(engine.error());
  engine_ = std::move(*engine);
  return fill_history();
}

Status VirtualDriver::fill_history() {
  for (bool more = engine_->filling(); more;) {
    more = engine_->fill_history(clock_);
    Status done = commit();
    if (!done) return done;
  }
  return {};
}

Status VirtualDriver::deploy(std::shared_ptr<const engine::Deployed> deployed) {
  deployed_ = std::move(deployed);
  if (kept_ == Kept::kAll) return restart();
  engine_->deploy(deployed_, clock_);
  if (Status done = commit(); !done) return done;
  return fill_history();
}

Status VirtualDriver::commit() {
  auto turn = engine_->commit();
  if (!turn) return tl::unexpected(turn.error());
  if (turn->attempts.empty()) return {};
  for (const engine::Handover& handover : turn->attempts) {
    if (handover.message.attempt == 1 && !handover.message.post) {
      mails_.push_back(taken(handover, engine_->workspace_secret()));
      if (on_mail_) on_mail_(handover);
    }
    engine_->answer(handover.message.id, handover.message.attempt, exec::SendReport::kSent,
                    std::nullopt, "accepted", engine_->clock());
  }
  return commit();
}

// Instant by instant, so that a mail is answered when it begins and not when the clock next stops.
Status VirtualDriver::advance_to(Instant to) {
  for (auto due = engine_->next_timer(); due && *due < to; due = engine_->next_timer()) {
    Status done = fire_until(*due);
    if (!done) return done;
  }
  clock_ = to;
  engine_->advance(to);
  return commit();
}

Status VirtualDriver::settle() { return fire_until(clock_); }

Status VirtualDriver::fire_until(Instant at) {
  for (bool more = true; more;) {
    more = engine_->settle(at);
    Status done = commit();
    if (!done) return done;
  }
  return {};
}

Status VirtualDriver::take(Envelope envelope) {
  engine_->take(std::move(envelope), clock_);
  return commit();
}

Status VirtualDriver::set_subscription(const std::string& user_id, std::optional<NameHash> topic,
                                       bool subscribed) {
  if (!engine_->set_subscription(user_id, topic, subscribed, "test", clock_))
    return fail("nobody is called {}", user_id);
  return commit();
}

}  // namespace trig::drive
