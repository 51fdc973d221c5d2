#include "compiler/exec/payload.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/exec/scalar.h"

namespace trig::exec {
namespace {

namespace dom = simdjson::dom;
using ir::Kind;

// One parser a thread: it keeps its buffers between payloads.
dom::parser& parser() {
  thread_local dom::parser instance;
  return instance;
}

std::string camel_case(std::string_view name, bool capital_first, std::string_view joint) {
  std::string text;
  bool capital = capital_first;
  for (char c : name) {
    if (c == '_') {
      text += joint;
      capital = true;
    } else {
      text += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
      capital = false;
    }
  }
  return text;
}

// The value under the first of the spellings that is there.
bool find_value(const dom::object& object, const std::string& name, dom::element& found) {
  if (object.at_key(name).get(found) == simdjson::SUCCESS) return true;
  if (name.find('_') == std::string::npos) return false;
  for (const std::string& spelling : spellings_of(name))
    if (object.at_key(spelling).get(found) == simdjson::SUCCESS) return true;
  return false;
}

// A JSON scalar as text, the common form that every conversion reads.
bool scalar_text(const dom::element& element, std::string& text) {
  switch (element.type()) {
    case dom::element_type::STRING: text = std::string(element.get_string().value()); return true;
    case dom::element_type::INT64: text = std::to_string(element.get_int64().value()); return true;
    case dom::element_type::UINT64:
      text = std::to_string(element.get_uint64().value());
      return true;
    case dom::element_type::DOUBLE:
      text = fmt::format("{}", element.get_double().value());
      return true;
    case dom::element_type::BOOL: text = element.get_bool().value() ? "true" : "false"; return true;
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT:
    case dom::element_type::NULL_VALUE: return false;
  }
  return false;
}

class Reader {
 public:
  Reader(const ir::Program& program, std::vector<std::string>& problems)
      : program_(program), problems_(problems) {}

  ir::Items record(ir::Type type, const dom::object& object, const std::string& path,
                   std::size_t depth) {
    const ir::RecordType& record = program_.types.record_at(type);
    const ir::RecordSource& source = program_.sources[type.detail];
    ir::Items fields(record.fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const ir::Field& field = record.fields[i];
      fields[i] = read_field(field, source.fields[i], object, path + field.name, depth);
      if (!fields[i].missing()) continue;
      fields[i] = source.defaults[i];
      if (fields[i].missing() && !field.type.optional && problems_.empty())
        problems_.push_back(fmt::format("`{}{}` is missing", path, field.name));
    }
    return fields;
  }

  // Missing where the payload has no such field.
  ir::Value read_field(const ir::Field& field, const ir::FieldSource& source,
                       const dom::object& object, const std::string& path, std::size_t depth) {
    for (const std::string& name : source.names) {
      if (name == ".") return whole_object(field.type, object, path, depth);
      dom::element found;
      if (!find_value(object, name, found) || found.is_null()) continue;
      if (field.type.kind == Kind::kMoney) return money(source, object, found, path);
      return value(field.type, found, path, depth);
    }
    return ir::Missing{};
  }

 private:
  ir::Value problem(const std::string& path, const ir::Type& type, std::string_view got) {
    problems_.push_back(
        fmt::format("`{}` should be {}, got {}", path, program_.types.name(type.required()), got));
    return ir::Missing{};
  }

  // `from "."`: the payload stands for the one item of a list, or for the record.
  ir::Value whole_object(ir::Type type, const dom::object& object, const std::string& path,
                         std::size_t depth) {
    if (depth >= kMaxValueDepth) return problem(path, type, "too deep a nesting");
    ir::Type element = type.kind == Kind::kList ? program_.types.element(type) : type;
    ir::Value item = ir::Value::record(record(element, object, path + ".", depth + 1));
    return type.kind == Kind::kList ? ir::Value::list({std::move(item)}) : item;
  }

