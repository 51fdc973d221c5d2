// Publishing one changed campaign while many are loaded. Each campaign is a file of its own; the
// conditions are equalities, ranges, lists, prefixes, patterns and counts of the history.
//
//   publish_bench [--campaigns N] [--times N]
//
// Processor time, the median of several changes of different campaigns: from the source text of the
// one changed file, and from the checked program, to the first match that the interpreter gives on
// the new program; then from there until a running engine (memory store) has deployed it and an
// event has started a journey of it. One JSON object a figure; the same at 100 campaigns, for
// comparison.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "compiler/base/check.h"
#include "compiler/diagnostics/render.h"
#include "runtime/drive/deployed.h"
#include "runtime/engine/engine.h"
#include "runtime/store/memory_store.h"
#include "tests/bench/readings.h"

namespace trig {
namespace {

constexpr std::size_t kFew = 100;

constexpr std::string_view kVocabulary = R"(
event seen { category: text?  country: text?  price: money?  sku: text? }
event bought { category: text?  total: money }
person { email: email key  country: country?  score: integer? }
topic news "News"
template hello() from "templates/hello.liquid"
policy marketing { consent required for news  quiet 21:00 to 08:00 local }
)";
constexpr std::string_view kMail =
    "---\nsubject: Hello\n---\n<p>Hello</p> <a href=\"{{ unsubscribe_url }}\">Leave</a> "
    "{{ postal_address }}\n";

std::string condition(std::size_t number) {
  switch (number % 6) {
    case 0: return fmt::format("country == \"k{}\" and price > {} EUR", number % 20, number % 90);
    case 1: return fmt::format("country in [\"k{}\", \"k{}\"]", number % 20, number % 7);
    case 2: return "count(seen in 7 days) >= 3 and person.score > 10";
    case 3: return fmt::format("sku starts with \"s{}\"", number % 50);
    case 4: return fmt::format("sku matches \"^s{}-[0-9]+$\"", number % 50);
    default: return fmt::format("price between {} EUR and {} EUR", number % 50, number % 50 + 20);
  }
}

std::string campaign(std::size_t number, std::string_view category) {
  return fmt::format(
      "# Somebody looked at {0}.\ncampaign c{0} \"Campaign {0}\" {{\n  policy marketing\n  on seen "
      "as it\n    where category == \"{1}\" and {2}\n  again after {3} days\n\n  wait {4} hours "
      "unless bought where category == it.category\n  when person.country == \"FR\" {{\n    send "
      "hello()\n  }} else {{\n    wait 1 day\n    send hello()\n  }}\n\n  goal bought within 14 "
      "days value total\n}}\n",
      number, category, condition(number), number % 30 + 5, number % 9 + 1);
}

std::string path_of(std::size_t number) { return fmt::format("campaigns/c{}.trig", number); }

project::Files project_of(std::size_t campaigns) {
  project::Files files;
  files["trig.toml"] =
      "name = \"shop\"\n[[senders]]\nname = \"shop\"\naddress = \"a@shop.example\"\n"
      "postal_address = \"1 Example Street\"\n";
  files["vocabulary.trig"] = kVocabulary;
  files["templates/hello.liquid"] = kMail;
  for (std::size_t i = 0; i < campaigns; ++i)
    files[path_of(i)] = campaign(i, fmt::format("category_{}", i % 500));
  return files;
}

double processor_milliseconds() { return processor_seconds() * 1e3; }

struct Times {
  double from_source = 0;
  double from_program = 0;
  double in_engine = 0;
};

class Publisher {
 public:
  explicit Publisher(std::size_t campaigns)
      : campaigns_(campaigns), current_(drive::deployed(compiled(campaigns))) {
    engine::EngineSettings settings;
    settings.workspace_secret = "0123456789abcdef";
    auto opened = engine::Engine::open(store_, current_, drive::compile_files(), settings, kNow);
    TRIG_CHECK(opened.has_value(), "the engine was to open");
    engine_ = std::move(*opened);
  }

