#include "compiler/check/context.h"

#include <cctype>

namespace trig::check {
namespace {

// Says that something is not there.
bool tells_absence(Code code) {
  return code == Code::kNoPolicy || code == Code::kNoTrigger || code == Code::kNoSteps ||
         code == Code::kStepNamesNothing || code == Code::kConsentUnsaid ||
         code == Code::kPersonWithoutEmail || code == Code::kPersonWithoutKey ||
         code == Code::kMissingArgument || code == Code::kMissingField ||
         code == Code::kTestWithoutTime;
}

}  // namespace

Diagnostic& Context::report(Code code, TextRange range,
                            std::initializer_list<std::string_view> words) {
  bool consequence = tells_absence(code) && broken.contains(range.source);
  return (consequence ? discarded : diagnostics).report(code, range, words);
}

std::string Context::quote(TextRange range) const {
  std::string line;
  for (char c : sources.text_of(range)) {
    bool blank = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!blank)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  return line;
}

}  // namespace trig::check
