#include "runtime/delivery/smtp_reply.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "compiler/base/ascii.h"
#include "runtime/delivery/utf8.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {
namespace {

// The length of an enhanced code at the start of `text`, 0 if there is none.
std::size_t enhanced_length(std::string_view text, char kind) {
  std::size_t at = 0;
  auto number = [&](std::size_t most) {
    std::size_t begin = at;
    while (at < text.size() && at - begin < most && is_digit(text[at])) ++at;
    return at > begin;
  };
  auto dot = [&] { return at < text.size() && text[at++] == '.'; };
  if (text.empty() || text[0] != kind) return 0;
  bool found = number(1) && dot() && number(3) && dot() && number(3);
  return found && (at == text.size() || text[at] == ' ') ? at : 0;
}

bool mentions_greylisting(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text.find("greylist") != std::string::npos || text.find("graylist") != std::string::npos;
}

// Whether our own side is at fault: it then concerns every mail, and an operator.
bool is_our_fault(const SmtpReply& reply, SmtpStage stage) {
  if (reply.code == 454) return false;  // RFC 4954: try the authentication again later
  if (reply.code == 530 || reply.code == 534 || reply.code == 535 || reply.code == 538) return true;
  // A relay that will not talk to us at all says nothing about the recipient.
  if (stage == SmtpStage::kOpening && reply.code >= 500) return true;
  std::string_view enhanced = reply.enhanced;
  // The sender's address is our own setting (RFC 3463 §3.2: X.1.7, X.1.8).
  if (stage == SmtpStage::kSender && (enhanced == "5.1.7" || enhanced == "5.1.8")) return true;
  if (enhanced.starts_with("5.7.")) return true;  // authentication and policy
  // Reputation, unless it is the pause that greylisting asks of everybody.
  return enhanced.starts_with("4.7.") && !mentions_greylisting(reply.text());
}

}  // namespace

std::string SmtpReply::text() const {
  std::string joined;
  for (const std::string& line : lines) {
    if (!joined.empty()) joined += ' ';
    joined += line;
  }
  return printable(joined);
}

SmtpReplyReader::State SmtpReplyReader::add_line(std::string_view line) {
  bool coded = line.size() >= 3 && line[0] >= '2' && line[0] <= '5' && is_digit(line[1]) &&
               is_digit(line[2]) && (line.size() == 3 || line[3] == ' ' || line[3] == '-');
  if (!coded) return State::kGarbage;
  int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  if (reply_.code != 0 && reply_.code != code) return State::kGarbage;
  if (reply_.lines.size() == kMaxReplyLines) return State::kGarbage;
  reply_.code = code;
  std::string_view text = line.size() > 4 ? line.substr(4) : std::string_view();
  std::size_t enhanced = enhanced_length(text, line[0]);
  if (enhanced > 0) {
    reply_.enhanced = text.substr(0, enhanced);
    text.remove_prefix(std::min(text.size(), enhanced + 1));
  }
  reply_.lines.emplace_back(text);
  return line.size() > 3 && line[3] == '-' ? State::kMore : State::kComplete;
}

SmtpReply SmtpReplyReader::take() { return std::exchange(reply_, {}); }

SendReply judge(const SmtpReply& reply, SmtpStage stage) {
  SendReply verdict{SendOutcome::kDeferred, reply.code, reply.enhanced, reply.text(), {}};
  if (is_our_fault(reply, stage)) {
    verdict.outcome = SendOutcome::kBlocked;
  } else if (reply.code >= 500) {
    verdict.outcome = SendOutcome::kRefused;
  }
  return verdict;
}

}  // namespace trig::delivery
