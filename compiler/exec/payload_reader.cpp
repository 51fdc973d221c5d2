#include "compiler/exec/payload_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "compiler/base/limits.h"
#include "compiler/exec/json_tokens.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/plain_members.h"
#include "compiler/exec/record_plan.h"
#include "compiler/exec/scalar.h"

namespace trig::exec {
namespace {

constexpr std::size_t kLeastTexts = 64;  // bytes; their place must outlive a move of the string

// A scalar as it is read: of its type's members one says what it is.
struct Scalar {
  bool missing = false;
  std::int64_t number = 0;         // boolean, integer; millionths of a number or an amount
  std::uint32_t currency = 0;      // of money
  std::string_view text;           // of textual types
  std::optional<ir::Value> other;  // dates and their kin
};

bool parse_decimal(std::string_view text, std::int64_t& millionths) {
  auto decimal = Decimal::parse(text);
  if (decimal) millionths = decimal->millionths();
  return decimal.has_value();
}

// A number as decode_record sees it: it goes through binary floating point and its shortest text.
// Up to 15 digits that changes nothing.
bool exact_millionths(const JsonNumber& number, std::int64_t& millionths) {
  constexpr std::uint32_t kExactDigits = 15;
  constexpr std::uint32_t kMostWhole = 12;
  if (number.digit_count > kExactDigits || number.decimals >= kScales.size() ||
      number.digit_count - number.decimals > kMostWhole)
    return false;
  const std::int64_t units = static_cast<std::int64_t>(number.digits) * kScales[number.decimals];
  millionths = number.negative ? -units : units;
  return true;
}

class Pass {
 public:
  Pass(const PayloadReader& reader, std::string& texts) : reader_(reader), texts_(texts) {}

  bool index(std::string_view payload) {
    if (!tokens_.index(payload)) return false;
    texts_.clear();
    // Texts that are written otherwise are never longer, so what points here stays true.
    texts_.reserve(std::max(payload.size(), kLeastTexts));
    return true;
  }
  bool at_end(std::uint32_t token) const { return token == tokens_.count(); }

  // One of `native` and `items`, or neither: then it is only judged.
  bool record(const RecordPlan* plan, std::uint32_t& token, std::size_t depth,
              std::uint64_t* native, ir::Items* items) {
    if (plan == nullptr || !plan->readable || tokens_.at(token) != '{') return false;
    Into into(*plan, depth, native, items);
    if (!plan->deferred.empty()) std::fill_n(into.places.of.begin(), plan->keys.size(), 0);
    if (!members(into, token)) return false;
    const RecordPlan::FieldSet missing = plan->direct & ~into.done;
    if ((missing & plan->required) != 0) return false;
    if (items != nullptr)
      for (RecordPlan::FieldSet left = missing & plan->fallbacks; left != 0; left &= left - 1) {
        const auto index = static_cast<std::size_t>(std::countr_zero(left));
        (*items)[index] = *plan->fields[index].fallback;
      }
    for (std::uint8_t index : plan->deferred)
      if (!deferred_field(into, index)) return false;
    for (std::uint32_t i = 0; i < into.places.count; ++i) {
      std::uint32_t at = into.places.of[into.places.found[i]];
      if (!into.places.judged[into.places.found[i]] && !tokens_.skip(at)) return false;
    }
    return true;
  }

 private:
  // Of the names that are not one field's alone.
  struct Places {
    std::array<std::uint32_t, kMostKeys> of;     // by key: the token of its first value; 0: none
    std::array<std::uint16_t, kMostKeys> found;  // keys that are there
    std::array<bool, kMostKeys> judged;          // by key, of those
    std::uint32_t count;
  };
  struct Into {
    Into(const RecordPlan& of, std::size_t at, std::uint64_t* words, ir::Items* values)
        : plan(of), depth(at), native(words), items(values) {
      places.count = 0;
    }
    const RecordPlan& plan;
    std::size_t depth;
    std::uint64_t* native;
    ir::Items* items;
    RecordPlan::FieldSet done = 0;
    RecordPlan::FieldSet nulls = 0;
    std::array<std::uint8_t, kMostFields> rank;  // of the fields done or null
    Places places;
  };

