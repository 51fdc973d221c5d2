#include "compiler/ir/table.h"

#include <algorithm>
#include <numeric>

#include "compiler/base/check.h"
#include "compiler/base/codec.h"

namespace trig::ir {
namespace {

std::string_view key_at(std::string_view bytes, std::uint32_t offset) {
  return ByteReader(bytes.substr(offset)).text_view();
}

std::string_view behind_key(std::string_view bytes, std::uint32_t offset) {
  std::string_view key = key_at(bytes, offset);
  return bytes.substr(static_cast<std::size_t>(key.data() - bytes.data()) + key.size());
}

std::string text_of(const Value& value) {
  if (const std::string* text = value.get<std::string>()) return *text;
  return value.missing() ? std::string() : to_string(value);
}

std::string field_text(std::string_view bytes, std::uint32_t offset, int field) {
  ByteReader reader(behind_key(bytes, offset));
  Value value;
  for (int i = 0; i <= field; ++i) value = decode_value(reader);
  return text_of(value);
}

}  // namespace

std::string table_key_from_text(std::string_view text, Kind kind) {
  std::string key(text);
  if (kind != Kind::kEmail) return key;
  for (char& c : key)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return key;
}

std::string table_key(const Value& value, Kind kind) {
  return table_key_from_text(text_of(value), kind);
}

Table::Rows Table::find(std::string_view key) const {
  auto less = [&](std::uint32_t offset, std::string_view wanted) {
    return key_at(bytes_, offset) < wanted;
  };
  auto greater = [&](std::string_view wanted, std::uint32_t offset) {
    return wanted < key_at(bytes_, offset);
  };
  auto begin = std::lower_bound(offsets_.begin(), offsets_.end(), key, less);
  auto end = std::upper_bound(begin, offsets_.end(), key, greater);
  return {static_cast<std::size_t>(begin - offsets_.begin()),
          static_cast<std::size_t>(end - offsets_.begin())};
}

std::string_view Table::key(std::size_t position) const {
  return key_at(bytes_, offsets_[position]);
}

Items Table::row(std::size_t position) const {
  ByteReader reader(behind_key(bytes_, offsets_[position]));
  Items fields;
  fields.reserve(field_count_);
  for (std::size_t i = 0; i < field_count_; ++i) fields.push_back(decode_value(reader));
  TRIG_CHECK(reader.ok(), "a row of a table cannot be read");
  return fields;
}

std::vector<std::uint32_t> Table::group(std::string_view value, std::size_t at_most) const {
  if (grouped_by_ < 0) return {};
  auto less = [&](std::uint32_t position, std::string_view wanted) {
    return field_text(bytes_, offsets_[position], grouped_by_) < wanted;
  };
  std::vector<std::uint32_t> found;
  for (auto place = std::lower_bound(grouped_.begin(), grouped_.end(), value, less);
       place != grouped_.end() && found.size() < at_most &&
       field_text(bytes_, offsets_[*place], grouped_by_) == value;
       ++place)
    found.push_back(*place);
  return found;
}

std::string Table::version_text() const { return to_hex(version_).substr(0, 8); }

TableBuilder::TableBuilder(std::size_t field_count, int grouped_by) {
  table_.field_count_ = field_count;
  table_.grouped_by_ = grouped_by;
}

void TableBuilder::add(std::string_view key, const Items& fields) {
  TRIG_CHECK(fields.size() == table_.field_count_, "a row with another number of fields");
  ByteWriter writer;
  writer.text(key);
  for (const Value& field : fields) encode(field, writer);
  auto offset = static_cast<std::uint32_t>(table_.bytes_.size());
  table_.offsets_.push_back(offset);
  added_order_.push_back(offset);
  table_.bytes_ += writer.take();
  TRIG_CHECK(table_.bytes_.size() < UINT32_MAX, "a table larger than its offsets reach");
  row_ends_.push_back(static_cast<std::uint32_t>(table_.bytes_.size()));
  sorted_ = false;
}

void TableBuilder::sort() {
  if (sorted_) return;
  sorted_ = true;
  std::stable_sort(table_.offsets_.begin(), table_.offsets_.end(),
                   [&](std::uint32_t a, std::uint32_t b) {
                     return key_at(table_.bytes_, a) < key_at(table_.bytes_, b);
                   });
}

std::string_view TableBuilder::content(std::uint32_t offset) const {
  std::uint32_t end = row_ends_[number_of(offset)];
  return std::string_view(table_.bytes_).substr(offset, end - offset);
}

std::size_t TableBuilder::number_of(std::uint32_t offset) const {
  auto place = std::lower_bound(added_order_.begin(), added_order_.end(), offset);
  return static_cast<std::size_t>(place - added_order_.begin());
}

std::optional<std::size_t> TableBuilder::find_crowded(std::size_t at_most) {
  sort();
  const auto& offsets = table_.offsets_;
  for (std::size_t i = at_most; i < offsets.size(); ++i)
    if (key_at(table_.bytes_, offsets[i]) == key_at(table_.bytes_, offsets[i - at_most]))
      return number_of(offsets[i]);
  return std::nullopt;
}

std::optional<TableBuilder::Twice> TableBuilder::find_twice(bool whole) {
  sort();
  std::vector<std::uint32_t> same_key;
  const auto& offsets = table_.offsets_;
  for (std::size_t begin = 0; begin < offsets.size();) {
    std::size_t end = begin + 1;
    while (end < offsets.size() &&
           key_at(table_.bytes_, offsets[end]) == key_at(table_.bytes_, offsets[begin]))
      ++end;
    if (!whole && end - begin > 1)
      return Twice{number_of(offsets[begin]), number_of(offsets[begin + 1])};
    same_key.assign(offsets.begin() + static_cast<std::ptrdiff_t>(begin),
                    offsets.begin() + static_cast<std::ptrdiff_t>(end));
    std::stable_sort(same_key.begin(), same_key.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return content(a) < content(b); });
    for (std::size_t i = 1; i < same_key.size(); ++i)
      if (content(same_key[i - 1]) == content(same_key[i]))
        return Twice{number_of(same_key[i - 1]), number_of(same_key[i])};
    begin = end;
  }
  return std::nullopt;
}

void TableBuilder::drop_repeated() {
  sort();
  auto& offsets = table_.offsets_;
  offsets.erase(std::unique(offsets.begin(), offsets.end(),
                            [&](std::uint32_t a, std::uint32_t b) {
                              return key_at(table_.bytes_, a) == key_at(table_.bytes_, b);
                            }),
                offsets.end());
}

Table TableBuilder::finish(const Hash128& version) {
  sort();
  table_.version_ = version;
  if (table_.grouped_by_ >= 0) {
    std::vector<std::string> texts;
    for (std::uint32_t offset : table_.offsets_)
      texts.push_back(field_text(table_.bytes_, offset, table_.grouped_by_));
    table_.grouped_.resize(texts.size());
    std::iota(table_.grouped_.begin(), table_.grouped_.end(), 0U);
    std::stable_sort(table_.grouped_.begin(), table_.grouped_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return texts[a] < texts[b]; });
  }
  table_.bytes_.shrink_to_fit();
  table_.offsets_.shrink_to_fit();
  return std::move(table_);
}

}  // namespace trig::ir
