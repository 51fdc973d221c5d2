// Language tags as BCP 47 (RFC 5646) writes them, the parts that mail needs: a language, perhaps a
// script, perhaps a region.
//
//   canonical_language_tag("pt_br")    "pt-BR"
//   canonical_language_tag("french")   nullopt
//   language_chain("de-CH", {{"de", "en"}})    de-CH, de, en
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trig {

// The tag with its parts in the usual case and `-` between them; nullopt if it is none.
std::optional<std::string> canonical_language_tag(std::string_view text);

// Tag → the one to try after it.
using LanguageFallbacks = std::map<std::string, std::string>;

// What somebody who reads `tag` can be given, best first, each once: the tag, then the tag with
// fewer parts, then what `fallbacks` names for any of those, and so on.
std::vector<std::string> language_chain(std::string_view tag, const LanguageFallbacks& fallbacks);

}  // namespace trig
