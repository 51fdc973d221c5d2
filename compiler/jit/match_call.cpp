#include "compiler/jit/match_call.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "compiler/exec/aggregate.h"
#include "compiler/exec/event_rules.h"
#include "compiler/exec/operators.h"
#include "compiler/exec/trigger_slots.h"

namespace trig::jit {

extern "C" {

bool trig_jit_evaluate(MatchCall* call, std::uint32_t campaign, std::uint32_t alternative,
                       std::uint32_t node, bool reads_slots) {
  if (call->failure) return false;
  try {
    const ir::NodeId id{node};
    if (!reads_slots) return exec::holds(call->interpreter->evaluate(id, *call->frame));
    // The code may be that of an earlier program: what the campaign binds may be something else.
    const exec::EventRules* rules = call->interpreter->rules(call->event);
    if (rules != nullptr && rules->is_replaced(campaign)) return false;
    const ir::Program& program = call->interpreter->program();
    const ir::Campaign& of = program.campaigns[campaign];
    std::vector<ir::Value> slots =
        exec::trigger_slots(program, of, of.trigger.alternatives[alternative], *call->frame->event);
    exec::Frame frame = *call->frame;
    frame.slots = &slots;
    return exec::holds(call->interpreter->evaluate(id, frame));
  } catch (...) {
    call->failure = std::current_exception();
    return false;
  }
}

DecimalResult trig_jit_count(MatchCall* call, std::uint32_t aggregate) {
  if (call->failure) return {};
  try {
    const ir::Value value = exec::aggregate(*call->interpreter, aggregate, *call->frame);
    const std::int64_t* count = value.get<std::int64_t>();
    return count == nullptr ? DecimalResult{} : DecimalResult{*count, 1};
  } catch (...) {
    call->failure = std::current_exception();
    return {};
  }
}

std::int32_t trig_jit_compare_text(const char* a, std::uint32_t a_size, const char* b,
                                   std::uint32_t b_size) {
  int order = std::string_view(a, a_size).compare(std::string_view(b, b_size));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

bool trig_jit_starts_with(const char* text, std::uint32_t size, const char* prefix,
                          std::uint32_t prefix_size) {
  return std::string_view(text, size).starts_with(std::string_view(prefix, prefix_size));
}

bool trig_jit_contains_text(const char* text, std::uint32_t size, const char* part,
                            std::uint32_t part_size) {
  return std::string_view(text, size).find(std::string_view(part, part_size)) !=
         std::string_view::npos;
}

bool trig_jit_list_contains(MatchCall* call, const ir::Value* list, std::uint32_t node) {
  return exec::contains(*list, call->interpreter->program().node(ir::NodeId{node}).value);
}

bool trig_jit_list_has_text(const ir::Value* list, const char* text, std::uint32_t size) {
  const ir::Items& items = *list->get<ir::List>()->items;
  return std::any_of(items.begin(), items.end(), [&](const ir::Value& item) {
    const std::string* found = item.get<std::string>();
    return found != nullptr && *found == std::string_view(text, size);
  });
}

DecimalResult trig_jit_multiply(std::int64_t a, std::int64_t b) {
  auto found = multiply(Decimal::from_millionths(a), Decimal::from_millionths(b));
  return found ? DecimalResult{found->millionths(), 1} : DecimalResult{};
}

DecimalResult trig_jit_divide(std::int64_t a, std::int64_t b) {
  auto found = divide(Decimal::from_millionths(a), Decimal::from_millionths(b));
  return found ? DecimalResult{found->millionths(), 1} : DecimalResult{};
}

bool trig_jit_matches(MatchCall* call, const char* text, std::uint32_t size,
                      std::uint32_t pattern) {
  return RE2::PartialMatch(re2::StringPiece(text, size), *(*call->patterns)[pattern]);
}

}  // extern "C"

}  // namespace trig::jit
