// The person as an expression reads it: the record that a program declares, over a state. Nothing
// is copied; a field is looked up when it is asked for.
#pragma once

#include "compiler/exec/person_state.h"

namespace trig::exec {

class PersonRecord {
 public:
  PersonRecord() = default;  // nobody: every field is missing
  explicit PersonRecord(const ir::Items& items) : items_(&items) {}
  // `names`: of the fields of the program's person record (TriggerIndex::person_fields). All of
  // them must outlive the record.
  PersonRecord(const ir::Program& program, const std::vector<NameHash>& names,
               const PersonState& state)
      : items_(&program.sources[program.person.detail].defaults), names_(&names), state_(&state) {}

  explicit operator bool() const { return items_ != nullptr; }
  // What is set; where nothing is, the declared default. For somebody only.
  const ir::Value& operator[](std::size_t field) const {
    if (state_ != nullptr)
      if (const ir::Value* value = state_->field((*names_)[field]); value && !value->missing())
        return *value;
    return (*items_)[field];
  }

 private:
  const ir::Items* items_ = nullptr;  // with a state: the defaults
  const std::vector<NameHash>* names_ = nullptr;
  const PersonState* state_ = nullptr;
};

}  // namespace trig::exec
