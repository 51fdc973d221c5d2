// A bar on the terminal for work that takes a while; nothing where the error stream is no terminal.
#pragma once

#include <functional>
#include <string_view>

#include "runtime/drive/recording.h"

namespace trig::cli {

// Does the work, and shows meanwhile how much of it is done:
//   reading   [##########          ] 52%
void with_progress_bar(std::string_view label, const drive::Progress& progress,
                       const std::function<void()>& work);

}  // namespace trig::cli
