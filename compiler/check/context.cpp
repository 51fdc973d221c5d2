#include "compiler/check/context.h"

#include <cctype>

namespace trig::check {

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
