// A Diagnostic is a record of facts about a user's text: a stable code, the narrowest wrong range,
// related places and a hint that can be applied. Its wording lives in diagnostics.def, its looks in
// the renderers.
//
//   diagnostics.report(Code::kUnknownName, name.range, {name.text, "event"})
//       .hint("did you mean `{}`?", best).replace(name.range, best);
//
// `replace` proposes an edit; `fix` makes one that is certain to mean what was meant, which
// `trig check --fix` applies unasked.
//
// Codes are stable and never reused: E00 syntax, E01 names, E02 types, E03 campaign logic,
// E04 templates and consent, W lints, R runtime, D delivery.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/source.h"
#include "compiler/base/text_range.h"

namespace trig {

enum class Severity : std::uint8_t { kError, kWarning };

enum class Code : std::uint16_t {
#define TRIG_DIAGNOSTIC(code, name, severity, text) name,
#include "compiler/diagnostics/diagnostics.def"
#undef TRIG_DIAGNOSTIC
};

struct CodeInfo {
  std::string_view code;  // "E0101"
  std::string_view name;  // "kUnknownName"
  Severity severity;
  std::string_view text;  // fmt pattern; arguments are the user's words
};

const CodeInfo& info_of(Code code);
inline bool is_lint(Code code) { return info_of(code).code.front() == 'W'; }

// What a project says about its lints, in trig.toml. An error of the language stays one.
enum class LintLevel : std::uint8_t { kOff, kWarning, kError };
using LintLevels = std::map<Code, LintLevel>;

// All codes in the order of diagnostics.def.
const std::vector<Code>& all_codes();
// "E0101" or "e0101" → the code; false if there is none.
bool find_code(std::string_view text, Code& code);

struct Label {
  TextRange range;
  std::string text;
};

// A text replacement that a tool may apply as it stands.
struct Edit {
  TextRange range;
  std::string replacement;
};

struct Diagnostic {
  Code code;
  TextRange range;
  std::string message;
  Severity severity = Severity::kError;  // the code's own, unless the project says otherwise
  std::vector<Label> labels = {};        // related places
  std::string hint_text = {};            // empty: none
  std::vector<Edit> edits = {};          // what the hint would do
  bool certain = false;                  // the edits may be applied unasked

  template <typename... Args>
  Diagnostic& hint(fmt::format_string<Args...> format, Args&&... args) {
    hint_text = fmt::format(format, std::forward<Args>(args)...);
    return *this;
  }
  Diagnostic& replace(TextRange where, std::string replacement) {
    edits.push_back({where, std::move(replacement)});
    return *this;
  }
  Diagnostic& fix(TextRange where, std::string replacement) {
    certain = true;
    return replace(where, std::move(replacement));
  }
  Diagnostic& label(TextRange where, std::string text) {
    labels.push_back({where, std::move(text)});
    return *this;
  }
};

class Diagnostics {
 public:
  // The reference stays valid until the next report.
  Diagnostic& report(Code code, TextRange range,
                     std::initializer_list<std::string_view> words = {});

  // The newest, to add to what a callee reported; there must be one.
  Diagnostic& last() { return diagnostics_.back(); }

  const std::vector<Diagnostic>& all() const { return diagnostics_; }
  bool has_errors() const { return error_count_ > 0; }
  std::size_t error_count() const { return error_count_; }
  void append(const Diagnostics& other);
  void add(Diagnostic diagnostic);  // as it is
  // Every diagnostic goes through `keep`, which may change it, and stays if that gives true.
  void revise(const std::function<bool(Diagnostic& diagnostic)>& keep);
  // Orders by source and position and drops exact repeats: what the user reads.
  void sort();

 private:
  void count_errors();

  std::vector<Diagnostic> diagnostics_;
  std::size_t error_count_ = 0;
};

// The candidate closest to `word` by edit distance, or empty if none is close enough to suggest.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace trig
