// The members of a JSON object that most are: the key that came next last time, and a text without
// escapes or a number of few digits for a field of its own. Read in one tight loop; the first that
// is anything else ends it and is left to PayloadReader.
#pragma once

#include <cstdint>

#include "compiler/exec/json_tokens.h"
#include "compiler/exec/record_plan.h"

namespace trig::exec {

struct PlainMembers {
  std::uint32_t token = 0;         // of a key, before and after; of the `}` at the end
  std::uint16_t before = 0;        // the key before it; the number of keys: none
  RecordPlan::FieldSet done = 0;   // fields that have a value
  RecordPlan::FieldSet nulls = 0;  // fields that had a null
  std::uint8_t* ranks = nullptr;   // by field: of the name that gave the value
  bool ended = false;
};

// `native` may be null: then they are only judged. What is done is present there.
void read_plain_members(const RecordPlan& plan, const JsonTokens& tokens, std::uint64_t* native,
                        PlainMembers& members);

}  // namespace trig::exec
