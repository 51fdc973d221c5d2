#include "compiler/check/context.h"

#include <array>
#include <cctype>

#include "compiler/base/limits.h"

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

Span checked_span(Context& context, const ast::SpanLiteral& literal) {
  static constexpr std::array<std::int64_t, 7> kPerYear = {365LL * 86400, 365 * 1440, 365 * 24, 365,
                                                           53,            12,         1};
  std::int64_t longest = kMaxSpanYears * kPerYear[static_cast<std::size_t>(literal.span.unit)];
  if (literal.span.amount <= longest) return literal.span;
  context.report(Code::kSpanTooLong, literal.range, {std::to_string(kMaxSpanYears)})
      .hint("durations reach up to {} years", kMaxSpanYears);
  return {};
}

}  // namespace trig::check