  bool members(Into& into, std::uint32_t& token) {
    PlainMembers plain;
    plain.token = token + 1;
    plain.before = into.plan.beginning();
    plain.ranks = into.rank.data();
    if (tokens_.at(plain.token) == '}') plain.ended = true;
    for (; !plain.ended; ++plain.token) {
      if (into.items == nullptr && plain_members(into, plain)) break;
      if (!member(into, plain)) return false;
      const char c = tokens_.at(plain.token);
      if (c == '}') break;
      if (c != ',') return false;
    }
    token = plain.token + 1;
    return true;
  }

  bool plain_members(Into& into, PlainMembers& plain) {
    plain.done = into.done;
    plain.nulls = into.nulls;
    read_plain_members(into.plan, tokens_, into.native, plain);
    into.done = plain.done;
    return plain.ended;
  }

  bool member(Into& into, PlainMembers& plain) {
    std::uint32_t& token = plain.token;
    if (tokens_.at(token) != '"' || tokens_.at(token + 1) != ':') return false;
    std::uint32_t key = TextTable::kNone;
    const std::string_view name = tokens_.raw_text(token);
    if (!find(into.plan, name, plain.before, key)) return false;
    token += 2;
    if (key == TextTable::kNone) return skip(token);
    if (into.plan.planned[key].field != PlannedKey::kManyFields)
      return direct_field(into, into.plan.planned[key], token);
    return note(into.places, static_cast<std::uint16_t>(key), token);
  }

  // The key that has this name, or none; false where it has to be unescaped.
  bool find(const RecordPlan& plan, std::string_view name, std::uint16_t& before,
            std::uint32_t& key) const {
    std::atomic<std::uint16_t>& next = plan.next[before];
    const std::uint16_t guess = next.load(std::memory_order_acquire);
    if (plan.planned[guess].is_at(name.data(), tokens_.end_of_text())) {
      key = guess < plan.keys.size() ? guess : TextTable::kNone;
      before = guess;
      return true;
    }
    if (tokens_.has_escapes(name)) return false;
    key = static_cast<std::size_t>(tokens_.end_of_text() - name.data()) < TextTable::kReadable
              ? plan.keys.find(name)
              : plan.keys.find_readable(name);
    if (key == TextTable::kNone) {
      plan.learn(before, name);
    } else {
      before = static_cast<std::uint16_t>(key);
      next.store(before, std::memory_order_relaxed);
    }
    return true;
  }

  // Of what nobody declares most are texts, of which simdjson's index has judged all but escapes.
  bool skip(std::uint32_t& token) const {
    if (tokens_.at(token) != '"' || tokens_.any_escapes()) return tokens_.skip(token);
    ++token;
    return true;
  }

  bool note(Places& places, std::uint16_t key, std::uint32_t& token) {
    if (places.of[key] != 0) return tokens_.skip(token);
    places.of[key] = token;
    places.found[places.count++] = key;
    places.judged[key] = false;
    const char c = tokens_.at(token);
    if (c == '{' || c == '[') return tokens_.skip_unjudged(token);
    ++token;
    return true;
  }

  // What was read stays where no better name comes; which of several counts after a null is for
  // decode_record to say.
  bool direct_field(Into& into, const PlannedKey& use, std::uint32_t& token) {
    const RecordPlan::FieldSet bit = RecordPlan::FieldSet{1} << use.field;
    if ((into.nulls & bit) != 0) return false;
    if ((into.done & bit) != 0) return use.rank >= into.rank[use.field] && tokens_.skip(token);
    into.rank[use.field] = use.rank;
    if (tokens_.at(token) == 'n') {
      into.nulls |= bit;
      return tokens_.is(token++, "null");
    }
    bool missing = false;
    if (!read_field(into, use.field, token, missing)) return false;
    if (missing)
      into.nulls |= bit;
    else
      into.done |= bit;
    return true;
  }

