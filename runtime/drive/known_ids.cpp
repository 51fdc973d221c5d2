#include "runtime/drive/known_ids.h"

namespace trig::drive {

Status KnownIds::add(std::string_view line, std::string& lines) {
  constexpr std::string_view kPerson = "{\"person\":";
  const std::size_t comma = line.find(',');
  const std::size_t type = line.find("\"type\":");  // in a text its quotes would be escaped
  if (!line.starts_with(kPerson) || comma == line.npos || type == line.npos || type < comma)
    return fail("an event does not begin with its person");
  const std::string person(line.substr(kPerson.size(), comma - kPerson.size()));
  const std::string_view ids = line.substr(comma + 1, type - comma - 1);
  lines += '{';
  if (!ids.empty() || person == "0") {  // 0: nobody
    if (person != "0") ids_[person] = ids;
    lines += ids;
  } else if (const auto known = ids_.find(person); known != ids_.end()) {
    lines += known->second;
  }
  lines += line.substr(type);
  lines += '\n';
  return {};
}

}  // namespace trig::drive
