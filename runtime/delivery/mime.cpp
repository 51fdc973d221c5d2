#include "runtime/delivery/mime.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <set>

#include "compiler/base/check.h"
#include "compiler/base/hash.h"
#include "runtime/delivery/address.h"
#include "runtime/delivery/header_encoding.h"
#include "runtime/delivery/quoted_printable.h"
#include "runtime/delivery/utf8.h"
#include "runtime/ports/limits.h"

namespace trig::delivery {
namespace {

constexpr std::size_t kMaxMessageIdBytes = 250;

// Fields that are this file's, and those that would send the mail elsewhere or forge its history.
constexpr std::array<std::string_view, 17> kReserved = {"bcc",
                                                        "cc",
                                                        "content-disposition",
                                                        "content-transfer-encoding",
                                                        "content-type",
                                                        "date",
                                                        "from",
                                                        "dkim-signature",
                                                        "message-id",
                                                        "mime-version",
                                                        "received",
                                                        "reply-to",
                                                        "return-path",
                                                        "sender",
                                                        "subject",
                                                        "to",
                                                        "content-id"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

bool is_message_id(std::string_view id) {
  if (id.size() > kMaxMessageIdBytes || std::count(id.begin(), id.end(), '@') != 1) return false;
  if (id.front() == '@' || id.back() == '@') return false;
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return c == '@' || c == '.' || is_atext(c); });
}

// Free text may be encoded; the other fields have a grammar in which an encoded word means nothing.
bool is_free_text(std::string_view lower_name) {
  return lower_name == "comments" || lower_name == "keywords" || lower_name.starts_with("x-");
}

Status add_extra_headers(const Mail& mail, std::string& out) {
  if (mail.headers.size() > kMaxMailHeaders) {
    return fail("a mail with more than {} further headers", kMaxMailHeaders);
  }
  std::set<std::string> seen;
  for (const MailHeader& header : mail.headers) {
    std::string name = lower(header.name);
    if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
      return fail("header `{}` cannot be given: the mail has its own", name);
    }
    if (!seen.insert(name).second) return fail("header `{}` is given twice", name);
    Result<std::string> field = is_free_text(name) ? text_header(header.name, header.value)
                                                   : structured_header(header.name, header.value);
    if (!field) return tl::unexpected(field.error());
    out += *field;
  }
  return {};
}

Status check_bodies(const Mail& mail) {
  if (mail.text.empty() && mail.html.empty()) return fail("a mail with neither text nor HTML");
  if (mail.text.size() + mail.html.size() > kMaxMailBytes) {
    return fail("a mail of more than {} bytes", kMaxMailBytes);
  }
  if (!is_utf8(mail.text)) return fail("the text part is not UTF-8");
  if (!is_utf8(mail.html)) return fail("the HTML part is not UTF-8");
  return {};
}

// All fields but Content-*.
Result<std::string> header_block(const Mail& mail) {
  if (!is_message_id(mail.message_id)) return fail("`{}` is no Message-ID", mail.message_id);
  std::string out;
  auto add = [&](const Result<std::string>& field) -> Status {
    if (!field) return tl::unexpected(field.error());
    out += *field;
    return {};
  };
  Status done = add(structured_header("Date", mail_date(mail.date)))
                    .and_then([&] { return add(mailbox_header("From", mail.from)); })
                    .and_then([&] { return add(mailbox_header("To", mail.to)); })
                    .and_then([&]() -> Status {
                      if (!mail.reply_to) return {};
                      return add(mailbox_header("Reply-To", *mail.reply_to));
                    })
                    .and_then([&] { return add(text_header("Subject", mail.subject)); })
                    .and_then([&] {
                      return add(structured_header("Message-ID", "<" + mail.message_id + ">"));
                    })
                    .and_then([&] { return add(structured_header("MIME-Version", "1.0")); })
                    .and_then([&] { return add_extra_headers(mail, out); });
  if (!done) return tl::unexpected(done.error());
  return out;
}

std::string part(std::string_view subtype, std::string_view body) {
  return fmt::format(
      "Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
      "\r\n{}",
      subtype, body);
}

std::string alternative(const Mail& mail) {
  // "=_" never occurs in quoted-printable text (RFC 2045 §6.7), so this boundary cannot either.
  std::string boundary = "=_" + to_hex(hash128(mail.message_id));
  std::string text = quoted_printable(mail.text);
  std::string html = quoted_printable(mail.html);
  TRIG_CHECK(text.find(boundary) == std::string::npos && html.find(boundary) == std::string::npos,
             "a boundary occurs in a quoted-printable body");
  return fmt::format(
      "Content-Type: multipart/alternative;\r\n boundary=\"{0}\"\r\n\r\n--{0}\r\n{1}\r\n--{0}\r\n"
      "{2}\r\n--{0}--\r\n",
      boundary, part("plain", text), part("html", html));
}

// One part as the whole message; a message ends with a line end.
std::string single(std::string_view subtype, std::string_view body) {
  std::string encoded = quoted_printable(body);
  if (!encoded.ends_with("\r\n")) encoded += "\r\n";
  return part(subtype, encoded);
}

}  // namespace

std::string mail_date(Instant instant) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto day = std::chrono::floor<std::chrono::days>(instant);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(instant - day));
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} +0000",
                     kDays[std::chrono::weekday(day).c_encoding()], unsigned(date.day()),
                     kMonths[unsigned(date.month()) - 1], int(date.year()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

Status check_mail(const Mail& mail) {
  if (Status bodies = check_bodies(mail); !bodies) return bodies;
  return header_block(mail).map([](const std::string&) {});
}

SendReply refusal_of_mail(const Mail& mail, const Failure& failure) {
  bool utf8_address = needs_smtputf8(mail.to.address) || needs_smtputf8(mail.from.address);
  // RFC 6531 §3.5 and RFC 3463 §3.7: 5.6.7 for such addresses, 5.6.0 for other faults of the mail.
  return {SendOutcome::kRefused, 0, utf8_address ? "5.6.7" : "5.6.0", failure.message, {}};
}

Result<std::string> build_mime(const Mail& mail) {
  if (Status bodies = check_bodies(mail); !bodies) return tl::unexpected(bodies.error());
  Result<std::string> message = header_block(mail);
  if (!message) return message;
  if (mail.html.empty()) {
    *message += single("plain", mail.text);
  } else if (mail.text.empty()) {
    *message += single("html", mail.html);
  } else {
    *message += alternative(mail);
  }
  if (message->size() > kMaxMailBytes) return fail("a mail of more than {} bytes", kMaxMailBytes);
  return message;
}

}  // namespace trig::delivery
