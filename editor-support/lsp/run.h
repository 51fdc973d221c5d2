// The server on two file descriptors, until the editor says `exit` or closes its end.
#pragma once

#include <functional>
#include <string>

#include "compiler/base/time.h"

namespace trig::lsp {

// The exit code: 0 after `shutdown` and `exit`, else 1.
int run(int in, int out, const std::string& version, const std::function<Instant()>& now);

}  // namespace trig::lsp
