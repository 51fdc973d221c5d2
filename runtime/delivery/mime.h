// A Mail as the bytes of an Internet message: RFC 5322 header, multipart/alternative with the text
// first and the HTML second (RFC 2046 §5.1.4), UTF-8 in quoted-printable. Only ASCII, every line
// ends in CRLF and has at most 998 characters, a CR or LF never stands alone.
//
//   Result<std::string> bytes = build_mime(mail);
//
// The same Mail gives the same bytes, whatever its attempt: nothing is read from a clock or drawn
// by chance. With only one of text and HTML the message is that one part.
//
// Failure: what header_encoding.h and address.h refuse; a header that this function writes itself,
// or one given twice; more than kMaxMailHeaders; a Message-ID that is none; neither text nor HTML;
// a body that is not UTF-8; more than kMaxMailBytes in all.
#pragma once

#include <string>

#include "compiler/base/result.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

Result<std::string> build_mime(const Mail& mail);

// Whether build_mime would take its header and bodies, for providers that build the mail
// themselves.
Status check_mail(const Mail& mail);

// The answer to a mail that build_mime or check_mail refused.
SendReply refusal_of_mail(const Mail& mail, const Failure& failure);

// RFC 5322 §3.3 in UTC: "Sat, 28 Mar 2026 12:00:00 +0000".
std::string mail_date(Instant instant);

}  // namespace trig::delivery
