#include "compiler/ir/type.h"

#include <algorithm>

namespace trig::ir {

int RecordType::find(std::string_view field) const {
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == field) return static_cast<int>(i);
  return -1;
}

Type TypeTable::list_of(Type element) {
  auto known = std::find(elements_.begin(), elements_.end(), element);
  auto index = static_cast<std::uint32_t>(known - elements_.begin());
  if (known == elements_.end()) elements_.push_back(element);
  return {Kind::kList, false, index};
}

Type TypeTable::one_of(std::vector<std::string> choices) {
  auto known = std::find(choices_.begin(), choices_.end(), choices);
  auto index = static_cast<std::uint32_t>(known - choices_.begin());
  if (known == choices_.end()) choices_.push_back(std::move(choices));
  return {Kind::kOneOf, false, index};
}

Type TypeTable::add_record(RecordType record) {
  records_.push_back(std::move(record));
  return {Kind::kRecord, false, static_cast<std::uint32_t>(records_.size() - 1)};
}

Type TypeTable::record(std::string_view name) const {
  for (std::size_t i = 0; i < records_.size(); ++i)
    if (records_[i].name == name) return {Kind::kRecord, false, static_cast<std::uint32_t>(i)};
  return {};
}

std::string TypeTable::name(Type type) const {
  std::string text;
  switch (type.kind) {
    case Kind::kInvalid: text = "unknown"; break;
    case Kind::kMissing: return "missing";
    case Kind::kBoolean: text = "boolean"; break;
    case Kind::kInteger: text = "integer"; break;
    case Kind::kNumber: text = "number"; break;
    case Kind::kPercent: text = "percent"; break;
    case Kind::kMoney: text = "money"; break;
    case Kind::kText: text = "text"; break;
    case Kind::kDate: text = "date"; break;
    case Kind::kTime: text = "time"; break;
    case Kind::kDateTime: text = "datetime"; break;
    case Kind::kDuration: text = "duration"; break;
    case Kind::kEmail: text = "email"; break;
    case Kind::kUrl: text = "url"; break;
    case Kind::kCountry: text = "country"; break;
    case Kind::kLanguage: text = "language"; break;
    case Kind::kTimezone: text = "timezone"; break;
    case Kind::kCampaign: text = "campaign"; break;
    case Kind::kTemplate: text = "template"; break;
    case Kind::kMessage: text = "message"; break;
    case Kind::kOneOf: {
      text = "one of (";
      for (const std::string& choice : choices(type))
        text += (text.back() == '(' ? "\"" : ", \"") + choice + "\"";
      text += ")";
      break;
    }
    case Kind::kList: text = "list of " + name(element(type)); break;
    case Kind::kRecord: text = record_at(type).name; break;
  }
  return type.optional ? text + "?" : text;
}

bool is_textual(Kind kind) {
  switch (kind) {
    case Kind::kText:
    case Kind::kEmail:
    case Kind::kUrl:
    case Kind::kCountry:
    case Kind::kLanguage:
    case Kind::kTimezone:
    case Kind::kCampaign:
    case Kind::kTemplate:
    case Kind::kMessage:
    case Kind::kOneOf: return true;
    case Kind::kInvalid:
    case Kind::kMissing:
    case Kind::kBoolean:
    case Kind::kInteger:
    case Kind::kNumber:
    case Kind::kPercent:
    case Kind::kMoney:
    case Kind::kDate:
    case Kind::kTime:
    case Kind::kDateTime:
    case Kind::kDuration:
    case Kind::kList:
    case Kind::kRecord: return false;
  }
  return false;
}

bool is_numeric(Kind kind) {
  return kind == Kind::kInteger || kind == Kind::kNumber || kind == Kind::kPercent;
}

}  // namespace trig::ir
