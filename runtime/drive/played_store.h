// What a server's data directory would hold if these recorded events had come to it: for questions
// about people in them.
#pragma once

#include <memory>

#include "runtime/drive/recording.h"
#include "runtime/engine/programs.h"
#include "runtime/ports/limits.h"

namespace trig::drive {

// Reads the recording and plays it. A Failure: it cannot be read, nothing in it can, or it has more
// than `max_events`, which all lie in memory.
Result<std::shared_ptr<const Store>> played_store(
    Recording& recording, const std::shared_ptr<const engine::Deployed>& deployed,
    std::size_t max_events = kMaxReplRecordedEvents);

}  // namespace trig::drive