  ir::Value money(const ir::FieldSource& source, const dom::object& object,
                  const dom::element& found, const std::string& path) {
    std::string amount_text;
    ir::Type type{Kind::kMoney};
    if (!scalar_text(found, amount_text)) return problem(path, type, shown(found));
    if (auto written = parse_money(amount_text)) return *written;
    auto amount = Decimal::parse(amount_text);
    if (!amount) return problem(path, type, shown(found));
    dom::element currency_element;
    std::string currency_text;
    ir::Currency currency;
    std::string name = currency_name(source);
    if (!find_value(object, name, currency_element) ||
        !scalar_text(currency_element, currency_text))
      return problem(path, type, fmt::format("an amount without `{}`", name));
    std::transform(currency_text.begin(), currency_text.end(), currency_text.begin(),
                   [](unsigned char c) { return std::toupper(c); });
    if (!ir::Currency::parse(currency_text, currency))
      return problem(path, type, fmt::format("the currency \"{}\"", currency_text));
    return ir::Money{*amount, currency};
  }

  ir::Value value(ir::Type type, const dom::element& element, const std::string& path,
                  std::size_t depth) {
    if (depth >= kMaxValueDepth) return problem(path, type, "too deep a nesting");
    if (type.kind == Kind::kList) return list(type, element, path, depth);
    if (type.kind == Kind::kRecord) {
      if (!element.is_object()) return problem(path, type, shown(element));
      return ir::Value::record(record(type, element.get_object().value(), path + ".", depth + 1));
    }
    std::string text;
    if (!scalar_text(element, text)) return problem(path, type, shown(element));
    if (text.empty() && type.optional && type.kind != Kind::kText) return ir::Missing{};
    bool boolean = element.is_bool();
    if (boolean != (type.kind == Kind::kBoolean) && (boolean || !element.is_string()))
      return problem(path, type, shown(element));
    auto scalar = parse_scalar(program_.types, type, text);
    if (!scalar) return problem(path, type, shown(element));
    return *scalar;
  }

  ir::Value list(ir::Type type, const dom::element& element, const std::string& path,
                 std::size_t depth) {
    if (!element.is_array()) return problem(path, type, shown(element));
    dom::array array = element.get_array().value();
    if (array.size() > kMaxListItems)
      return problem(path, type, fmt::format("{} items (at most {})", array.size(), kMaxListItems));
    ir::Items items;
    for (dom::element item : array)
      items.push_back(value(program_.types.element(type), item,
                            fmt::format("{}[{}]", path, items.size()), depth + 1));
    return ir::Value::list(std::move(items));
  }

  static std::string shown(const dom::element& element) {
    constexpr std::size_t kShownBytes = 60;
    std::string text = simdjson::minify(element);
    if (text.size() > kShownBytes) text = text.substr(0, kShownBytes) + "…";
    return text;
  }

