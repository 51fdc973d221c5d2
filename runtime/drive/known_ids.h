// KnownIds: the ids of people, for events that came without: what happened to a mail was found by
// the name of the mail, which a back-test does not know, and belongs to the ids that its person had
// then. Takes lines as runtime/report/event_page.h writes them, in their order.
//
//   KnownIds known;
//   Status done = known.add(R"({"person":12,"type":"track",…})", lines);
//   // lines: {"userId":"ana","type":"track",…}, where 12 was ana's before
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "compiler/base/result.h"

namespace trig::drive {

class KnownIds {
 public:
  // Appends the line, with its end. Failure: it has another form.
  Status add(std::string_view line, std::string& lines);

 private:
  std::unordered_map<std::string, std::string> ids_;  // by person, as JSON
};

}  // namespace trig::drive
