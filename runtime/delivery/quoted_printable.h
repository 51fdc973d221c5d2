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

}  // namespace trig::delivery
