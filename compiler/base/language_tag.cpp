#include "compiler/base/language_tag.h"

#include <algorithm>

#include "compiler/base/ascii.h"

namespace trig {
namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool all(std::string_view text, bool (*test)(char)) {
  return std::all_of(text.begin(), text.end(), test);
}

// The part before the next separator, cut off `rest`.
std::string_view take_part(std::string_view& rest) {
  std::size_t end = std::min(rest.find_first_of("-_"), rest.size());
  std::string_view part = rest.substr(0, end);
  rest.remove_prefix(end == rest.size() ? end : end + 1);
  return part;
}

}  // namespace

std::optional<std::string> canonical_language_tag(std::string_view text) {
  if (text.ends_with('-') || text.ends_with('_')) return std::nullopt;
  std::string_view rest = text;
  std::string_view language = take_part(rest);
  if (language.size() < 2 || language.size() > 3 || !all(language, is_letter)) return std::nullopt;
  std::string tag;
  for (char c : language) tag += to_lower(c);
  std::string_view part = take_part(rest);
  if (part.size() == 4 && all(part, is_letter)) {  // a script: Hans
    tag += '-';
    tag += upper(part.front());
    for (char c : part.substr(1)) tag += to_lower(c);
    part = take_part(rest);
  }
  const bool region = (part.size() == 2 && all(part, is_letter)) ||
                      (part.size() == 3 && all(part, is_digit));  // UN M.49: 419
  if (region) {
    tag += '-';
    for (char c : part) tag += upper(c);
    part = {};
  }
  if (!part.empty() || !rest.empty()) return std::nullopt;
  return tag;
}

std::vector<std::string> language_chain(std::string_view tag, const LanguageFallbacks& fallbacks) {
  std::vector<std::string> chain;
  auto add = [&](std::string_view one) {
    if (std::find(chain.begin(), chain.end(), one) == chain.end()) chain.emplace_back(one);
  };
  add(tag);
  for (std::size_t i = 0; i < chain.size(); ++i) {
    const std::string known = chain[i];
    if (std::size_t cut = known.rfind('-'); cut != std::string::npos) add(known.substr(0, cut));
    if (auto next = fallbacks.find(known); next != fallbacks.end()) add(next->second);
  }
  return chain;
}

}  // namespace trig