  const ir::Program& program_;
  std::vector<std::string>& problems_;
};

bool parse_object(std::string_view payload, dom::object& object) {
  dom::element root;
  if (payload.empty()) payload = "{}";
  if (parser().parse(payload.data(), payload.size()).get(root) != simdjson::SUCCESS) return false;
  return root.get_object().get(object) == simdjson::SUCCESS;
}

void append_json(const ir::Program& program, ir::Type type, const ir::Value& value,
                 std::string& out) {
  if (const ir::List* list = value.get<ir::List>()) {
    out += '[';
    for (std::size_t i = 0; i < list->items->size(); ++i) {
      if (i > 0) out += ',';
      append_json(program, program.types.element(type), (*list->items)[i], out);
    }
    out += ']';
  } else if (const ir::Record* record = value.get<ir::Record>()) {
    out += encode_payload(program, type, *record->fields);
  } else if (const bool* boolean = value.get<bool>()) {
    out += *boolean ? "true" : "false";
  } else {
    write_json(scalar_to_text(value), out);
  }
}

bool is_of(const ir::Value& value, Kind kind) {
  switch (kind) {
    case Kind::kInvalid:
    case Kind::kMissing: return false;
    case Kind::kBoolean: return value.get<bool>() != nullptr;
    case Kind::kInteger: return value.get<std::int64_t>() != nullptr;
    case Kind::kNumber:
    case Kind::kPercent: return value.get<Decimal>() != nullptr;
    case Kind::kMoney: return value.get<ir::Money>() != nullptr;
    case Kind::kDate: return value.get<Date>() != nullptr;
    case Kind::kTime: return value.get<TimeOfDay>() != nullptr;
    case Kind::kDateTime: return value.get<Instant>() != nullptr;
    case Kind::kDuration: return value.get<Duration>() != nullptr;
    case Kind::kList: return value.get<ir::List>() != nullptr;
    case Kind::kRecord: return value.get<ir::Record>() != nullptr;
    case Kind::kText:
    case Kind::kEmail:
    case Kind::kUrl:
    case Kind::kCountry:
    case Kind::kLanguage:
    case Kind::kTimezone:
    case Kind::kCampaign:
    case Kind::kTemplate:
    case Kind::kMessage:
    case Kind::kOneOf: return value.get<std::string>() != nullptr;
  }
  return false;
}

}  // namespace

std::vector<std::string> spellings_of(const std::string& name) {
  if (name.find('_') == std::string::npos) return {name};
  return {name, camel_case(name, false, ""), camel_case(name, true, " ")};
}

std::string currency_name(const ir::FieldSource& source) {
  return source.currency.empty() ? "currency" : source.currency;
}

DecodedRecord decode_record(const ir::Program& program, ir::Type record, std::string_view payload) {
  DecodedRecord decoded;
  dom::object object;
  if (!parse_object(payload, object)) {
    decoded.problems.push_back("the payload is not a JSON object");
    return decoded;
  }
  decoded.fields = Reader(program, decoded.problems).record(record, object, "", 0);
  return decoded;
}

Traits decode_traits(const ir::Program& program, std::string_view payload) {
  Traits traits;
  dom::object object;
  if (!parse_object(payload, object)) {
    traits.problems.push_back("the traits are not a JSON object");
    return traits;
  }
  const ir::RecordType& person = program.types.record_at(program.person);
  const ir::RecordSource& source = program.sources[program.person.detail];
  Reader reader(program, traits.problems);
  for (std::size_t i = 0; i < person.fields.size(); ++i) {
    const ir::Field& field = person.fields[i];
    ir::Value value = reader.read_field(field, source.fields[i], object, field.name, 0);
    if (!value.missing()) traits.fields.push_back({name_hash(field.name), std::move(value)});
  }
  return traits;
}

std::string encode_payload(const ir::Program& program, ir::Type type, const ir::Items& fields) {
  const ir::RecordType& record = program.types.record_at(type);
  const ir::RecordSource& source = program.sources[type.detail];
  std::string out = "{";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].missing()) continue;
    const auto& names = source.fields[i].names;
    auto name = std::find_if(names.begin(), names.end(), [](const auto& n) { return n != "."; });
    if (out.size() > 1) out += ',';
    write_json(name == names.end() ? record.fields[i].name : *name, out);
    out += ':';
    append_json(program, record.fields[i].type, fields[i], out);
  }
  return out + "}";
}

std::string encode_history_row(const ir::Program& program, const ir::EventType& event,
                               const ir::Items& fields) {
  const ir::RecordType& record = program.types.record_at(event.record);
  ByteWriter writer;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (!event.history_fields[i] || fields[i].missing()) continue;
    writer.fixed64(static_cast<std::uint64_t>(name_hash(record.fields[i].name)));
    ir::encode(fields[i], writer);
  }
  return writer.take();
}

ir::Items decode_history_row(const ir::Program& program, const ir::EventType& event,
                             std::string_view row) {
  const ir::RecordType& record = program.types.record_at(event.record);
  ir::Items fields(record.fields.size());
  ByteReader reader(row);
  while (reader.ok() && !reader.at_end()) {
    NameHash name{reader.fixed64()};
    ir::Value value = ir::decode_value(reader);
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (name_hash(record.fields[i].name) == name && is_of(value, record.fields[i].type.kind))
        fields[i] = value;
  }
  return fields;
}

}  // namespace trig::exec
