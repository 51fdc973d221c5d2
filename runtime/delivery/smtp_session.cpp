// SmtpSession's transactions: one mail from MAIL FROM to the reply to its final dot.
#include "runtime/delivery/smtp_session.h"

#include <fmt/format.h>

#include <utility>

#include "compiler/base/check.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {

using net::ConnectionError;
using net::ConnectionFault;

void SmtpSession::read_reply(std::chrono::milliseconds timeout, ReplyHandler then) {
  link_.read_line(
      kMaxReplyLineBytes, timeout, [this, timeout, then = std::move(then)](net::Received line) {
        if (!line) return then(tl::unexpected(std::move(line.error())));
        switch (reader_.add_line(*line)) {
          case SmtpReplyReader::State::kMore: return read_reply(timeout, then);
          case SmtpReplyReader::State::kComplete: return then(reader_.take());
          case SmtpReplyReader::State::kGarbage: break;
        }
        link_.close();
        then(tl::unexpected(
            ConnectionError{ConnectionFault::kBroken, "the peer's reply is not one of SMTP"}));
      });
}

std::optional<SendReply> SmtpSession::refusal_of(const SmtpMail& mail) const {
  if (offer_.max_bytes == 0 || mail.data.size() <= offer_.max_bytes) return std::nullopt;
  return SendReply{SendOutcome::kRefused,
                   0,
                   "5.3.4",
                   fmt::format("the mail has {} bytes, the relay takes at most {}",
                               mail.data.size(), offer_.max_bytes),
                   {}};
}

void SmtpSession::send(SmtpMail mail, Sent done) {
  TRIG_CHECK(!transaction_, "a mail was given to an SMTP session that has one");
  transaction_.emplace();
  transaction_->mail = std::move(mail);
  transaction_->done = std::move(done);
  if (needs_reset_) transaction_->steps.push_back(Step::kReset);
  transaction_->steps.insert(transaction_->steps.end(),
                             {Step::kSender, Step::kRecipient, Step::kData});
  write_steps(offer_.pipelining ? transaction_->steps.size() : 1);
}

std::string SmtpSession::command_of(Step step) const {
  const SmtpMail& mail = transaction_->mail;
  switch (step) {
    case Step::kReset: return "RSET\r\n";
    case Step::kSender: {
      std::string size = offer_.max_bytes > 0 ? fmt::format(" SIZE={}", mail.data.size()) : "";
      return fmt::format("MAIL FROM:<{}>{}\r\n", mail.sender, size);
    }
    case Step::kRecipient: return fmt::format("RCPT TO:<{}>\r\n", mail.recipient);
    case Step::kData: return "DATA\r\n";
  }
  return {};
}

// Writes the commands from `next` up to `end` at once, then reads their replies.
void SmtpSession::write_steps(std::size_t end) {
  std::string commands;
  for (std::size_t i = transaction_->next; i < end && i < transaction_->steps.size(); ++i) {
    commands += command_of(transaction_->steps[i]);
  }
  link_.write(std::move(commands), settings_.timeouts.command,
              [this](std::optional<ConnectionError> error) {
                if (error) return lost(*error);
                await_step();
              });
}

void SmtpSession::await_step() {
  read_reply(settings_.timeouts.command, [this](auto reply) {
    if (!reply) return lost(reply.error());
    answered(*reply);
  });
}

