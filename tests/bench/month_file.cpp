// Writes a made-up month of events (month.h) to the standard output.
//
//   month_file [--seed N] [--people N] [--events N] > month.ndjson
#include <CLI/CLI.hpp>
#include <cstdio>

#include "tests/bench/month.h"

int main(int argc, char** argv) {
  trig::MonthOptions options;
  CLI::App app("makes up a month of a shop's events");
  app.add_option("--seed", options.seed);
  app.add_option("--people", options.people)->check(CLI::Range(1, 100'000'000));
  app.add_option("--events", options.events);
  CLI11_PARSE(app, argc, argv);
  trig::Month month(options);
  for (std::string line; month.next(line);)
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) return 1;
  return std::fflush(stdout) == 0 ? 0 : 1;
}
