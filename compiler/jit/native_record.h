// The native form of records (compiler/exec/native_record.h), by the names that native code uses.
#pragma once

#include "compiler/exec/native_record.h"

namespace trig::jit {

using exec::NativeRecord;
using exec::RecordLayout;
using exec::Slot;
using exec::SlotKind;

}  // namespace trig::jit
