#include "compiler/diagnostics/diagnostic.h"

#include <algorithm>
#include <cctype>
#include <tuple>

#include "compiler/base/check.h"

namespace trig {
namespace {

// A code given twice does not compile.
enum class EachOnce {
#define TRIG_DIAGNOSTIC(code, name, severity, text) code,
#include "compiler/diagnostics/diagnostics.def"
#undef TRIG_DIAGNOSTIC
};

constexpr CodeInfo kInfos[] = {
#define TRIG_DIAGNOSTIC(code, name, severity, text) {#code, #name, Severity::severity, text},
#include "compiler/diagnostics/diagnostics.def"
#undef TRIG_DIAGNOSTIC
};

// Fills {} in order; a pattern with fewer holes than words ignores the rest.
std::string fill(std::string_view pattern, std::initializer_list<std::string_view> words) {
  std::string text;
  auto word = words.begin();
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '{' && i + 1 < pattern.size() && pattern[i + 1] == '}') {
      TRIG_CHECK(word != words.end(), "a diagnostic was reported with too few words");
      text += *word++;
      ++i;
    } else {
      text += pattern[i];
    }
  }
  return text;
}

// Optimal string alignment: insert, delete, replace, swap neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

const CodeInfo& info_of(Code code) { return kInfos[static_cast<std::size_t>(code)]; }

const std::vector<Code>& all_codes() {
  static const std::vector<Code> codes = [] {
    std::vector<Code> all;
    for (std::size_t i = 0; i < std::size(kInfos); ++i) all.push_back(static_cast<Code>(i));
    return all;
  }();
  return codes;
}

bool find_code(std::string_view text, Code& code) {
  for (Code candidate : all_codes()) {
    std::string_view spelled = info_of(candidate).code;
    bool same = std::equal(text.begin(), text.end(), spelled.begin(), spelled.end(),
                           [](char a, char b) { return std::toupper(a) == b; });
    if (!same) continue;
    code = candidate;
    return true;
  }
  return false;
}

Diagnostic& Diagnostics::report(Code code, TextRange range,
                                std::initializer_list<std::string_view> words) {
  const CodeInfo& info = info_of(code);
  if (info.severity == Severity::kError) ++error_count_;
  return diagnostics_.emplace_back(Diagnostic{code, range, fill(info.text, words), info.severity});
}

void Diagnostics::append(const Diagnostics& other) {
  diagnostics_.insert(diagnostics_.end(), other.diagnostics_.begin(), other.diagnostics_.end());
  error_count_ += other.error_count_;
}

void Diagnostics::add(Diagnostic diagnostic) {
  if (diagnostic.severity == Severity::kError) ++error_count_;
  diagnostics_.push_back(std::move(diagnostic));
}

void Diagnostics::sort() {
  auto key = [](const Diagnostic& d) {
    return std::tuple(d.range.source, d.range.begin, d.range.end, d.code);
  };
  std::stable_sort(diagnostics_.begin(), diagnostics_.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
  auto same = [&](const auto& a, const auto& b) {
    return key(a) == key(b) && a.message == b.message;
  };
  diagnostics_.erase(std::unique(diagnostics_.begin(), diagnostics_.end(), same),
                     diagnostics_.end());
  count_errors();
}

void Diagnostics::revise(const std::function<bool(Diagnostic&)>& keep) {
  std::erase_if(diagnostics_, [&](Diagnostic& diagnostic) { return !keep(diagnostic); });
  count_errors();
}

void Diagnostics::count_errors() {
  error_count_ = static_cast<std::size_t>(
      std::count_if(diagnostics_.begin(), diagnostics_.end(),
                    [](const Diagnostic& d) { return d.severity == Severity::kError; }));
}

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    std::size_t distance = edit_distance(word, candidate);
    if (distance >= best_distance) continue;
    best = candidate;
    best_distance = distance;
  }
  return best;
}

}  // namespace trig
