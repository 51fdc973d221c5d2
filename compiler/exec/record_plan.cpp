#include "compiler/exec/record_plan.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "compiler/exec/payload.h"

namespace trig::exec {
namespace {

RecordPlan::Candidates add_names(RecordPlan& plan, const std::vector<std::string>& names) {
  RecordPlan::Candidates added{static_cast<std::uint32_t>(plan.candidates.size()), 0};
  for (const std::string& name : names) {
    if (name == ".") plan.readable = false;
    for (const std::string& spelling : spellings_of(name))
      plan.candidates.push_back({static_cast<std::uint16_t>(plan.keys.add(spelling)), false});
    plan.candidates.back().last_of_name = true;
  }
  added.count = static_cast<std::uint32_t>(plan.candidates.size()) - added.first;
  return added;
}

PlainKind plain_kind(ir::Kind kind) {
  if (kind == ir::Kind::kText) return PlainKind::kText;
  if (kind == ir::Kind::kNumber) return PlainKind::kNumber;
  return kind == ir::Kind::kInteger ? PlainKind::kInteger : PlainKind::kNone;
}

void find_direct(RecordPlan& plan) {
  std::vector<std::size_t> users(plan.keys.size());
  auto each = [&](const RecordPlan::Candidates& names, auto&& visit) {
    for (std::uint32_t i = 0; i < names.count; ++i)
      visit(plan.candidates[names.first + i].key, static_cast<std::uint8_t>(i));
  };
  for (const RecordPlan::Field& field : plan.fields)
    for (const RecordPlan::Candidates& names : {field.names, field.currency})
      each(names, [&](std::uint16_t key, std::uint8_t) { ++users[key]; });
  for (std::uint8_t index = 0; index < plan.fields.size(); ++index) {
    RecordPlan::Field& field = plan.fields[index];
    field.direct = field.type.kind != ir::Kind::kMoney;
    each(field.names,
         [&](std::uint16_t key, std::uint8_t) { field.direct = field.direct && users[key] == 1; });
    if (!field.direct) {
      plan.deferred.push_back(index);
      continue;
    }
    each(field.names, [&](std::uint16_t key, std::uint8_t rank) {
      plan.planned[key].field = index;
      plan.planned[key].rank = rank;
      plan.planned[key].plain = plain_kind(field.type.kind);
      plan.planned[key].word = field.slot.word;
    });
    const RecordPlan::FieldSet bit = RecordPlan::FieldSet{1} << index;
    plan.direct |= bit;
    if (field.fallback != nullptr)
      plan.fallbacks |= bit;
    else if (!field.type.optional)
      plan.required |= bit;
  }
}

}  // namespace

PlannedKey::PlannedKey(const std::string& key)
    : whole_(key.data()), size_(static_cast<std::uint32_t>(key.size())) {
  constexpr std::uint64_t kAll = ~std::uint64_t{0};
  const std::size_t in_first = std::min<std::size_t>(key.size(), 8);
  const std::size_t in_second = std::min(key.size(), kWords) - in_first;
  std::memcpy(&first_, key.data(), in_first);
  std::memcpy(&second_, key.data() + in_first, in_second);
  first_mask_ = in_first == 8 ? kAll : ~(kAll << in_first * 8);
  second_mask_ = in_second == 8 ? kAll : ~(kAll << in_second * 8);
  // What needs escapes never stands there like this.
  if (key.find('\\') == std::string::npos)
    reach_ = static_cast<std::int64_t>(std::max(key.size() + 1, kWords));
}

void RecordPlan::learn(std::uint16_t& before, std::string_view name) const {
  if (lessons_.load(std::memory_order_relaxed) >= kMostLessons) return;
  if (name.find('\\') != std::string_view::npos) return;
  std::lock_guard lock(learning_);
  lessons_.fetch_add(1, std::memory_order_relaxed);
  std::size_t known = 0;
  while (known < strangers_.size() && strangers_[known] != name) ++known;
  if (known == kMostStrangers) return;
  const std::size_t number = keys.size() + 1 + known;
  if (known == strangers_.size()) {
    strangers_.reserve(kMostStrangers);
    planned[number] = PlannedKey(strangers_.emplace_back(name));
    planned[number].plain = PlainKind::kStranger;
  }
  next[before].store(static_cast<std::uint16_t>(number), std::memory_order_release);
  before = static_cast<std::uint16_t>(number);
}

std::unique_ptr<RecordPlan> plan_record(const ir::Program& program, ir::Type type) {
  auto made = std::make_unique<RecordPlan>();
  RecordPlan& plan = *made;
  const ir::RecordType& record = program.types.record_at(type);
  const ir::RecordSource& source = program.sources[type.detail];
  plan.layout = RecordLayout(program, type);
  plan.blank.assign(plan.layout.words(), 0);
  for (std::uint32_t i = 0; i < record.fields.size(); ++i) {
    RecordPlan::Field& field = plan.fields.emplace_back();
    field.type = record.fields[i].type;
    field.slot = plan.layout.slots()[i];
    field.names = add_names(plan, source.fields[i].names);
    if (field.type.kind == ir::Kind::kMoney)
      field.currency = add_names(plan, {currency_name(source.fields[i])});
    if (!source.defaults[i].missing()) {
      field.fallback = &source.defaults[i];
      if (!plan.layout.fill_field(i, *field.fallback, plan.blank.data())) plan.readable = false;
    }
  }
  if (plan.keys.size() > kMostKeys || plan.fields.size() > kMostFields) plan.readable = false;
  for (std::uint32_t key = 0; key < plan.keys.size(); ++key)
    plan.planned.emplace_back(plan.keys.text(key));
  plan.planned.resize(plan.keys.size() + 1 + kMostStrangers);
  if (plan.readable) find_direct(plan);
  return made;
}

}  // namespace trig::exec
