#include "compiler/exec/native_record.h"

#include <bit>

namespace trig::exec {
namespace {

SlotKind slot_kind(ir::Kind kind) {
  switch (kind) {
    case ir::Kind::kBoolean: return SlotKind::kBoolean;
    case ir::Kind::kInteger: return SlotKind::kInteger;
    case ir::Kind::kNumber:
    case ir::Kind::kPercent: return SlotKind::kNumber;
    case ir::Kind::kMoney: return SlotKind::kMoney;
    case ir::Kind::kDate: return SlotKind::kDate;
    case ir::Kind::kTime: return SlotKind::kTime;
    case ir::Kind::kDateTime: return SlotKind::kInstant;
    case ir::Kind::kDuration: return SlotKind::kDuration;
    case ir::Kind::kText:
    case ir::Kind::kEmail:
    case ir::Kind::kUrl:
    case ir::Kind::kCountry:
    case ir::Kind::kLanguage:
    case ir::Kind::kTimezone:
    case ir::Kind::kCampaign:
    case ir::Kind::kTemplate:
    case ir::Kind::kMessage:
    case ir::Kind::kOneOf: return SlotKind::kText;
    case ir::Kind::kInvalid:
    case ir::Kind::kMissing:
    case ir::Kind::kList:
    case ir::Kind::kRecord: return SlotKind::kValue;
  }
  return SlotKind::kValue;
}

template <typename T>
bool fill_count(const T* count, std::uint64_t* words) {
  if (count == nullptr) return false;
  if constexpr (std::is_same_v<T, TimeOfDay>)
    *words = static_cast<std::uint64_t>(std::int64_t{count->minutes});
  else if constexpr (std::is_same_v<T, Duration>)
    *words = static_cast<std::uint64_t>(count->count());
  else
    *words = static_cast<std::uint64_t>(std::int64_t{count->time_since_epoch().count()});
  return true;
}

}  // namespace

RecordLayout::RecordLayout(const ir::Program& program, ir::Type record) {
  const std::vector<ir::Field>& fields = program.types.record_at(record).fields;
  words_ = (fields.size() + 63) / 64;
  for (const ir::Field& field : fields) {
    SlotKind kind = slot_kind(field.type.kind);
    slots_.push_back({kind, static_cast<std::uint32_t>(words_)});
    words_ += kind == SlotKind::kMoney || kind == SlotKind::kText ? 2 : 1;
  }
  ids_.resize(fields.size());
}

std::uint32_t RecordLayout::add_constant(std::uint32_t field, std::string_view text) {
  if (ids_[field].empty()) compared_.push_back(field);
  return ids_[field].add(text) + 1;
}

std::uint32_t RecordLayout::id_of(std::uint32_t field, std::string_view text) const {
  static_assert(TextTable::kNone + 1 == 0);
  return ids_[field].empty() ? 0 : ids_[field].find(text) + 1;
}

void RecordLayout::write(ByteWriter& writer) const {
  writer.varint(words_);
  writer.varint(slots_.size());
  for (std::size_t field = 0; field < slots_.size(); ++field) {
    writer.u8(static_cast<std::uint8_t>(slots_[field].kind));
    writer.varint(slots_[field].word);
    writer.varint(ids_[field].size());
    for (std::uint32_t id = 0; id < ids_[field].size(); ++id) writer.text(ids_[field].text(id));
  }
}

bool RecordLayout::fill(const ir::Items& fields, NativeRecord& record) const {
  if (fields.size() != slots_.size()) return false;
  record.assign(words_, 0);  // also of what is missing: an empty text may be looked at
  for (std::uint32_t field = 0; field < fields.size(); ++field) {
    if (fields[field].missing()) continue;
    if (!fill_field(field, fields[field], record.data())) return false;
  }
  return true;
}

bool RecordLayout::fill_field(std::uint32_t field, const ir::Value& value,
                              std::uint64_t* record) const {
  if (!fill_slot(field, value, record + slots_[field].word)) return false;
  set_present(record, field);
  return true;
}

void RecordLayout::set_ids(std::uint64_t* record, std::string_view payload) const {
  for (std::uint32_t field : compared_) {
    if (!is_present(record, field)) continue;
    std::uint64_t* words = record + slots_[field].word;
    std::string_view text(std::bit_cast<const char*>(words[0]),
                          static_cast<std::uint32_t>(words[1]));
    // Past the end of a text stands more of the payload, but not past the end of that.
    const std::uint64_t at = words[0] - std::bit_cast<std::uint64_t>(payload.data());
    const bool readable = at < payload.size() && payload.size() - at >= TextTable::kReadable;
    const std::uint32_t known = readable ? ids_[field].find_readable(text) : ids_[field].find(text);
    words[1] = std::uint64_t{known + 1} << 32 | text.size();
  }
}

bool RecordLayout::fill_slot(std::uint32_t field, const ir::Value& value,
                             std::uint64_t* words) const {
  switch (slots_[field].kind) {
    case SlotKind::kBoolean: {
      const bool* boolean = value.get<bool>();
      if (boolean != nullptr) *words = *boolean ? 1 : 0;
      return boolean != nullptr;
    }
    case SlotKind::kInteger: {
      const std::int64_t* whole = value.get<std::int64_t>();
      if (whole != nullptr) *words = static_cast<std::uint64_t>(*whole);
      return whole != nullptr;
    }
    case SlotKind::kNumber: {
      const Decimal* decimal = value.get<Decimal>();
      if (decimal != nullptr) *words = static_cast<std::uint64_t>(decimal->millionths());
      return decimal != nullptr;
    }
    case SlotKind::kMoney: {
      const ir::Money* money = value.get<ir::Money>();
      if (money == nullptr) return false;
      words[0] = static_cast<std::uint64_t>(money->amount.millionths());
      words[1] = money->currency.code;
      return true;
    }
    case SlotKind::kText: {
      const std::string* text = value.get<std::string>();
      if (text == nullptr || text->size() > 0xffffffffU) return false;
      words[0] = std::bit_cast<std::uint64_t>(text->data());
      words[1] = std::uint64_t{id_of(field, *text)} << 32 | text->size();
      return true;
    }
    case SlotKind::kDate: return fill_count(value.get<Date>(), words);
    case SlotKind::kTime: return fill_count(value.get<TimeOfDay>(), words);
    case SlotKind::kInstant: return fill_count(value.get<Instant>(), words);
    case SlotKind::kDuration: return fill_count(value.get<Duration>(), words);
    case SlotKind::kValue: *words = std::bit_cast<std::uint64_t>(&value); return true;
  }
  return false;
}

}  // namespace trig::exec
