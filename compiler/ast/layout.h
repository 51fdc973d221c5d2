// Text that knows where it may break. A group stands on one line if it fits; otherwise all its own
// breaks become line ends (Wadler, "A prettier printer", 1998, without choice between layouts).
//
//   Doc call = group(text("send x(") + indented(soft_break() + text("a: 1")) + soft_break() +
//                    text(")"));
//   std::vector<std::string> lines = layout(call, 2, 0);   // at two columns, nothing after it
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace trig::ast {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kIndent = 2;

struct Doc {
  enum class Kind : std::uint8_t { kText, kBreak, kConcat, kGroup, kIndented };
  Kind kind = Kind::kConcat;
  std::string text;        // of kText; of kBreak: what stands for it on one line
  std::vector<Doc> parts;  // of kConcat; of kGroup and kIndented: exactly one
  std::size_t width = 0;   // on one line

  Doc& operator+=(Doc part);
  friend Doc operator+(Doc left, Doc right) { return std::move(left += std::move(right)); }
};

Doc text(std::string_view words);
Doc line_break();  // a blank or a line end
Doc soft_break();  // nothing or a line end
Doc group(Doc inner);
Doc indented(Doc inner);

std::string flat(const Doc& doc);
// Lines without the indentation of the first one, `column` columns; later lines hold what they have
// beyond it. `after` columns stay free behind the last line.
std::vector<std::string> layout(const Doc& doc, std::size_t column, std::size_t after);

std::size_t columns(std::string_view text);  // code points

}  // namespace trig::ast
