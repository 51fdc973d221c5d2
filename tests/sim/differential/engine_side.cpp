#include "tests/sim/differential/engine_side.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/diagnostics/render.h"
#include "runtime/drive/virtual_driver.h"
#include "tests/sim/differential/text.h"

namespace trig::sim {
namespace {

Status apply(drive::VirtualDriver& driver, const Item& item) {
  bool user = item.actor.starts_with('u');
  Envelope envelope;
  envelope.source = "story";
  (user ? envelope.user_id : envelope.anonymous_id) = item.actor;
  envelope.occurred_at = driver.clock() - item.late;
  envelope.payload = payload(item.fields);
  switch (item.what) {
    case Happening::kEvent: {
      if (!item.as.empty()) envelope.user_id = item.as;
      envelope.message_id = item.id;
      envelope.event = item.event;
      std::uint64_t rejected = driver.engine().totals().events_rejected;
      Status done = driver.take(std::move(envelope));
      if (done && driver.engine().totals().events_rejected != rejected)
        return fail("{} was rejected", item.event);
      return done;
    }
    case Happening::kIdentify:
      envelope.user_id = item.as;
      envelope.kind = EnvelopeKind::kIdentify;
      return driver.take(std::move(envelope));
    case Happening::kAlias:
      envelope.anonymous_id.clear();
      envelope.user_id = item.as;
      envelope.previous_id = item.actor;
      envelope.kind = EnvelopeKind::kAlias;
      return driver.take(std::move(envelope));
    case Happening::kTraits:
      envelope.kind = EnvelopeKind::kIdentify;
      return driver.take(std::move(envelope));
    case Happening::kSubscription: {
      std::optional<NameHash> topic;
      if (!item.topic.empty()) topic = name_hash(item.topic);
      if (!driver.engine().find_user(item.actor)) return {};  // nobody is called so
      return driver.set_subscription(item.actor, topic, item.subscribes);
    }
    case Happening::kAdvance: return driver.advance_to(driver.clock() + item.advance);
    case Happening::kRestart: return driver.restart();
  }
  return {};
}

std::string argument_text(const drive::TakenMail& mail) {
  std::string text;
  for (const auto& [name, value] : mail.arguments) {
    const auto* word = value.get<std::string>();
    text += (text.empty() ? "" : " ") + (word != nullptr ? *word : ir::to_string(value));
  }
  return text;
}

Outcome outcome_of(drive::VirtualDriver& driver) {
  Outcome outcome;
  for (const drive::TakenMail& mail : driver.mails())
    outcome.mails.push_back({mail.at, mail.campaign, mail.address, argument_text(mail)});
  std::sort(outcome.mails.begin(), outcome.mails.end());
  const engine::Totals& totals = driver.engine().totals();
  auto state = [&](exec::MessageState one) {
    return totals.messages[static_cast<std::size_t>(one)];
  };
  outcome.started = totals.journeys_started;
  outcome.ended = totals.journeys_ended;
  outcome.suppressed = state(exec::MessageState::kSuppressed);
  outcome.expired = state(exec::MessageState::kExpired);
  outcome.pending = state(exec::MessageState::kPending);
  outcome.goals = totals.goals;
  return outcome;
}

Outcome failed(const Failure& failure) {
  Outcome outcome;
  outcome.mails.push_back({Instant(), "FAILED", failure.message, ""});
  return outcome;
}

}  // namespace

EngineSide::EngineSide(const std::string& text, const std::string& zone) {
  project::Files files;
  files["trig.toml"] = fmt::format(
      "name = \"story\"\ntimezone = \"{}\"\n[[senders]]\nname = \"shop\"\n"
      "address = \"shop@example.com\"\npostal_address = \"1 Example Street\"\n",
      zone);
  files["note.liquid"] = "---\nsubject: Hello\nclass: transactional\n---\n<p>Hello</p>\n";
  files["offer.liquid"] =
      "---\nsubject: Hello\n---\n{{ postal_address }} <a href=\"{{ unsubscribe_url "
      "}}\">Leave</a>\n";
  files["story.trig"] = text;
  project_ = project::compile(files);
}

std::string EngineSide::errors() const {
  if (!project_->diagnostics.has_errors()) return {};
  return render_text(project_->diagnostics, project_->sources, {});
}

std::shared_ptr<const engine::Deployed> EngineSide::deploy(
    const drive::MakeExecutor& make_executor) const {
  return drive::deployed(project_, make_executor);
}

Outcome EngineSide::run(const std::shared_ptr<const engine::Deployed>& deployed,
                        const drive::MakeExecutor& make_executor, const History& history) {
  auto driver = drive::VirtualDriver::open(drive::memory_world(), deployed,
                                           drive::compile_files(make_executor), history.start);
  if (!driver) return failed(driver.error());
  for (const Item& item : history.items)
    if (Status done = apply(**driver, item); !done) return failed(done.error());
  if (Status done = (*driver)->settle(); !done) return failed(done.error());
  return outcome_of(**driver);
}

}  // namespace trig::sim
