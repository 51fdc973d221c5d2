// An event as an executor decoded it, and as conditions read it.
//
//   executor.decode(event, payload, decoded);
//   if (decoded.problems.empty()) frame.event = &decoded;
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compiler/exec/native_record.h"
#include "compiler/ir/program.h"

namespace trig::exec {

class PayloadReader;

// A typed record. In native form it points into the payload; values are made of it when somebody
// asks for them. It must not outlive the payload, nor the reader.
class Decoded {
 public:
  std::vector<std::string> problems;  // why it is not what was declared; empty: it is

  Decoded() = default;
  Decoded(Decoded&&) = default;
  Decoded& operator=(Decoded&&) = default;

  void read_values(const PayloadReader& reader, ir::Type record, std::string_view payload);
  void read_native(const PayloadReader& reader, ir::Type record, std::string_view payload);

  const ir::Items& fields() const;  // in the order of the record
  // Null: there are values only. What PayloadReader::read leaves out is for whom it is of use to
  // put there: ids are of an executor's own, and lists are values of `fields`.
  NativeRecord* native() const { return is_native_ ? &native_ : nullptr; }
  std::string_view payload() const { return payload_; }  // of a native record

 private:
  const PayloadReader* reader_ = nullptr;
  ir::Type record_;
  std::string_view payload_;
  bool is_native_ = false;
  mutable NativeRecord native_;
  std::string texts_;
  mutable bool has_fields_ = false;
  mutable ir::Items fields_;
};

// Fields of the event tested: values, or a record that becomes values when one is asked for.
class EventFields {
 public:
  EventFields() = default;
  EventFields(const ir::Items* items) : items_(items) {}      // NOLINT: one or the other
  EventFields(const Decoded* decoded) : decoded_(decoded) {}  // NOLINT
  EventFields(std::nullptr_t) {}                              // NOLINT

  explicit operator bool() const { return items_ != nullptr || decoded_ != nullptr; }
  const ir::Items& operator*() const { return items_ != nullptr ? *items_ : decoded_->fields(); }
  NativeRecord* native() const { return decoded_ == nullptr ? nullptr : decoded_->native(); }
  std::string_view payload() const { return decoded_->payload(); }  // of a native record

 private:
  const ir::Items* items_ = nullptr;
  const Decoded* decoded_ = nullptr;
};

}  // namespace trig::exec
