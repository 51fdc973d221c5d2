// Payloads straight into records, in one pass over simdjson's index of the text: what decode_record
// (payload.h, which is the definition) makes of them, for all that is usual. What is not (mistakes
// above all, whose wording is decode_record's) is turned down, and takes that way instead.
//
//   PayloadReader reader(program);
//   if (!reader.read(event.record, payload, record, texts)) decode_record(program, …);
//
// Every declared field is validated and, as decode_record does, all else must be JSON.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/exec/native_record.h"
#include "compiler/ir/program.h"

namespace trig::exec {

struct RecordPlan;

class PayloadReader {
 public:
  explicit PayloadReader(const ir::Program& program);  // of its events; must outlive this
  PayloadReader(PayloadReader&&) noexcept;
  PayloadReader& operator=(PayloadReader&&) = delete;
  ~PayloadReader();

  // Into native form. Texts point into the payload, into `texts` where they are written otherwise
  // there, or into the program. Lists and records are present, but their words are 0; ids are 0.
  bool read(ir::Type record, std::string_view payload, NativeRecord& native,
            std::string& texts) const;
  bool read(ir::Type record, std::string_view payload, ir::Items& fields) const;

  const RecordPlan* plan_of(ir::Type record) const { return plans_[record.detail].get(); }
  const ir::Program& program() const { return program_; }

 private:
  void add(ir::Type type);

  const ir::Program& program_;
  std::vector<std::unique_ptr<RecordPlan>> plans_;  // by record; null: no event has it
};

}  // namespace trig::exec
