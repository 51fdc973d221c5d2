// Values as JSON for a partner, as against payload.cpp, which writes what it reads back itself.
#include <fmt/format.h>

#include "compiler/exec/payload.h"
#include "compiler/exec/scalar.h"

namespace trig::exec {

void write_json(std::string_view text, std::string& out) {
  out += '"';
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20) {
      out += fmt::format("\\u{:04x}", c);
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

void write_json(const ir::Program& program, ir::Type type, const ir::Value& value,
                std::string& out) {
  if (value.missing()) {
    out += "null";
  } else if (const ir::List* list = value.get<ir::List>()) {
    out += '[';
    for (std::size_t i = 0; i < list->items->size(); ++i) {
      if (i > 0) out += ',';
      write_json(program, program.types.element(type), (*list->items)[i], out);
    }
    out += ']';
  } else if (const ir::Record* record = value.get<ir::Record>()) {
    const ir::RecordType& fields = program.types.record_at(type);
    out += '{';
    for (std::size_t i = 0; i < fields.fields.size(); ++i) {
      if (i > 0) out += ',';
      write_json(fields.fields[i].name, out);
      out += ':';
      write_json(program, fields.fields[i].type, (*record->fields)[i], out);
    }
    out += '}';
  } else if (const bool* boolean = value.get<bool>()) {
    out += *boolean ? "true" : "false";
  } else if (const std::int64_t* integer = value.get<std::int64_t>()) {
    out += std::to_string(*integer);
  } else if (const Decimal* number = value.get<Decimal>()) {
    out += number->to_string();
  } else if (const ir::Money* money = value.get<ir::Money>()) {
    out += fmt::format(R"({{"amount":{},"currency":"{}"}})", money->amount.to_string(),
                       money->currency.to_string());
  } else if (value.get<Duration>() != nullptr) {
    out += scalar_to_text(value);
  } else {
    write_json(scalar_to_text(value), out);
  }
}

}  // namespace trig::exec
