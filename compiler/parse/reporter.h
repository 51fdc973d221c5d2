// Reports to the file's Diagnostics until there are kMaxDiagnosticsPerFile; what comes after is
// dropped, so that a broken file of megabytes costs no more than a broken file.
#pragma once

#include "compiler/base/limits.h"
#include "compiler/diagnostics/diagnostic.h"

namespace trig::parse {

class Reporter {
 public:
  explicit Reporter(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  bool full() const { return diagnostics_.all().size() >= kMaxDiagnosticsPerFile; }

  // The reference stays valid until the next report.
  Diagnostic& report(Code code, TextRange range,
                     std::initializer_list<std::string_view> words = {}) {
    if (!full()) return diagnostics_.report(code, range, words);
    dropped_ = Diagnostics();
    return dropped_.report(code, range, words);
  }

 private:
  Diagnostics& diagnostics_;
  Diagnostics dropped_;
};

}  // namespace trig::parse
