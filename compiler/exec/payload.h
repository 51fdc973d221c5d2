// Payloads: JSON objects as senders write them, to typed records and back, by the declared mapping
// (ir::RecordSource). Numbers may be JSON numbers or decimal text; money is a number beside its
// currency, or "40 EUR"; an empty text for an optional field that is no text counts as missing.
//
// Bounds: kMaxListItems items of a list, kMaxValueDepth levels.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/exec/person_state.h"
#include "compiler/ir/program.h"

namespace trig::exec {

struct DecodedRecord {
  ir::Items fields;                   // in the order of the record
  std::vector<std::string> problems;  // why it is not what was declared; empty: it is
};
DecodedRecord decode_record(const ir::Program& program, ir::Type record, std::string_view payload);

// The traits of an identify that the person declares; unknown ones are left out, ill-typed ones are
// problems and left out.
struct Traits {
  std::vector<PersonField> fields;
  std::vector<std::string> problems;
};
Traits decode_traits(const ir::Program& program, std::string_view payload);

// How senders may write a field's name: as declared, in camelCase, in Title Case; in the order in
// which they are tried.
std::vector<std::string> spellings_of(const std::string& name);
// The field beside an amount that says its currency.
std::string currency_name(const ir::FieldSource& source);

// The inverse of decode_record, for tests written in the language.
std::string encode_payload(const ir::Program& program, ir::Type record, const ir::Items& fields);

// JSON for a partner, appended: numbers are numbers, money is {"amount": 40, "currency": "EUR"}, a
// duration its seconds, a missing value null.
void write_json(const ir::Program& program, ir::Type type, const ir::Value& value,
                std::string& out);
void write_json(std::string_view text, std::string& out);

// A history row keeps (name, value) of the fields some window reads, so that it outlives a deploy.
// A value of another type than the program's is missing.
std::string encode_history_row(const ir::Program& program, const ir::EventType& event,
                               const ir::Items& fields);
ir::Items decode_history_row(const ir::Program& program, const ir::EventType& event,
                             std::string_view row);

}  // namespace trig::exec
