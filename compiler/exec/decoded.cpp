#include "compiler/exec/decoded.h"

#include "compiler/base/check.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/payload_reader.h"

namespace trig::exec {

void Decoded::read_values(const PayloadReader& reader, ir::Type record, std::string_view payload) {
  problems.clear();
  is_native_ = false;
  has_fields_ = true;
  if (reader.read(record, payload, fields_)) return;
  DecodedRecord decoded = decode_record(reader.program(), record, payload);
  fields_ = std::move(decoded.fields);
  problems = std::move(decoded.problems);
}

void Decoded::read_native(const PayloadReader& reader, ir::Type record, std::string_view payload) {
  is_native_ = reader.read(record, payload, native_, texts_);
  if (!is_native_) return read_values(reader, record, payload);
  problems.clear();
  has_fields_ = false;
  reader_ = &reader;
  record_ = record;
  payload_ = payload;
}

const ir::Items& Decoded::fields() const {
  if (!has_fields_) {
    TRIG_CHECK(reader_ != nullptr && reader_->read(record_, payload_, fields_),
               "a payload that was read once cannot be read again");
    has_fields_ = true;
  }
  return fields_;
}

}  // namespace trig::exec
