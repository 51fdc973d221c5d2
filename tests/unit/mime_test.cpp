// build_mime and what it is made of: addresses, header fields, quoted-printable.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <random>

#include "runtime/delivery/address.h"
#include "runtime/delivery/header_encoding.h"
#include "runtime/delivery/mime.h"
#include "runtime/delivery/quoted_printable.h"
#include "runtime/delivery/utf8.h"
#include "runtime/ports/limits.h"
#include "tests/unit/peers.h"

namespace trig::delivery {
namespace {

using test::sample_mail;
using ::testing::HasSubstr;

// --- addresses ---

TEST(Address, IsWrittenAnew) {
  EXPECT_EQ(parse_address("ana@example.com")->text(), "ana@example.com");
  EXPECT_EQ(parse_address("a.b+c=d@sub.example.com")->text(), "a.b+c=d@sub.example.com");
  EXPECT_EQ(parse_address("root@localhost")->text(), "root@localhost");
  EXPECT_EQ(parse_address("\"ana lima\"@example.com")->text(), "\"ana lima\"@example.com");
  EXPECT_EQ(parse_address("\"ana\"@example.com")->text(), "ana@example.com");
  EXPECT_EQ(parse_address("\"a@b\\\"c\"@example.com")->text(), "\"a@b\\\"c\"@example.com");
}

TEST(Address, DomainsOutsideAsciiBecomeALabels) {
  EXPECT_EQ(parse_address("ana@bücher.example")->text(), "ana@xn--bcher-kva.example");
  EXPECT_EQ(parse_address("ana@BÜCHER.example")->text(), "ana@xn--bcher-kva.example");
  EXPECT_EQ(parse_address("ana@straße.example")->text(), "ana@xn--strae-oqa.example");
  EXPECT_FALSE(parse_address("ana@\xff.example"));
  EXPECT_FALSE(parse_address("ana@☃\u200b.example"));
}

TEST(Address, WhatIsNoneIsRefused) {
  for (const char* text : {"",
                           "@",
                           "ana",
                           "ana@",
                           "@example.com",
                           "ana@example..com",
                           "ana@.example.com",
                           "ana@example.com.",
                           "ana@-a.example",
                           "ana@a-.example",
                           "a b@example.com",
                           "ana@exam ple.com",
                           "ana<x>@example.com",
                           "ana@example.com>",
                           ".ana@example.com",
                           "a..b@example.com",
                           "\"ana@example.com",
                           "\"a\"b\"@example.com",
                           "\"\"@example.com",
                           "\"a\\\"@example.com",
                           "ana@[127.0.0.1]",
                           "ana@a_b.example",
                           "a@b@example.com",
                           "ana@example.com\r\nRCPT TO:<x@x.example>",
                           "ana\n@example.com",
                           "an\ta@example.com",
                           "\"a\r\nb\"@example.com",
                           "Ana <ana@example.com>",
                           "a,b@example.com"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
  EXPECT_FALSE(parse_address(std::string("ana\0@example.com", 16)));
  EXPECT_FALSE(parse_address(std::string("ana@exa\0mple.com", 16)));
}

TEST(Address, SizesAreThoseOfSmtp) {
  EXPECT_TRUE(parse_address(std::string(64, 'a') + "@example.com"));
  EXPECT_FALSE(parse_address(std::string(65, 'a') + "@example.com"));
  EXPECT_TRUE(parse_address("a@" + std::string(63, 'b') + ".example"));
  EXPECT_FALSE(parse_address("a@" + std::string(64, 'b') + ".example"));
  std::string label = std::string(49, 'b') + ".";
  std::string domain = label + label + label + label + std::string(52, 'c');  // 252
  EXPECT_TRUE(parse_address("a@" + domain));
  EXPECT_FALSE(parse_address("aa@" + domain));
}

TEST(Address, ALocalPartOutsideAsciiSaysWhatItWouldNeed) {
  Result<Address> address = parse_address("josé@example.com");
  ASSERT_FALSE(address);
  EXPECT_THAT(address.error().message, HasSubstr("SMTPUTF8"));
  EXPECT_TRUE(needs_smtputf8("josé@example.com"));
  EXPECT_FALSE(needs_smtputf8("ana@bücher.example"));
}

// --- bodies ---

TEST(QuotedPrintable, ByExample) {
  EXPECT_EQ(quoted_printable(""), "");
  EXPECT_EQ(quoted_printable("Grüße\n"), "Gr=C3=BC=C3=9Fe\r\n");
  EXPECT_EQ(quoted_printable("a\r\nb\rc\nd"), "a\r\nb\r\nc\r\nd");
  EXPECT_EQ(quoted_printable("a \nb\t\r\n c "), "a=20\r\nb=09\r\n c=20");
  EXPECT_EQ(quoted_printable("1+1=2"), "1+1=3D2");
  EXPECT_EQ(quoted_printable(std::string(76, 'x')), std::string(76, 'x'));
  EXPECT_EQ(quoted_printable(std::string(77, 'x')), std::string(75, 'x') + "=\r\nxx");
  EXPECT_EQ(quoted_printable(std::string(75, 'x') + "="), std::string(75, 'x') + "=\r\n=3D");
  EXPECT_EQ(quoted_printable(std::string("\0\x1b\x7f", 3)), "=00=1B=7F");
}

// --- headers ---

TEST(TextHeader, ByExample) {
  EXPECT_EQ(*text_header("Subject", "Hello"), "Subject: Hello\r\n");
  EXPECT_EQ(*text_header("Subject", "  Hello  "), "Subject: Hello\r\n");
  EXPECT_EQ(*text_header("Subject", ""), "Subject:\r\n");
  EXPECT_EQ(*text_header("Subject", "Grüße aus Köln"),
            "Subject: =?UTF-8?B?R3LDvMOfZSBhdXMgS8O2bG4=?=\r\n");
  EXPECT_EQ(*text_header("Subject", "two für one"), "Subject: two =?UTF-8?Q?f=C3=BCr?= one\r\n");
  EXPECT_EQ(*text_header("Subject", "a  b"), "Subject: =?UTF-8?Q?a__b?=\r\n");
  EXPECT_EQ(*text_header("Subject", "привет"), "Subject: =?UTF-8?B?0L/RgNC40LLQtdGC?=\r\n");
}

TEST(TextHeader, TextThatLooksEncodedIsEncoded) {
  EXPECT_EQ(*text_header("Subject", "=?utf-8?q?x?="),
            "Subject: =?UTF-8?B?PT91dGYtOD9xP3g/PQ==?=\r\n");
}

TEST(Header, ControlCharactersAreRefused) {
  for (int c = 0; c < 0x20; ++c) {
    std::string value = std::string("a") + static_cast<char>(c) + "b";
    EXPECT_FALSE(text_header("Subject", value)) << c;
    EXPECT_FALSE(structured_header("List-Id", value)) << c;
    EXPECT_FALSE(mailbox_header("To", {value, "ana@example.com"})) << c;
  }
  EXPECT_FALSE(text_header("Subject", "a\x7f"));
  EXPECT_FALSE(text_header("Subject", "a\xff"));
  EXPECT_FALSE(text_header("Subject", "a\xed\xa0\x80"));  // half a surrogate pair
}

TEST(Header, NamesAreChecked) {
  EXPECT_TRUE(text_header("X-A", "b"));
  for (const char* name : {"", "X A", "X:A", "X\r\nBcc", "Größe"}) {
    EXPECT_FALSE(text_header(name, "b")) << name;
  }
  EXPECT_FALSE(text_header(std::string(51, 'X'), "b"));
}

TEST(Header, SizeIsBounded) {
  EXPECT_TRUE(text_header("Subject", std::string(kMaxMailHeaderBytes, 'x')));
  EXPECT_FALSE(text_header("Subject", std::string(kMaxMailHeaderBytes + 1, 'x')));
}

TEST(StructuredHeader, LongUrlsStayWhole) {
  std::string url = "<https://shop.example/u/" + std::string(200, 'a') + ">";
  EXPECT_EQ(*structured_header("List-Unsubscribe", url + ", <mailto:u@shop.example>"),
            "List-Unsubscribe:\r\n " + url + ",\r\n <mailto:u@shop.example>\r\n");
  EXPECT_TRUE(structured_header("List-Unsubscribe", std::string(997, 'x')));
  EXPECT_FALSE(structured_header("List-Unsubscribe", std::string(998, 'x')));
  EXPECT_FALSE(structured_header("List-Unsubscribe", "<https://größe.example/>"));
}

TEST(MailboxHeader, ByExample) {
  auto field = [](const char* name) { return *mailbox_header("To", {name, "a@b.example"}); };
  EXPECT_EQ(field(""), "To: a@b.example\r\n");
  EXPECT_EQ(field("Ana"), "To: Ana <a@b.example>\r\n");
  EXPECT_EQ(field("Lima, Ana"), "To: \"Lima, Ana\" <a@b.example>\r\n");
  EXPECT_EQ(field("Ana \"x\" \\"), "To: \"Ana \\\"x\\\" \\\\\" <a@b.example>\r\n");
  EXPECT_EQ(field("José"), "To: =?UTF-8?B?Sm9zw6k=?= <a@b.example>\r\n");
  EXPECT_EQ(*mailbox_text({"Lima, José", "a@b.example"}), "\"Lima, José\" <a@b.example>");
}

// --- the whole ---

TEST(Mime, TheSameMailGivesTheSameBytes) {
  Mail mail = sample_mail();
  std::string first = *build_mime(mail);
  mail.attempt = 7;
  EXPECT_EQ(*build_mime(mail), first);
  mail.message_id = "other.0@shop.example";
  EXPECT_NE(*build_mime(mail), first);
}

TEST(Mime, DateIsRfc5322) {
  EXPECT_EQ(mail_date(*parse_instant("2026-03-28T12:00:00Z")), "Sat, 28 Mar 2026 12:00:00 +0000");
  EXPECT_EQ(mail_date(*parse_instant("2024-02-29T23:59:59.9Z")), "Thu, 29 Feb 2024 23:59:59 +0000");
}

TEST(Mime, OnePartWhereThereIsOnlyOne) {
  Mail mail = sample_mail();
  mail.html = "";
  EXPECT_THAT(*build_mime(mail), HasSubstr("Content-Type: text/plain; charset=utf-8\r\n"));
  mail.html = std::exchange(mail.text, "") + "=";
  EXPECT_THAT(*build_mime(mail), HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
  EXPECT_THAT(*build_mime(mail), HasSubstr("cart\r\n=3D\r\n"));
  mail.html = "";
  EXPECT_FALSE(build_mime(mail));
}

TEST(Mime, HeadersThatAreNotTheCallersAreRefused) {
  for (const char* name : {"From", "BCC", "subject", "Content-Type", "Message-Id", "Received",
                           "DKIM-Signature", "X-Trig-Send"}) {  // the last is given twice
    Mail mail = sample_mail();
    mail.headers.push_back({name, "x"});
    EXPECT_FALSE(build_mime(mail)) << name;
  }
  Mail mail = sample_mail();
  mail.headers.clear();
  for (std::size_t i = 0; i < kMaxMailHeaders; ++i) {
    mail.headers.push_back({fmt::format("X-{}", i), "x"});
  }
  EXPECT_TRUE(build_mime(mail));
  mail.headers.push_back({"X-More", "x"});
  EXPECT_FALSE(build_mime(mail));
}

TEST(Mime, MessageIdIsChecked) {
  for (const char* id : {"", "a", "@", "a@", "@b", "a@b@c", "a b@c", "<a@b>", "a@b\r\nX: y"}) {
    Mail mail = sample_mail();
    mail.message_id = id;
    EXPECT_FALSE(build_mime(mail)) << id;
  }
}

TEST(Mime, SizeIsBounded) {
  Mail mail = sample_mail();
  mail.html = "";
  mail.text = std::string(kMaxMailBytes + 1, 'x');
  EXPECT_FALSE(build_mime(mail));
  // In quoted-printable it would grow over the bound.
  mail.text = std::string(kMaxMailBytes / 2, '=');
  EXPECT_FALSE(build_mime(mail));
  mail.text = std::string(kMaxMailBytes / 2, 'x');
  EXPECT_TRUE(build_mime(mail));
}

TEST(Mime, ReplyToIsWritten) {
  Mail mail = sample_mail();
  mail.reply_to = Mailbox{"Help", "help@shop.example"};
  EXPECT_THAT(*build_mime(mail), HasSubstr("\r\nReply-To: Help <help@shop.example>\r\n"));
}

// --- against Python's email package ---

// Texts that have broken other mailers, and pieces to mix at random.
const std::vector<std::string> kOdd = {
    "",
    " ",
    "plain",
    "two  spaces",
    "   around   ",
    "Grüße aus Köln",
    "日本語の件名はとても長いので折り返されなければなりません。そうでしょう？はい、そうです。",
    "👩‍👩‍👧‍👦 family and 🇵🇹 flag, é as e\u0301",
    "mixed ascii and ünïcödé words, long enough that the line has to be folded at least once or "
    "twice",
    "=?UTF-8?Q?already?= encoded",
    "=?UTF-8?B?",
    "\"quoted\" \\ back\\slash",
    "comma, semicolon; colon: <angle> (paren) [bracket] @at",
    "a@b.example",
    "ends with space ",
    ".",
    "a.b.c",
    "?= =?",
    "\u0085next line, \u2028line and \u2029paragraph separators",
    "\u00a0no-break\u00a0space",
    "\u202eright to left\u202c",
    "\ufeffbyte order mark",
    "_under_score_ and = equals ? question",
    "\U0010ffff last code point",
    std::string(70, 'x'),
    std::string(71, 'x'),
    std::string(300, 'x'),
    std::string(300, 'x') + " and " + std::string(300, 'y'),
    std::string(200, ' ') + "x" + std::string(200, ' ') + "y",
    "Re: [list] subject (was: old) <tag>",
};

class MailFolder {
 public:
  // Writes the mail and what it was made from.
  void add(const Mail& mail) {
    Result<std::string> bytes = build_mime(mail);
    ASSERT_TRUE(bytes) << bytes.error().message;
    boost::json::object facts{{"subject", mail.subject},
                              {"note", mail.headers[0].value},
                              {"unsubscribe", mail.headers[1].value},
                              {"from_name", mail.from.name},
                              {"from", mail.from.address},
                              {"to_name", mail.to.name},
                              {"to", mail.to.address},
                              {"text", mail.text},
                              {"html", mail.html}};
    ++count_;
    write(fmt::format("{}.eml", count_), *bytes);
    write(fmt::format("{}.json", count_), boost::json::serialize(facts));
  }

  // Python's verdict: empty if it agrees with every mail.
  std::string differences() {
    std::filesystem::path log = folder_.path() / "log";
    test::Child python({"python3", TRIG_TESTS "/unit/mime_check.py", folder_.path().string()}, log);
    return python.wait() == 0 ? "" : test::read_whole(log);
  }

 private:
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_.path() / name, std::ios::binary) << bytes;
  }
  test::TempFolder folder_;
  int count_ = 0;
};

Mail odd_mail(const std::string& subject, const std::string& name, const std::string& body) {
  Mail mail = sample_mail();
  mail.subject = subject;
  mail.from.name = name;
  mail.to.name = name;
  mail.text = body + "!";  // a body must not be empty
  mail.html = "<p>" + body + "</p>";
  mail.headers = {{"X-Note", subject},
                  {"List-Unsubscribe", "<https://shop.example/u/" + std::string(120, 'a') +
                                           ">, <mailto:u@shop.example>"}};
  return mail;
}

TEST(MimeDifferential, PythonReadsWhatWasMeant) {
  MailFolder folder;
  for (const std::string& one : kOdd) {
    folder.add(odd_mail(one, one, one));
    folder.add(odd_mail("before " + one, one + " after", one + "\r\n.\r\n" + one + " \n\r\t\n"));
    folder.add(odd_mail(one + " after", "before " + one + ", after", one + one + "\rx"));
  }
  EXPECT_EQ(folder.differences(), "");
}

std::string random_text(std::mt19937_64& random) {
  std::string text;
  for (std::uint64_t pieces = random() % 6; pieces > 0; --pieces) {
    if (random() % 3 != 0) {
      text += kOdd[random() % kOdd.size()].substr(0, 400);
      while (!text.empty() && !is_utf8(text)) text.pop_back();
    } else {
      constexpr char kMarks[] = " \"\\<>()@,;:=?_.-ab";
      for (std::uint64_t i = random() % 20; i > 0; --i) {
        text += kMarks[random() % (sizeof kMarks - 1)];
      }
    }
    if (random() % 2 != 0) text += ' ';
  }
  return text;
}

TEST(MimeDifferential, PythonReadsRandomMails) {
  std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  MailFolder folder;
  for (int i = 0; i < 300; ++i) {
    folder.add(odd_mail(random_text(random), random_text(random), random_text(random)));
  }
  EXPECT_EQ(folder.differences(), "");
}

// Header lines that begin a field: not continued, and before the empty line.
std::size_t fields_in(const std::string& message) {
  std::size_t fields = 0;
  for (std::size_t at = 0; message.compare(at, 2, "\r\n") != 0;) {
    if (message[at] != ' ') ++fields;
    at = message.find("\r\n", at) + 2;
  }
  return fields;
}

TEST(MimeProperty, AnyTextGivesTheSameHeaderFields) {
  std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  std::mt19937_64 random(seed);
  const std::size_t usual = fields_in(*build_mime(odd_mail("a", "b", "c")));
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string subject = random_text(random);
    std::string name = random_text(random);
    // Now and then what must never get through, anywhere.
    for (std::string* text : {&subject, &name}) {
      if (random() % 4 != 0) continue;
      constexpr std::string_view kEvil[] = {"\r\nBcc: x@x.example", "\nX: y", "\r", "\r\n\r\nbody"};
      text->insert(random() % (text->size() + 1), kEvil[random() % 4]);
    }
    Result<std::string> message = build_mime(odd_mail(subject, name, "c"));
    if (!message) {
      ++refused;
      ASSERT_TRUE(has_control(subject) || has_control(name) || !is_utf8(subject) || !is_utf8(name))
          << message.error().message;
      continue;
    }
    ASSERT_EQ(fields_in(*message), usual) << *message;
  }
  EXPECT_GT(refused, 5'000);
}

}  // namespace
}  // namespace trig::delivery
