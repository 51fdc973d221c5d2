// `post`: decided, begun and answered as a mail is, but asked of no policy: it is no mail.
#include "compiler/base/limits.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/stepper.h"

namespace trig::exec {

// The journey goes on at once; the body is what it knows now.
void Stepper::post(Journey& journey, const CampaignInProgram& in, const ir::Post& post) {
  const ir::Program& program = in.executor->program();
  const ir::Campaign& campaign = program.campaigns[in.campaign];
  Frame frame = frame_for(*in.executor, journey);
  std::string body = "{";
  for (const auto& [name, node] : post.fields) {
    if (body.size() > 1) body += ',';
    write_json(name, body);
    body += ':';
    write_json(program, program.node(node).type, in.executor->evaluate(node, frame), body);
  }
  body += '}';
  Message message;
  message.id = MessageId{numbered(state_.id, state_.next_message++)};
  message.journey = journey.id;
  message.campaign = journey.campaign;
  message.step = journey.step;
  message.decided_at = now_;
  message.due = now_;
  message.post = std::make_shared<PostCall>(PostCall{post.url, std::move(body)});
  mark_effective(journey, campaign);
  decide(DecisionKind::kSendDecided, &campaign, journey.id, "post to " + post.url);
  changed(message, std::nullopt);
  MessageId id = message.id;
  std::size_t size = message.post->body.size();
  state_.messages.push_back(std::move(message));
  if (size > kMaxPostBytes)
    finish_message(id, MessageState::kFailed,
                   fmt::format("a body of {} bytes (at most {})", size, kMaxPostBytes));
}

void Stepper::begin_post(Message& message, const ir::Campaign& campaign) {
  if (message.attempt == 0) message.begun_at = now_;
  ++message.attempt;
  message.state = MessageState::kSending;
  message.due.reset();
  message.note.clear();
  decide(DecisionKind::kAttempt, &campaign, message.journey,
         fmt::format("attempt {} to {}", message.attempt, message.post->url));
  begun(message);
}

}  // namespace trig::exec
