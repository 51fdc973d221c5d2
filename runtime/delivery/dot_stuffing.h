// A message as it follows DATA: every line end as CRLF, a dot before each line that begins with
// one, then the line with the single dot that ends it (RFC 5321 §4.5.2).
//
// A CR or LF that stands alone is made a CRLF before dots are looked for: two servers must never
// disagree about where a message ends (SMTP smuggling, CVE-2023-51764 and its kin).
#pragma once

#include <string>
#include <string_view>

namespace trig::delivery {

std::string dot_stuffed(std::string_view message);

}  // namespace trig::delivery
