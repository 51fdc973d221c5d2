#include "compiler/jit/matcher.h"

#include <bit>

namespace trig::jit {
namespace {

using exec::KeyKind;
using exec::PredicateIndex;
using exec::ScalarKey;

ScalarKey scalar_at(const Slot& slot, const std::uint64_t* record) {
  auto at = static_cast<std::int64_t>(record[slot.word]);
  switch (slot.kind) {
    case SlotKind::kBoolean: return {KeyKind::kBoolean, 0, at};
    case SlotKind::kInteger: return {KeyKind::kWhole, 0, at};
    case SlotKind::kNumber:
      if (at % Decimal::kScale == 0) return {KeyKind::kWhole, 0, at / Decimal::kScale};
      return {KeyKind::kFraction, 0, at};
    case SlotKind::kMoney: {
      auto currency = static_cast<std::uint32_t>(record[slot.word + 1]);
      return {KeyKind::kMoney, at == 0 ? 0 : currency, at};
    }
    case SlotKind::kDate: return {KeyKind::kDate, 0, at};
    case SlotKind::kTime: return {KeyKind::kTime, 0, at};
    case SlotKind::kInstant: return {KeyKind::kInstant, 0, at};
    case SlotKind::kDuration: return {KeyKind::kDuration, 0, at};
    case SlotKind::kText:
    case SlotKind::kValue: break;
  }
  return {};
}

}  // namespace

Matcher::Matcher(const ir::Program& program, std::uint32_t event)
    : program_(program),
      index_(program, event),
      layout_(program, program.events[event].record),
      plan_(plan_parts(program, index_)) {
  for (const auto& [field, index] : index_.fields()) add_field(field, index);
  for (const PredicateIndex::Bucket& bucket : index_.buckets())
    for (const PredicateIndex::Entry& rule : bucket.entries)
      for (ir::NodeId node : rule.rest) look_at(node);
  add_guards();
}

void Matcher::add_field(std::uint32_t field, const PredicateIndex::FieldIndex& index) {
  Field& added = fields_.emplace_back();
  added.field = field;
  added.slot = layout_.slots()[field];
  added.index = &index;
  added.has_prefixes = !index.prefixes.empty();
  added.by_id.resize(index.texts.size() + 1);
  for (const auto& [text, bucket] : index.texts) {
    std::uint32_t id = layout_.add_constant(field, text);
    added.by_id[id].code = plan_.of_bucket[bucket];
  }
}

void Matcher::add_guards() {
  for (Field& field : fields_)
    for (const auto& [text, bucket] : field.index->texts)
      field.by_id[layout_.id_of(field.field, text)].guard =
          guard_of(program_, layout_, index_.buckets()[bucket]);
}

// The texts that fields are compared with, and the fields that are no words.
void Matcher::look_at(ir::NodeId id) {
  if (id == ir::NodeId::kNone) return;
  const ir::Node& node = program_.node(id);
  for (ir::NodeId operand : {node.a, node.b, node.c}) look_at(operand);
  if (node.op == ir::Op::kEventField && layout_.slots()[node.index].kind == SlotKind::kValue)
    values_.insert(node.index);
  bool equality =
      node.op == ir::Op::kEqual || node.op == ir::Op::kNotEqual || node.op == ir::Op::kIn;
  if (!equality) return;
  auto add = [&](ir::NodeId field, ir::NodeId other) {
    auto value = exec::constant_value(program_, other);
    if (!value || program_.node(field).op != ir::Op::kEventField) return;
    std::uint32_t index = program_.node(field).index;
    if (const std::string* text = value->get<std::string>()) layout_.add_constant(index, *text);
    if (const ir::List* list = value->get<ir::List>())
      for (const ir::Value& item : *list->items)
        if (const std::string* text = item.get<std::string>()) layout_.add_constant(index, *text);
  };
  add(node.a, node.b);
  if (node.op != ir::Op::kIn) add(node.b, node.a);
}

bool Matcher::compile(Tier tier, const Objects& objects, const std::atomic<bool>& stop) {
  auto code = compile_native(program_, layout_, plan_, tier, objects, stop);
  if (code == nullptr) return false;
  auto& place = code_[static_cast<std::size_t>(tier)];
  place = std::move(code);
  functions_.store(place->functions().data(), std::memory_order_release);
  return true;
}

const std::uint64_t* Matcher::native_form(const exec::EventFields& event,
                                          NativeRecord& record) const {
  NativeRecord* read = event.native();
  if (read == nullptr) return layout_.fill(*event, record) ? record.data() : nullptr;
  layout_.set_ids(read->data(), event.payload());
  for (std::uint32_t field : values_)
    if (RecordLayout::is_present(read->data(), field))
      (*read)[layout_.slots()[field].word] = std::bit_cast<std::uint64_t>(&(*event)[field]);
  return read->data();
}

namespace {

void run(const BucketFunction* functions, const PartPlan::Range& range, MatchCall& call) {
  for (std::uint32_t i = 0; i < range.count; ++i) functions[range.first + i](&call);
}

}  // namespace

void Matcher::match(MatchCall& call) const {
  const BucketFunction* functions = functions_.load(std::memory_order_acquire);
  for (std::size_t i = 0; i * 64 < plan_.shared.size(); ++i) call.known[i] = 0;
  run(functions, plan_.of_bucket[PredicateIndex::kAlways], call);
  for (const Field& field : fields_) {
    if (field.slot.kind == SlotKind::kText) {
      // 0 where the text is missing, too.
      const auto id = static_cast<std::uint32_t>(call.record[field.slot.word + 1] >> 32);
      if (id < field.by_id.size() && field.by_id[id].guard.admits(call.record))
        run(functions, field.by_id[id].code, call);
      if (!field.has_prefixes) continue;
    }
    if (RecordLayout::is_present(call.record, field.field)) match_otherwise(field, call, functions);
  }
}

void Matcher::match_otherwise(const Field& field, MatchCall& call,
                              const BucketFunction* functions) const {
  auto run_bucket = [&](PredicateIndex::BucketId bucket) {
    run(functions, plan_.of_bucket[bucket], call);
  };
  if (field.slot.kind != SlotKind::kText)
    return PredicateIndex::find_scalar(*field.index, scalar_at(field.slot, call.record),
                                       run_bucket);
  std::string_view text(std::bit_cast<const char*>(call.record[field.slot.word]),
                        static_cast<std::uint32_t>(call.record[field.slot.word + 1]));
  PredicateIndex::find_prefixes(*field.index, text, run_bucket);
}

}  // namespace trig::jit
