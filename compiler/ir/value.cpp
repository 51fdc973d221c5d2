#include "compiler/ir/value.h"

#include <fmt/format.h>

#include <type_traits>

#include "compiler/base/limits.h"

namespace trig::ir {
namespace {

template <typename T, typename Variant>
struct IndexOf;
template <typename T, typename... Rest>
struct IndexOf<T, std::variant<T, Rest...>> : std::integral_constant<std::uint8_t, 0> {};
template <typename T, typename First, typename... Rest>
struct IndexOf<T, std::variant<First, Rest...>>
    : std::integral_constant<std::uint8_t, 1 + IndexOf<T, std::variant<Rest...>>::value> {};

// The stored tag of a kind is its place in the variant: append there, never reorder.
template <typename T>
constexpr std::uint8_t kTag = IndexOf<T, decltype(Value::data)>::value;

void encode_items(const Items& items, ByteWriter& writer) {
  writer.varint(items.size());
  for (const Value& item : items) {
    if (item.missing())  // most fields of a record that keeps a few
      writer.u8(kTag<Missing>);
    else
      encode(item, writer);
  }
}

Value decode_at(ByteReader& reader, std::size_t depth);

Items decode_items(ByteReader& reader, std::size_t depth) {
  std::uint64_t count = reader.varint();
  if (count > reader.rest().size() || depth > kMaxValueDepth) {  // an item takes at least a byte
    reader.mark_bad();
    return {};
  }
  Items items;
  items.reserve(count);
  for (std::uint64_t i = 0; i < count && reader.ok(); ++i)
    items.push_back(decode_at(reader, depth + 1));
  return items;
}

Money decode_money(ByteReader& reader) {
  Decimal amount = Decimal::from_millionths(reader.zigzag());
  return {amount, Currency{reader.fixed32()}};
}

Value decode_at(ByteReader& reader, std::size_t depth) {
  switch (reader.u8()) {
    case kTag<Missing>: return Missing{};
    case kTag<bool>: return reader.u8() != 0;
    case kTag<std::int64_t>: return reader.zigzag();
    case kTag<Decimal>: return Decimal::from_millionths(reader.zigzag());
    case kTag<Money>: return decode_money(reader);
    case kTag<std::string>: return reader.text();
    case kTag<Date>: return Date(std::chrono::days(reader.zigzag()));
    case kTag<TimeOfDay>: return TimeOfDay{static_cast<std::int16_t>(reader.zigzag())};
    case kTag<Instant>: return Instant(Duration(reader.zigzag()));
    case kTag<Duration>: return Duration(reader.zigzag());
    case kTag<List>: return Value::list(decode_items(reader, depth));
    case kTag<Record>: return Value::record(decode_items(reader, depth));
  }
  reader.mark_bad();
  return Missing{};
}

std::string items_text(const Items& items, char open, char close) {
  std::string text(1, open);
  for (const Value& item : items) {
    if (text.size() > 1) text += ", ";
    text += to_string(item);
  }
  return text + close;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

bool same_items(const Items& a, const Items& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!same(a[i], b[i])) return false;
  return true;
}

}  // namespace

bool Currency::parse(std::string_view text, Currency& currency) {
  if (text.size() != 3) return false;
  std::uint32_t code = 0;
  for (char c : text) {
    if (c < 'A' || c > 'Z') return false;
    code = (code << 8) | static_cast<unsigned char>(c);
  }
  currency.code = code;
  return true;
}

std::string Currency::to_string() const {
  if (code == 0) return "of any currency";
  return {static_cast<char>(code >> 16), static_cast<char>(code >> 8), static_cast<char>(code)};
}

int Currency::decimal_places() const {
  std::string name = to_string();
  // ISO 4217 table A.1: the currencies in use whose minor unit is not a hundredth.
  for (std::string_view none : {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG",
                                "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"})
    if (name == none) return 0;
  for (std::string_view three : {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
    if (name == three) return 3;
  return 2;
}

std::string Money::to_string() const {
  int places = currency.decimal_places();
  Decimal minor = Decimal::from_millionths(amount.millionths());
  std::string exact = minor.to_string();
  std::size_t point = exact.find('.');
  bool finer =
      point != std::string::npos && exact.size() - point - 1 > static_cast<std::size_t>(places);
  return (finer ? exact : amount.to_string(places)) + " " + currency.to_string();
}

bool same(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index()) return false;
  if (const List* list = a.get<List>()) return same_items(*list->items, *b.get<List>()->items);
  if (const Record* record = a.get<Record>())
    return same_items(*record->fields, *b.get<Record>()->fields);
  return std::visit(
      [&](const auto& left) {
        using T = std::decay_t<decltype(left)>;
        if constexpr (std::is_same_v<T, List> || std::is_same_v<T, Record>)
          return false;
        else
          return left == std::get<T>(b.data);
      },
      a.data);
}

std::string to_string(const Value& value) {
  return std::visit(
      [](const auto& data) -> std::string {
        using T = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<T, Missing>) return "missing";
        if constexpr (std::is_same_v<T, bool>) return data ? "true" : "false";
        if constexpr (std::is_same_v<T, std::int64_t>) return std::to_string(data);
        if constexpr (std::is_same_v<T, Decimal> || std::is_same_v<T, Money>)
          return data.to_string();
        if constexpr (std::is_same_v<T, std::string>) return quoted(data);
        if constexpr (std::is_same_v<T, Date> || std::is_same_v<T, TimeOfDay> ||
                      std::is_same_v<T, Instant>)
          return trig::to_string(data);
        if constexpr (std::is_same_v<T, Duration>) return duration_text(data);
        if constexpr (std::is_same_v<T, List>) return items_text(*data.items, '[', ']');
        if constexpr (std::is_same_v<T, Record>) return items_text(*data.fields, '{', '}');
      },
      value.data);
}

// By a switch: std::visit calls through a table, for rows whose fields are mostly missing.
void encode(const Value& value, ByteWriter& writer) {
  const auto& data = value.data;
  writer.u8(static_cast<std::uint8_t>(data.index()));
  switch (data.index()) {
    case kTag<Missing>: break;
    case kTag<bool>: writer.u8(*std::get_if<bool>(&data) ? 1 : 0); break;
    case kTag<std::int64_t>: writer.zigzag(*std::get_if<std::int64_t>(&data)); break;
    case kTag<Decimal>: writer.zigzag(std::get_if<Decimal>(&data)->millionths()); break;
    case kTag<Money>: {
      const Money& money = *std::get_if<Money>(&data);
      writer.zigzag(money.amount.millionths());
      writer.fixed32(money.currency.code);
      break;
    }
    case kTag<std::string>: writer.text(*std::get_if<std::string>(&data)); break;
    case kTag<Date>: writer.zigzag(std::get_if<Date>(&data)->time_since_epoch().count()); break;
    case kTag<TimeOfDay>: writer.zigzag(std::get_if<TimeOfDay>(&data)->minutes); break;
    case kTag<Instant>:
      writer.zigzag(std::get_if<Instant>(&data)->time_since_epoch().count());
      break;
    case kTag<Duration>: writer.zigzag(std::get_if<Duration>(&data)->count()); break;
    case kTag<List>: encode_items(*std::get_if<List>(&data)->items, writer); break;
    case kTag<Record>: encode_items(*std::get_if<Record>(&data)->fields, writer); break;
  }
}

Value decode_value(ByteReader& reader) { return decode_at(reader, 0); }

}  // namespace trig::ir
