// The types of the language, resolved. A Type is a small value; what it points to (the items of a
// list, the fields of a record, the words of a `one of`) stands in the TypeTable of the program.
//
//   Type items = types.list_of(types.record("cart_item"));
//   types.name(items)   // "list of cart_item"
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/text_range.h"

namespace trig::ir {

enum class Kind : std::uint8_t {
  kInvalid,  // after an error was reported: fits everything, so that one mistake is told once
  kMissing,  // the type of a value that is known to be absent
  kBoolean,
  kInteger,
  kNumber,
  kPercent,
  kMoney,
  kText,
  kDate,
  kTime,
  kDateTime,
  kDuration,
  kEmail,
  kUrl,
  kCountry,   // ISO 3166-1 alpha-2, upper case
  kLanguage,  // BCP 47 primary tag with optional region: "fr", "pt-BR"
  kTimezone,  // a name of the tz database
  kCampaign,
  kTemplate,
  kMessage,
  kOneOf,   // detail: index of the choices
  kList,    // detail: index of the element type
  kRecord,  // detail: index of the record; events, catalogs rows and record types are records
};

struct Type {
  Kind kind = Kind::kInvalid;
  bool optional = false;  // `T?`
  std::uint32_t detail = 0;

  bool valid() const { return kind != Kind::kInvalid; }
  Type required() const { return {kind, false, detail}; }
  Type or_missing() const { return {kind, true, detail}; }
  friend bool operator==(const Type&, const Type&) = default;
};

struct Field {
  std::string name;
  Type type;
  TextRange range;  // of the name in its declaration
};

struct RecordType {
  std::string name;  // "cart_item", an event's or catalog's name, "person"
  std::vector<Field> fields;
  TextRange range;

  // Index of the field, or -1.
  int find(std::string_view field) const;
};

inline constexpr Type kBooleanType{Kind::kBoolean, false, 0};
inline constexpr Type kIntegerType{Kind::kInteger, false, 0};
inline constexpr Type kTextType{Kind::kText, false, 0};

class TypeTable {
 public:
  Type list_of(Type element);
  Type one_of(std::vector<std::string> choices);
  // A new record type; fields may be filled in later through record_at.
  Type add_record(RecordType record);
  Type record(std::string_view name) const;  // kInvalid if there is none

  Type element(Type list) const { return elements_[list.detail]; }
  const std::vector<std::string>& choices(Type one_of) const { return choices_[one_of.detail]; }
  const RecordType& record_at(Type record) const { return records_[record.detail]; }
  RecordType& record_at(Type record) { return records_[record.detail]; }

  std::string name(Type type) const;  // as a user writes it: "list of cart_item", "text?"

 private:
  friend struct TypeTableParts;  // for the codec of programs
  std::vector<Type> elements_;
  std::vector<std::vector<std::string>> choices_;
  std::deque<RecordType> records_;
};

// Kinds whose values are text underneath: text, email, url, country, language, time zone, one of,
// campaign, template and message names.
bool is_textual(Kind kind);
bool is_numeric(Kind kind);  // integer, number, percent

}  // namespace trig::ir
