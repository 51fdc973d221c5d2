#include "compiler/check/lint/once_only.h"

#include <array>

namespace trig::check {

bool comes_once(std::string_view event, std::string_view field) {
  // `started` is not among them: checkouts and sessions are reported as started again and again.
  constexpr std::array<std::string_view, 5> kVerbs = {"completed", "placed", "created", "issued",
                                                      "registered"};
  constexpr std::string_view kId = "_id";
  if (!field.ends_with(kId)) return false;
  const std::string_view noun = field.substr(0, field.size() - kId.size());
  if (!event.starts_with(noun) || event.size() <= noun.size() || event[noun.size()] != '_')
    return false;
  const std::string_view verb = event.substr(noun.size() + 1);
  for (std::string_view known : kVerbs)
    if (verb == known) return true;
  return false;
}

}  // namespace trig::check