  // The token of the value that decode_record would take; 0: there is none.
  bool choose(Into& into, const RecordPlan::Candidates& names, std::uint32_t& chosen) {
    chosen = 0;
    for (std::uint32_t i = names.first; i < names.first + names.count; ++i) {
      const RecordPlan::Candidate& candidate = into.plan.candidates[i];
      const std::uint32_t token = into.places.of[candidate.key];
      if (token == 0) continue;
      into.places.judged[candidate.key] = true;
      if (tokens_.at(token) != 'n') {
        chosen = token;
        return true;
      }
      if (!tokens_.is(token, "null")) return false;
      while (!into.plan.candidates[i].last_of_name) ++i;
    }
    return true;
  }

  bool deferred_field(Into& into, std::uint8_t index) {
    const RecordPlan::Field& field = into.plan.fields[index];
    std::uint32_t token = 0;
    bool missing = true;
    if (into.places.count > 0 && !choose(into, field.names, token)) return false;
    if (token != 0) {
      missing = false;
      if (!read_field(into, index, token, missing)) return false;
    }
    if (!missing) return true;
    if (field.fallback == nullptr) return field.type.optional;
    if (into.items != nullptr) (*into.items)[index] = *field.fallback;
    return true;
  }

  // Past the value at `token`; `missing`: an empty text that stands for nothing.
  bool read_field(Into& into, std::uint8_t index, std::uint32_t& token, bool& missing) {
    const RecordPlan::Field& field = into.plan.fields[index];
    if (field.slot.kind == SlotKind::kValue) {
      if (!value(field.type, token, into.depth,
                 into.items == nullptr ? nullptr : &(*into.items)[index]))
        return false;
      if (into.native == nullptr) return true;
      into.native[field.slot.word] = 0;
      RecordLayout::set_present(into.native, index);
      return true;
    }
    Scalar scalar;
    const bool read = field.type.kind == ir::Kind::kMoney
                          ? money(into.plan, field, token, into.places, scalar)
                          : read_scalar(field.type, token, scalar);
    if (!read) return false;
    ++token;
    missing = scalar.missing;
    if (missing) return true;
    if (into.items != nullptr) (*into.items)[index] = value_of(field.type, scalar);
    return into.native == nullptr || store(into.plan, index, scalar, into.native);
  }

  bool money(const RecordPlan& plan, const RecordPlan::Field& field, std::uint32_t token,
             Places& places, Scalar& scalar) {
    if (tokens_.at(token) == '"') {
      std::string_view text;
      if (!read_text(token, text)) return false;
      if (auto whole = parse_money(text)) {
        scalar.number = whole->amount.millionths();
        scalar.currency = whole->currency.code;
        return true;
      }
      if (!parse_decimal(text, scalar.number)) return false;
    } else if (!decimal(token, scalar.number)) {
      return false;
    }
    for (std::uint32_t i = 0; i < field.currency.count; ++i) {
      const std::uint16_t key = plan.candidates[field.currency.first + i].key;
      if (places.of[key] == 0) continue;
      places.judged[key] = true;
      return currency(places.of[key], scalar.currency);
    }
    return false;
  }

  bool decimal(std::uint32_t token, std::int64_t& millionths) {
    std::uint32_t digits = 0;
    std::uint32_t decimals = 0;
    if (tokens_.short_number(token, digits, decimals)) {
      millionths = millionths_of(digits, decimals);
      return true;
    }
    JsonNumber number;
    return tokens_.number(token, number) && exact_millionths(number, millionths);
  }

