// Mail addresses: checked, taken apart and written anew, so that nothing in an address can end a
// header or an SMTP command. Sources: RFC 5321 §4.1.2 and §4.5.3.1 (sizes), RFC 5891 (IDN).
//
//   Result<Address> ana = parse_address("ana@bücher.example");
//   ana->text();   // "ana@xn--bcher-kva.example"
//
// Failure: not an address; a domain that IDNA 2008 does not allow; a local part outside ASCII,
// which would need SMTPUTF8 (RFC 6531) on the whole way (then `needs_smtputf8` is true: 5.6.7); an
// address literal ("[192.0.2.1]"), which a campaign has no use for.
#pragma once

#include <string>
#include <string_view>

#include "compiler/base/result.h"

namespace trig::delivery {

struct Address {
  std::string local;   // as it is written in mail: a dot-atom, or a quoted string
  std::string domain;  // ASCII: labels of letters, digits and hyphens

  std::string text() const { return local + "@" + domain; }
};

Result<Address> parse_address(std::string_view text);

// True if the part before the last @ has a byte outside ASCII.
bool needs_smtputf8(std::string_view text);

// True for what RFC 5322 calls atext: it needs no quotes in a local part or a phrase.
bool is_atext(char c);

}  // namespace trig::delivery
