// The text part of a mail, derived from its HTML (RFC 2046 §5.1.4 wants the alternatives to say the
// same). Links are written out as `text (address)`, list items marked, headings set apart, table
// cells kept on one line; scripts, styles, comments and what is hidden are left out.
//
//   html_to_text("See <a href=\"https://a.example\">here</a>")
//   // "See here (https://a.example)\n"
#pragma once

#include <string>
#include <string_view>

namespace trig::liquid {

std::string html_to_text(std::string_view html);

// &amp; &#39; &#x27; &nbsp; … as characters; what is no entity stays.
std::string decode_entities(std::string_view html);

}  // namespace trig::liquid