  bool currency(std::uint32_t token, std::uint32_t& code) {
    constexpr std::size_t kLetters = 3;
    if (tokens_.at(token) != '"') return false;
    const std::string_view letters = tokens_.raw_text(token);
    if (letters.size() != kLetters) return false;
    code = 0;
    for (char c : letters) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
      if (c < 'A' || c > 'Z') return false;
      code = code << 8 | static_cast<unsigned char>(c);
    }
    return true;
  }

  bool read_text(std::uint32_t token, std::string_view& text) {
    text = tokens_.raw_text(token);
    if (!tokens_.has_escapes(text)) return true;
    if (texts_.capacity() - texts_.size() < text.size()) return false;
    const std::size_t begin = texts_.size();
    if (!unescape(text, texts_)) return false;
    text = std::string_view(texts_).substr(begin);
    return true;
  }

  bool read_scalar(ir::Type type, std::uint32_t token, Scalar& scalar) {
    const char c = tokens_.at(token);
    if (c == '"') {
      std::string_view text;
      if (!read_text(token, text)) return false;
      if (type.kind == ir::Kind::kText) {
        scalar.text = text;
        return true;
      }
      scalar.missing = text.empty() && type.optional;
      return scalar.missing || scalar_of_text(type, text, scalar);
    }
    if (type.kind == ir::Kind::kBoolean) {
      scalar.number = c == 't' ? 1 : 0;
      return tokens_.is(token, c == 't' ? "true" : "false");
    }
    std::uint32_t digits = 0;
    std::uint32_t decimals = 0;
    if (type.kind == ir::Kind::kInteger && tokens_.short_number(token, digits, decimals)) {
      scalar.number = digits;
      return decimals == 0;
    }
    JsonNumber number;
    if (!(c == '-' || (c >= '0' && c <= '9')) || !tokens_.number(token, number)) return false;
    const bool plain = number.decimals == 0 && !(number.negative && number.digits == 0);
    switch (type.kind) {
      case ir::Kind::kNumber:
      case ir::Kind::kPercent: return exact_millionths(number, scalar.number);
      case ir::Kind::kInteger:
        scalar.number = static_cast<std::int64_t>(number.digits);
        if (number.negative) scalar.number = -scalar.number;
        return plain;
      case ir::Kind::kText: scalar.text = number.text; return plain;
      default: return false;  // NOLINT: rare; decode_record knows
    }
  }

  bool scalar_of_text(ir::Type type, std::string_view text, Scalar& scalar) {
    if (type.kind == ir::Kind::kNumber) return parse_decimal(text, scalar.number);
    if (ir::is_textual(type.kind)) {
      std::string changed;
      auto found = parse_textual(reader_.program().types, type, text, changed);
      if (!found) return false;
      scalar.text = *found;
      if (found->data() != changed.data() || changed.empty()) return true;
      if (texts_.capacity() - texts_.size() < changed.size()) return false;
      const std::size_t begin = texts_.size();
      texts_ += changed;
      scalar.text = std::string_view(texts_).substr(begin);
      return true;
    }
    auto value = parse_scalar(reader_.program().types, type, text);
    if (!value) return false;
    if (const bool* boolean = value->get<bool>())
      scalar.number = *boolean ? 1 : 0;
    else if (const std::int64_t* whole = value->get<std::int64_t>())
      scalar.number = *whole;
    else if (const Decimal* decimal = value->get<Decimal>())
      scalar.number = decimal->millionths();
    else
      scalar.other = std::move(*value);
    return true;
  }

  bool store(const RecordPlan& plan, std::uint32_t index, const Scalar& scalar,
             std::uint64_t* native) {
    const Slot& slot = plan.fields[index].slot;
    if (scalar.other) return plan.layout.fill_field(index, *scalar.other, native);
    std::uint64_t* words = native + slot.word;
    if (slot.kind == SlotKind::kText) {
      words[0] = std::bit_cast<std::uint64_t>(scalar.text.data());
      words[1] = scalar.text.size();
    } else {
      words[0] = static_cast<std::uint64_t>(scalar.number);
      if (slot.kind == SlotKind::kMoney) words[1] = scalar.currency;
    }
    RecordLayout::set_present(native, index);
    return true;
  }

