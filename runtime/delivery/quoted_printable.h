// Quoted-printable bodies (RFC 2045 §6.7) of UTF-8 text. Any line end (CRLF, LF, CR) becomes CRLF;
// lines have at most 76 characters; no trailing white space; ASCII only.
//
//   quoted_printable("Grüße\n")   // "Gr=C3=BC=C3=9Fe\r\n"
//
// A "=" in the text becomes "=3D": the output never holds "=_", which boundaries rely on.
#pragma once

#include <string>
#include <string_view>

namespace trig::delivery {

std::string quoted_printable(std::string_view text);

// "=3D" for "=": also how encoded words in headers write an octet (RFC 2047 §4.2).
void append_quoted_octet(std::string& out, char c);

}  // namespace trig::delivery
