// The plain workloads (plain_workloads.h) as files, for programs that are not ours.
//
//   workload_files --workload filter|cart --campaigns N --events M [--people P] --out DIR
//   workload_files --workload filter|cart --campaigns N --events M [--people P] --expect E
//
// The first writes rules.csv (filter: category,country,price; cart: threshold), events.csv (filter:
// category,country,price; cart: time_ms,person,kind,cart_id,value) and project.trig into DIR. The
// second prints {"count","sum"}: what must come out of the first E events.
#include <fmt/format.h>
#include <fmt/os.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "tests/bench/plain_workloads.h"

namespace {

using namespace trig;  // NOLINT: a program of its own

std::string with_cents(int cents) { return fmt::format("{}.{:02}", cents / 100, cents % 100); }

void write(const plain::FilterWorkload& workload, const std::filesystem::path& folder) {
  auto rules = fmt::output_file((folder / "rules.csv").string());
  for (const plain::FilterRule& rule : workload.rules)
    rules.print("c{},k{},{}\n", rule.category, rule.country, rule.price);
  auto events = fmt::output_file((folder / "events.csv").string());
  for (const plain::FilterEvent& event : workload.events)
    events.print("c{},k{},{}\n", event.category, event.country, with_cents(event.price_cents));
  fmt::output_file((folder / "project.trig").string()).print("{}", filter_project(workload));
}

void write(const plain::CartWorkload& workload, const std::filesystem::path& folder) {
  auto rules = fmt::output_file((folder / "rules.csv").string());
  for (int threshold : workload.thresholds) rules.print("{}\n", threshold);
  auto events = fmt::output_file((folder / "events.csv").string());
  for (std::size_t n = 0; n < workload.events.size(); ++n) {
    const plain::CartEvent& event = workload.events[n];
    events.print("{},{},{},{},{}\n", plain::cart_time_ms(n), event.person,
                 event.kind == plain::CartKind::kCart ? "cart" : "order",
                 plain::cart_id(event.person), with_cents(event.value_cents));
  }
  fmt::output_file((folder / "project.trig").string()).print("{}", cart_project(workload));
}

template <typename Workload>
int run(const Workload& workload, const std::string& folder, std::uint64_t expect) {
  if (!folder.empty()) {
    std::filesystem::create_directories(folder);
    write(workload, folder);
    return 0;
  }
  const plain::Tally tally = plain::expected(workload, expect);
  fmt::print("{{\"count\":{},\"sum\":{}}}\n", tally.count, tally.sum);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::string workload = "filter";
  std::string folder;
  int campaigns = 1'000;
  std::size_t events = 50'000;
  std::uint64_t expect = 0;
  std::uint32_t people = plain::kPeople;
  CLI::App app("writes the plain workloads as files, and says what must come out of them");
  app.add_option("--workload", workload)->check(CLI::IsMember({"filter", "cart"}));
  app.add_option("--campaigns", campaigns)->check(CLI::Range(1, 100'000));
  app.add_option("--events", events)->check(CLI::Range(1, 100'000'000));
  auto* out = app.add_option("--out", folder, "where the files go");
  app.add_option("--expect", expect, "of so many events")->excludes(out);
  app.add_option("--people", people, "of cart")->check(CLI::Range(1, 10'000'000));
  CLI11_PARSE(app, argc, argv);
  if (workload == "filter") return run(plain::filter_workload(campaigns, events), folder, expect);
  return run(plain::cart_workload(campaigns, events, 1, people), folder, expect);
}