  static ir::Value value_of(ir::Type type, Scalar& scalar) {
    if (scalar.other) return std::move(*scalar.other);
    if (ir::is_textual(type.kind)) return std::string(scalar.text);
    if (type.kind == ir::Kind::kBoolean) return scalar.number != 0;
    if (type.kind == ir::Kind::kInteger) return scalar.number;
    const Decimal decimal = Decimal::from_millionths(scalar.number);
    if (type.kind == ir::Kind::kMoney) return ir::Money{decimal, {scalar.currency}};
    return decimal;
  }

  bool value(ir::Type type, std::uint32_t& token, std::size_t depth, ir::Value* to) {
    if (depth >= kMaxValueDepth) return false;
    if (type.kind == ir::Kind::kList) return list(type, token, depth, to);
    if (type.kind == ir::Kind::kRecord) {
      const RecordPlan* plan = reader_.plan_of(type);
      ir::Items fields;
      if (plan != nullptr && to != nullptr) fields.resize(plan->fields.size());
      if (!record(plan, token, depth + 1, nullptr, to == nullptr ? nullptr : &fields)) return false;
      if (to != nullptr) *to = ir::Value::record(std::move(fields));
      return true;
    }
    Scalar scalar;
    if (!read_scalar(type, token++, scalar)) return false;
    if (to != nullptr) *to = scalar.missing ? ir::Value() : value_of(type, scalar);
    return true;
  }

  bool list(ir::Type type, std::uint32_t& token, std::size_t depth, ir::Value* to) {
    if (tokens_.at(token) != '[') return false;
    const ir::Type element = reader_.program().types.element(type);
    ir::Items items;
    std::size_t count = 0;
    if (tokens_.at(++token) != ']')
      for (;; ++token) {
        if (++count > kMaxListItems) return false;
        ir::Value* item = to == nullptr ? nullptr : &items.emplace_back();
        if (!value(element, token, depth + 1, item)) return false;
        if (tokens_.at(token) == ']') break;
        if (tokens_.at(token) != ',') return false;
      }
    ++token;
    if (to != nullptr) *to = ir::Value::list(std::move(items));
    return true;
  }

  const PayloadReader& reader_;
  std::string& texts_;
  JsonTokens tokens_;
};

}  // namespace

PayloadReader::PayloadReader(const ir::Program& program)
    : program_(program), plans_(program.sources.size()) {
  for (const ir::EventType& event : program.events) add(event.record);
}

PayloadReader::PayloadReader(PayloadReader&&) noexcept = default;
PayloadReader::~PayloadReader() = default;

void PayloadReader::add(ir::Type type) {
  while (type.kind == ir::Kind::kList) type = program_.types.element(type);
  if (type.kind != ir::Kind::kRecord || plans_[type.detail] != nullptr) return;
  plans_[type.detail] = plan_record(program_, type);
  for (const ir::Field& field : program_.types.record_at(type).fields) add(field.type);
}

bool PayloadReader::read(ir::Type record, std::string_view payload, NativeRecord& native,
                         std::string& texts) const {
  const RecordPlan* plan = plan_of(record);
  Pass pass(*this, texts);
  if (plan == nullptr || !pass.index(payload)) return false;
  native = plan->blank;
  std::uint32_t token = 0;
  return pass.record(plan, token, 0, native.data(), nullptr) && pass.at_end(token);
}

bool PayloadReader::read(ir::Type record, std::string_view payload, ir::Items& fields) const {
  const RecordPlan* plan = plan_of(record);
  thread_local std::string texts;
  Pass pass(*this, texts);
  if (plan == nullptr || !pass.index(payload)) return false;
  fields.assign(plan->fields.size(), {});
  std::uint32_t token = 0;
  return pass.record(plan, token, 0, nullptr, &fields) && pass.at_end(token);
}

}  // namespace trig::exec
