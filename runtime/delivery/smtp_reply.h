// Replies of an SMTP server: read line by line, then judged. Sources: RFC 5321 §4.2 (form), RFC
// 2034 and RFC 3463 (enhanced codes).
//
//   SmtpReplyReader reader;
//   while (reader.add_line(line) == SmtpReplyReader::State::kMore) …
//   SendReply verdict = judge(reader.take(), SmtpStage::kRecipient);
//
// A reply has at most kMaxReplyLines lines, all with the same code; anything else is kGarbage.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/ports/transport.h"

namespace trig::delivery {

struct SmtpReply {
  int code = 0;                    // 200 to 599
  std::string enhanced;            // "5.1.1" or empty; its class is that of the code
  std::vector<std::string> lines;  // without codes, as received

  bool is_positive() const { return code >= 200 && code < 300; }
  std::string text() const;  // the lines as one: printable, bounded
};

class SmtpReplyReader {
 public:
  enum class State : std::uint8_t { kMore, kComplete, kGarbage };
  State add_line(std::string_view line);  // without its line end
  SmtpReply take();                       // after kComplete; the reader is then as new

 private:
  SmtpReply reply_;
};

// What the reply answers.
enum class SmtpStage : std::uint8_t {
  kOpening,    // greeting, EHLO, STARTTLS, AUTH: it is about us and the relay, not about a mail
  kSender,     // MAIL FROM
  kRecipient,  // RCPT TO
  kData,       // DATA
  kMessage,    // the final dot
};

// What a negative reply means for the mail.
SendReply judge(const SmtpReply& reply, SmtpStage stage);

}  // namespace trig::delivery
