// Scalar values from text and back: how payloads, lists and imports spell them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "compiler/ir/type.h"
#include "compiler/ir/value.h"

namespace trig::exec {

// nullopt if the text is not a value of that type. Lists and records are not scalars.
std::optional<ir::Value> parse_scalar(const ir::TypeTable& types, ir::Type type,
                                      std::string_view text);
// The same for the types that are text underneath (ir::is_textual), without a copy: `text`, a part
// of it or, where a value is spelt otherwise, what was put into `changed`.
std::optional<std::string_view> parse_textual(const ir::TypeTable& types, ir::Type type,
                                              std::string_view text, std::string& changed);
std::optional<ir::Money> parse_money(std::string_view text);  // "40 EUR"

// The text parse_scalar reads back.
std::string scalar_to_text(const ir::Value& value);

// RFC 5321 mailbox in its everyday form: one @, a dot-atom or UTF-8 before it, a host name after.
bool is_email(std::string_view text);

}  // namespace trig::exec
