// Several ways to do the same thing, measured against each other on one core: they take turns for
// short times, and each keeps its best. So other programs and the machine's clock weigh on all
// alike.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/readings.h"

namespace trig {

struct Way {
  std::string name;
  std::function<void()> run;  // handles all events once
  double events_per_second = 0;
};

inline void measure(std::vector<Way>& ways, int events, double seconds) {
  constexpr double kTurn = 0.05;
  for (Way& way : ways) way.run();  // warms up
  for (double spent = 0; spent < seconds; spent += kTurn)
    for (Way& way : ways) {
      const double begin = processor_seconds();
      double took = 0;
      int rounds = 0;
      for (; took < kTurn; took = processor_seconds() - begin, ++rounds) way.run();
      const double rate = static_cast<double>(rounds) * events / took;
      way.events_per_second = std::max(way.events_per_second, rate);
    }
}

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
  double limit = 0;   // of the same run
  double target = 0;  // of the ratio
};

inline void print(const Figure& figure) {
  fmt::print(R"({{"name":"{}","value":{:.4g},"unit":"{}")", figure.name, figure.value, figure.unit);
  if (figure.limit > 0)
    fmt::print(R"(,"limit":{:.4g},"ratio":{:.3f})", figure.limit, figure.value / figure.limit);
  if (figure.target > 0)
    fmt::print(R"(,"target":{},"reached":{})", figure.target,
               figure.value / figure.limit >= figure.target);
  fmt::print("}}\n");
}

}  // namespace trig
