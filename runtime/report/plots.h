// Private to runtime/report: SVG pictures for pages that have the style sheet of backtest_html.cpp.
// Colours are classes, so that light and dark are the page's business.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/base/time.h"
#include "runtime/report/backtest.h"

namespace trig::report {

// Text in HTML and SVG, in attributes too.
std::string escaped(std::string_view text);

using Days = std::map<Date, std::uint64_t>;

// A bar a day from `first` to `last`; `before`, if not null, is a line of steps over it.
std::string plot_days(const Days& days, const Days* before, Date first, Date last, int height);

// To the right what was added, to the left what was removed.
struct Balance {
  std::string name;
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
};
std::string plot_balance(const std::vector<Balance>& rows);

// Names with bars, the longest first.
std::string plot_counts(const std::vector<std::pair<std::string, std::uint64_t>>& counts);

}  // namespace trig::report