  // Another category for one campaign of condition 0, until an event of it has matched.
  Times publish(std::size_t number) {
    number = number % campaigns_ / 6 * 6;
    const std::string category = fmt::format("new_{}", published_++);
    const project::Files changed{{path_of(number), campaign(number, category)}};
    ir::Money price;
    price.amount = *Decimal::from_integer(1'000);
    ir::Currency::parse("EUR", price.currency);
    ir::Items event{category, fmt::format("k{}", number % 20), price, ir::Value()};
    Times times;
    const double begin = processor_milliseconds();
    std::shared_ptr<const project::Project> project =
        project::recompile_sources(*current_->project, changed);
    TRIG_CHECK(project != nullptr && !project->diagnostics.has_errors(), "it was to be recompiled");
    const double checked = processor_milliseconds();
    auto next = drive::deployed(project, *current_, exec::make_interpreter);
    exec::Frame frame;
    frame.event = &event;
    std::vector<exec::Executor::Match> matches;
    next->executor->match(static_cast<std::uint32_t>(next->program->find_event("seen")), frame,
                          matches);
    const double end = processor_milliseconds();
    TRIG_CHECK(matches.size() == 1 && matches[0].campaign == place_of(*next->program, number),
               "the changed campaign was to match alone");
    times.from_source = end - begin;
    times.from_program = end - checked;
    start_journey(next, category, number);
    times.in_engine = processor_milliseconds() - end;
    current_ = std::move(next);
    return times;
  }

 private:
  static constexpr Instant kNow{std::chrono::hours(24 * 365 * 56)};

  void start_journey(std::shared_ptr<const engine::Deployed> next, const std::string& category,
                     std::size_t number) {
    const std::uint64_t before = engine_->totals().journeys_started;
    engine_->deploy(std::move(next), kNow);
    TRIG_CHECK(engine_->commit().has_value(), "the deploy was to be committed");
    Envelope envelope;
    envelope.source = "web";
    envelope.event = "seen";
    envelope.user_id = fmt::format("u{}", published_);
    envelope.payload = fmt::format(R"({{"category":"{}","country":"k{}","price":"1000 EUR"}})",
                                   category, number % 20);
    envelope.occurred_at = kNow;
    engine_->take(std::move(envelope), kNow);
    TRIG_CHECK(engine_->commit().has_value(), "the event was to be committed");
    TRIG_CHECK(engine_->totals().journeys_started == before + 1, "a journey was to start");
  }

  static std::shared_ptr<const project::Project> compiled(std::size_t campaigns) {
    std::shared_ptr<const project::Project> project = project::compile(project_of(campaigns));
    if (project->diagnostics.has_errors())
      fmt::print(stderr, "{}", render_text(project->diagnostics, project->sources, {}));
    return project;
  }
  static std::uint32_t place_of(const ir::Program& program, std::size_t number) {
    return static_cast<std::uint32_t>(program.find_campaign(name_hash(fmt::format("c{}", number))));
  }

  std::size_t campaigns_;
  std::shared_ptr<const engine::Deployed> current_;
  store::MemoryStore store_;
  std::unique_ptr<engine::Engine> engine_;
  int published_ = 0;
};

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void print(std::size_t campaigns, std::string_view what, double value, double target) {
  fmt::print(R"({{"name":"one changed campaign among {}, {} to its first match","value":{:.3f},)"
             R"("unit":"ms")",
             campaigns, what, value);
  if (target > 0) fmt::print(R"(,"target":{},"reached":{})", target, value <= target);
  fmt::print("}}\n");
}

void measure(std::size_t campaigns, int times, bool judged) {
  Publisher publisher(campaigns);
  std::vector<double> from_source;
  std::vector<double> from_program;
  std::vector<double> in_engine;
  for (int i = 0; i < times; ++i) {
    const Times one = publisher.publish(static_cast<std::size_t>(i) * 7'919);
    from_source.push_back(one.from_source);
    from_program.push_back(one.from_program);
    in_engine.push_back(one.in_engine);
  }
  print(campaigns, "from its checked program", median(from_program), judged ? 10 : 0);
  print(campaigns, "from its source", median(from_source), judged ? 50 : 0);
  fmt::print(
      R"({{"name":"one changed campaign among {}, deployed to a running engine, to its first )"
      R"(journey","value":{:.3f},"unit":"ms"}})"
      "\n",
      campaigns, median(in_engine));
}

}  // namespace
}  // namespace trig

int main(int argc, char** argv) {
  CLI::App app{"Publishing one changed campaign while many are loaded."};
  std::size_t campaigns = 10'000;
  int times = 21;
  app.add_option("--campaigns", campaigns);
  app.add_option("--times", times)->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  trig::measure(trig::kFew, times, false);
  trig::measure(campaigns, times, true);
  return 0;
}
