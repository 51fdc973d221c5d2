// What somebody types into the REPL, as text: of which kind it is, and whether it is complete.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/program.h"

namespace trig::drive {

enum class InputKind : std::uint8_t {
  kNothing,       // blanks and comments
  kCommand,       // :why ana
  kDeclarations,  // event, campaign, …
  kLines,         // of a `test` block
  kExpression,
};
InputKind kind_of(std::string_view input);

// How the brackets of a text stand. Those in texts and comments are none.
enum class Brackets : std::uint8_t { kBalanced, kOpen, kTooManyClosed };
Brackets brackets_of(std::string_view input);

// Whether the input goes on in the next line: a bracket is open, or it is a `:file` without the
// line `.` that ends it. Never beyond kMaxReplInputBytes.
bool wants_more(std::string_view input);

// The first word of a text and what follows it, both without blanks around them.
struct FirstWord {
  std::string word;
  std::string rest;
};
FirstWord first_word(std::string_view text);

// Lines of text → the inputs they make: the last may be incomplete.
std::vector<std::string> inputs_of(std::string_view text);

// A value as it is written in the language; empty where it cannot be (a moment, a missing value).
std::string literal_text(const ir::TypeTable& types, ir::Type type, const ir::Value& value);
// The fields of a record that are there, as `{ name: value, … }`.
std::string record_text(const ir::TypeTable& types, ir::Type record, const ir::Items& fields);
// A value as an answer shows it: like `literal_text`, but whatever it is.
std::string value_text(const ir::TypeTable& types, ir::Type type, const ir::Value& value);

}  // namespace trig::drive
