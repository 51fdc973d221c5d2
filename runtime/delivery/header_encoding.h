// Header fields as bytes: checked, encoded, folded, each ending in CRLF. Sources: RFC 5322 §2.2 and
// §3.2 (fields, folding, phrases), RFC 2047 (encoded words).
//
//   text_header("Subject", "two für one")   // "Subject: two =?UTF-8?Q?f=C3=BCr?= one\r\n"
//
// Lines have at most 76 characters, but for a word that cannot be broken: an address, a URL. No
// line has more than 998. Spaces at both ends of a value are dropped.
//
// Failure: CR, LF, NUL or another control character in a value; not UTF-8; longer than
// kMaxMailHeaderBytes; a word too long for a line; a name that is none; a bad address.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"
#include "runtime/ports/transport.h"

namespace trig::delivery {

// Free text (Subject, X-…): words outside ASCII become encoded words.
Result<std::string> text_header(std::string_view name, std::string_view value);

// A value with a grammar of its own (List-Unsubscribe): ASCII only, broken at spaces only.
Result<std::string> structured_header(std::string_view name, std::string_view value);

// "From: Ana =?UTF-8?Q?…?= <ana@example.com>"
Result<std::string> mailbox_header(std::string_view name, const Mailbox& mailbox);

// `name <address>` in UTF-8, the name quoted where it needs it: for providers' JSON.
Result<std::string> mailbox_text(const Mailbox& mailbox);

}  // namespace trig::delivery