// One reply to one command. A refusal is kept while the replies to what was already written come
// in.
void SmtpSession::answered(const SmtpReply& reply) {
  Transaction& now = *transaction_;
  if (reply.code == 421) {
    // The relay closes: it has had enough of this connection, or it stops.
    bool stale = mails_ > 0 && !now.recipient_taken;
    return finish(judge(reply, SmtpStage::kOpening), false, stale);
  }
  Step step = now.steps[now.next];
  if (step == Step::kReset && !reply.is_positive()) {
    return finish(judge(reply, SmtpStage::kOpening), false, true);
  }
  bool is_data = step == Step::kData;
  bool good = is_data ? reply.code == 354 : reply.is_positive();
  if (good && is_data) {
    // 354 after a refusal: the relay would take a message that has no sender or recipient.
    if (now.verdict) return finish(std::move(*now.verdict), false);
    return send_body();
  }
  if (!good && reply.code < 400) {
    return finish({SendOutcome::kDeferred,
                   reply.code,
                   reply.enhanced,
                   "unexpected reply: " + reply.text(),
                   {}},
                  false);
  }
  if (good && step == Step::kRecipient) now.recipient_taken = true;
  if (!good && !now.verdict) {
    SmtpStage stage = step == Step::kSender ? SmtpStage::kSender
                      : is_data             ? SmtpStage::kData
                                            : SmtpStage::kRecipient;
    now.verdict = judge(reply, stage);
  }
  after_step();
}

void SmtpSession::after_step() {
  Transaction& now = *transaction_;
  ++now.next;
  bool all_written = offer_.pipelining;
  bool ended = now.next == now.steps.size() || (now.verdict && !all_written);
  if (ended) {
    needs_reset_ = true;
    return finish(std::move(*now.verdict), true);
  }
  if (all_written) return await_step();
  write_steps(now.next + 1);
}

void SmtpSession::send_body() {
  transaction_->body_begun = true;
  link_.write(std::move(transaction_->mail.data), settings_.timeouts.body,
              [this](std::optional<ConnectionError> error) {
                // Without its last byte the dot is incomplete: the relay cannot have taken the
                // mail.
                if (error) return lost(*error);
                read_reply(settings_.timeouts.final_reply,
                           [this](auto reply) { judge_message(reply); });
              });
}

void SmtpSession::judge_message(const tl::expected<SmtpReply, ConnectionError>& reply) {
  if (!reply) {
    return finish({SendOutcome::kInDoubt,
                   0,
                   "",
                   "no reply after the whole mail was sent: " + reply.error().text,
                   {}},
                  false);
  }
  if (reply->is_positive()) {
    needs_reset_ = false;
    return finish({SendOutcome::kAccepted, reply->code, reply->enhanced, reply->text(), {}}, true);
  }
  if (reply->code < 400) {
    return finish({SendOutcome::kInDoubt,
                   reply->code,
                   reply->enhanced,
                   "unexpected reply after the whole mail was sent: " + reply->text(),
                   {}},
                  false);
  }
  needs_reset_ = true;
  finish(judge(*reply, SmtpStage::kMessage), reply->code != 421);
}

// The link went before the mail was handed over: a later attempt cannot make a second copy.
void SmtpSession::lost(const ConnectionError& error) {
  bool gone = error.fault == ConnectionFault::kClosed || error.fault == ConnectionFault::kBroken;
  const Transaction& now = *transaction_;
  bool stale = gone && mails_ > 0 && !now.recipient_taken && !now.body_begun;
  finish({SendOutcome::kDeferred, 0, "", "the link to the relay was lost: " + error.text, {}},
         false, stale);
}

void SmtpSession::finish(SendReply reply, bool usable, bool stale) {
  Transaction now = std::move(*transaction_);
  transaction_.reset();
  ++mails_;
  if (!usable) link_.close();
  now.done(SmtpResult{std::move(reply), usable, stale, std::move(now.mail)});
}

void SmtpSession::quit(std::function<void()> done) {
  auto leave = std::make_shared<std::function<void()>>(std::move(done));
  link_.write("QUIT\r\n", settings_.timeouts.quit, [this, leave](auto error) {
    if (error) return (*leave)();
    read_reply(settings_.timeouts.quit, [leave](auto) { (*leave)(); });
  });
}

SendReply SmtpSession::abort() {
  link_.close();
  bool body_begun = transaction_ && transaction_->body_begun;
  transaction_.reset();
  if (body_begun) {
    return {SendOutcome::kInDoubt, 0, "", "stopped while the mail was being sent", {}};
  }
  return {SendOutcome::kDeferred, 0, "", "stopped before the mail was sent", {}};
}

}  // namespace trig::delivery
