// A checked program as bytes, for the same build of trig to read again: whatever changes in
// ir::Program changes what they mean. The rows of tables are not among them.
//
//   std::string bytes = ir::encode(program);
//   ByteReader reader(bytes);
//   std::optional<ir::Program> same = ir::decode_program(reader);
#pragma once

#include <optional>
#include <string>

#include "compiler/base/codec.h"
#include "compiler/base/hash.h"
#include "compiler/ir/program.h"

namespace trig::ir {

std::string encode(const Program& program);

// Nothing where the bytes are no program, or one that `verify` finds fault with. Reads up to the
// program's end; whatever the bytes are, it takes memory in proportion to them.
std::optional<Program> decode_program(ByteReader& reader);

// Of all that is in a program but for rows: two programs of one hash are the same to whoever reads
// them, also in their numbers and places.
Hash128 content_hash(const Program& program);

}  // namespace trig::ir
