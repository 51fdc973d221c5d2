// A back-test as text for a terminal, as Markdown for a comment on a pull request, as JSON and as a
// page that opens from a file.
#pragma once

#include <string>

#include "runtime/report/backtest.h"

namespace trig::report {

std::string backtest_text(const Backtest& backtest);
// What changes alone; the back-test is of two versions.
std::string backtest_change_text(const Backtest& backtest);
std::string backtest_markdown(const Backtest& backtest);
// {"version": 1, …}: docs/reference/backtest.md.
std::string backtest_json(const Backtest& backtest);
// One HTML document with everything in it, light and dark.
std::string backtest_html(const Backtest& backtest);

}  // namespace trig::report
