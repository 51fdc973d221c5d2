// Running aggregates equal the scan of the history, which is what they mean: random histories with
// late rows, trims, joins, deploys and restarts, asked at instants that move on. The seed is
// printed where they differ.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "compiler/base/limits.h"
#include "compiler/exec/aggregate.h"
#include "compiler/exec/campaign_numbers.h"
#include "compiler/exec/payload.h"
#include "compiler/exec/running.h"
#include "compiler/exec/silence.h"
#include "compiler/project/project.h"

namespace trig::exec {
namespace {

using namespace std::chrono_literals;
using ir::AggregateOp;
using ir::Value;

constexpr const char* kProject = R"(
event measured {
  whole: integer?  part: number?  cost: money?  day: date?  span: duration?  word: text?
  size: one of ("s", "m", "l") = "s"
}
event other { word: text? }
person { email: email key  word: text? }
segment by_size: count(measured ever where size in ["m", "l"] and (word? or whole > 3)) > 0
segment by_person: count(measured ever where word == person.word) > 0
segment quiet: no measured for 1 hour
)";

ir::Program compiled() {
  auto project =
      project::compile({{"trig.toml", "name = \"t\"\ntimezone = \"UTC\"\n"}, {"a.trig", kProject}});
  EXPECT_FALSE(project->diagnostics.has_errors());
  return project->program;
}

// The program with every operation over its fields, windows and conditions.
ir::Program program_of_aggregates() {
  ir::Program program = compiled();
  ir::EventType& event = program.events[0];
  const ir::RecordType& record = program.types.record_at(event.record);
  event.kept_in_history = true;
  event.history_window.reset();
  event.history_fields.assign(record.fields.size(), true);
  const ir::NodeId where = program.aggregates[0].where;
  const ir::Currency euro = [] {
    ir::Currency currency;
    ir::Currency::parse("EUR", currency);
    return currency;
  }();
  auto add = [&](AggregateOp op, const char* field, std::optional<ir::Currency> currency = {}) {
    for (auto window :
         {std::optional<Duration>(), std::optional<Duration>(10min), std::optional<Duration>(2h)})
      for (ir::NodeId condition : {ir::NodeId::kNone, where}) {
        ir::Aggregate aggregate;
        aggregate.op = op;
        aggregate.field = field == nullptr ? -1 : record.find(field);
        aggregate.window = window;
        aggregate.where = condition;
        aggregate.currency = currency;
        if (field != nullptr)
          aggregate.type = record.fields[static_cast<std::size_t>(aggregate.field)].type.required();
        program.aggregates.push_back(aggregate);
      }
  };
  add(AggregateOp::kCount, nullptr);
  for (const char* field : {"whole", "part", "cost", "span"}) add(AggregateOp::kSum, field);
  add(AggregateOp::kSum, "cost", euro);
  for (AggregateOp op : {AggregateOp::kMin, AggregateOp::kMax})
    for (const char* field : {"whole", "cost", "day"}) add(op, field);
  for (AggregateOp op : {AggregateOp::kFirst, AggregateOp::kLast, AggregateOp::kDistinct})
    for (const char* field : {"word", "cost", "whole"}) add(op, field);
  return program;
}

class Rows : public History {
 public:
  void scan(NameHash, Instant from, Instant to, const RowVisitor& row) const override {
    for (auto at = rows.lower_bound({from, Sequence::kNone}); at != rows.end(); ++at) {
      if (at->first.occurred_at > to) return;
      ++read;
      if (!row(at->first, at->second)) return;
    }
  }
  std::map<Moment, std::string> rows;  // of `measured`
  mutable std::size_t read = 0;
};

class Life {
 public:
  explicit Life(std::uint64_t seed) : random_(seed), currencies_(1 + seed % 3) {}

  bool skip_late = false;  // a planted fault

  void step() {
    now_ += Duration(std::chrono::seconds(below(900)));
    for (std::uint64_t rows = below(4); rows > 0; --rows) add();
    if (below(20) == 0) trim();
    if (below(40) == 0) join();
    if (below(30) == 0) restart();
    if (below(30) == 0) executor_ = make_interpreter(below(2) == 0 ? program_ : fewer_);
  }

  // The aggregates whose running value is not what a scan gives.
  std::string differences() {
    std::string text;
    Frame frame = this->frame();
    for (std::uint32_t i = 0; i < executor_->program().aggregates.size(); ++i) {
      if (below(3) == 0) continue;  // not everything is asked each time
      Value running = aggregate(*executor_, i, frame);
      Value scanned = scanned_aggregate(*executor_, i, frame);
      if (ir::same(running, scanned)) continue;
      text += fmt::format("{}: {} is not {}\n", name(i), ir::to_string(running),
                          ir::to_string(scanned));
    }
    Frame without = frame;
    without.state = nullptr;
    const ir::Silence& quiet = executor_->program().silences[0];
    if (is_silent(executor_->program(), quiet, frame) !=
        is_silent(executor_->program(), quiet, without))
      text += "the silence\n";
    for (std::uint32_t i = 0; i < executor_->program().aggregates.size(); ++i)
      if (auto left_out = running_left_out(*executor_, i, frame);
          left_out && *left_out != rows_left_out(*executor_, i, without))
        text += name(i) + ": rows left out\n";
    return text;
  }

  Frame frame() {
    Frame frame;
    frame.history = &history_;
    frame.state = &state_;
    frame.now = now_;
    frame.known_since = now_;
    return frame;
  }
  std::size_t kept() const { return state_.running.size(); }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::string name(std::uint32_t i) const {
    const ir::Aggregate& one = executor_->program().aggregates[i];
    return fmt::format("op {} of field {} in {} where {}", static_cast<int>(one.op), one.field,
                       one.window ? one.window->count() : 0, static_cast<std::int64_t>(one.where));
  }

  ir::Items fields() {
    ir::Items row(7);
    auto there = [&] { return below(5) > 0; };
    if (there())
      row[0] = below(50) == 0 ? std::numeric_limits<std::int64_t>::max()
                              : static_cast<std::int64_t>(below(9)) - 2;
    if (there()) row[1] = Decimal::from_millionths(static_cast<std::int64_t>(below(5'000'000)));
    if (there()) {
      const char* names[] = {"EUR", "USD", "JPY"};
      ir::Money money;
      ir::Currency::parse(names[below(currencies_)], money.currency);
      money.amount = *Decimal::from_integer(static_cast<std::int64_t>(below(5)) - 1);
      row[2] = money;
    }
    if (there()) row[3] = Date(std::chrono::days(below(20)));
    if (there()) row[4] = Duration(static_cast<std::int64_t>(below(1000)));
    if (there()) row[5] = std::string(below(300) == 0 ? 5'000 : 1, "abcde"[below(5)]);
    row[6] = std::string(1, "sml"[below(3)]);
    return row;
  }

  void add() {
    bool late = below(4) == 0;
    Instant at = late ? now_ - Duration(std::chrono::seconds(below(8'000))) : now_;
    if (below(10) == 0 && !history_.rows.empty())  // the very end of a window
      at = std::max(at, history_.rows.rbegin()->first.occurred_at);
    if (at > now_) at = now_;
    put({at, Sequence{++sequence_}}, fields(), late && skip_late);
  }
  void put(const Moment& moment, const ir::Items& row, bool skipped) {
    const ir::Program& program = executor_->program();
    history_.rows[moment] = encode_history_row(program, program.events[0], row);
    KeptEvents& kept = state_.kept(program.events[0].hash);
    kept.newest = std::max(kept.newest, moment.occurred_at);
    if (!skipped) note_row(*executor_, state_, 0, moment, row);
  }
  void trim() {
    for (std::uint64_t rows = below(10); rows > 0 && !history_.rows.empty(); --rows) {
      auto oldest = history_.rows.begin();
      forget_row(*executor_, state_, 0, oldest->first, oldest->second);
      history_.rows.erase(oldest);
    }
  }
  // Another person's rows come along, which no event brought.
  void join() {
    const ir::Program& program = executor_->program();
    state_.running.clear();
    for (int i = 0; i < 5; ++i)
      history_.rows[{now_ - Duration(std::chrono::seconds(below(8'000))), Sequence{++sequence_}}] =
          encode_history_row(program, program.events[0], fields());
    for (const auto& [moment, row] : history_.rows) {
      KeptEvents& kept = state_.kept(program.events[0].hash);
      kept.newest = std::max(kept.newest, moment.occurred_at);
    }
  }
  void restart() {
    CampaignNumbers numbers;
    ByteWriter writer;
    encode(state_, numbers, writer);
    ByteReader reader(writer.bytes());
    state_ = PersonState{};
    ASSERT_TRUE(decode(reader, numbers, state_));
  }

  static ir::Program without_some(ir::Program program) {
    Chunked<ir::Aggregate> some;
    for (std::size_t i = 0; i < program.aggregates.size(); ++i)
      if (i < 10 || i >= 30) some.push_back(program.aggregates[i]);
    program.aggregates = some;
    return program;
  }

  const ir::Program program_ = program_of_aggregates();
  const ir::Program fewer_ = without_some(program_);
  std::unique_ptr<Executor> executor_ = make_interpreter(program_);
  std::mt19937_64 random_;
  std::uint64_t currencies_;
  Rows history_;
  PersonState state_;
  Instant now_ = *parse_instant("2026-03-10T12:00:00Z");
  std::uint64_t sequence_ = 0;
};

TEST(RunningAggregates, EqualTheScanOfTheHistory) {
  std::size_t most_kept = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    Life life(seed);
    for (int i = 0; i < 100; ++i) {
      life.step();
      most_kept = std::max(most_kept, life.kept());
      ASSERT_EQ(life.differences(), "") << "seed " << seed << ", step " << i;
    }
  }
  EXPECT_GT(most_kept, 80u) << "or the scan was compared with itself";
}

TEST(RunningAggregates, ALateRowThatIsForgottenIsFound) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    Life life(seed);
    life.skip_late = true;
    for (int i = 0; i < 100; ++i) {
      life.step();
      if (!life.differences().empty()) ++found;
    }
  }
  EXPECT_GT(found, 0u);
}

// One person, rows a minute apart, and one aggregate.
class OneAggregate : public ::testing::Test {
 protected:
  void use(AggregateOp op, const char* field, std::optional<Duration> window) {
    program.events[0].history_fields.assign(7, true);
    const ir::RecordType& record = program.types.record_at(program.events[0].record);
    ir::Aggregate one;
    one.op = op;
    one.field = field == nullptr ? -1 : record.find(field);
    one.window = window;
    if (field != nullptr) one.type = record.fields[static_cast<std::size_t>(one.field)].type;
    program.aggregates = {one};
    executor = make_interpreter(program);
  }
  void row(Instant at, Value word = {}) {
    ir::Items fields(7);
    fields[5] = std::move(word);
    Moment moment{at, Sequence{++sequence}};
    history.rows[moment] = encode_history_row(program, program.events[0], fields);
    KeptEvents& kept = state.kept(program.events[0].hash);
    kept.newest = std::max(kept.newest, at);
    note_row(*executor, state, 0, moment, fields);
  }
  std::string value() {
    Frame frame;
    frame.history = &history;
    frame.state = &state;
    frame.now = now;
    return ir::to_string(aggregate(*executor, 0, frame));
  }
  std::size_t reads(Duration later) {
    now += later;
    history.read = 0;
    value();
    return history.read;
  }

  ir::Program program = compiled();
  std::unique_ptr<Executor> executor;
  Rows history;
  PersonState state;
  Instant now = *parse_instant("2026-03-10T12:00:00Z");
  std::uint64_t sequence = 0;
};

TEST_F(OneAggregate, ReadsOnlyTheRowsThatLeftTheWindow) {
  use(AggregateOp::kCount, nullptr, 1h);
  for (int i = 0; i < 1'000; ++i) row(now - 1h + std::chrono::seconds(3 * i + 1));
  EXPECT_EQ(reads(0s), 1'000u) << "built";
  EXPECT_EQ(reads(0s), 0u);
  EXPECT_EQ(reads(1s), 2u) << "one that left, and the next to leave";
  EXPECT_EQ(reads(1s), 0u);
  EXPECT_EQ(reads(10s), 4u);
  row(now);
  EXPECT_EQ(reads(0s), 0u) << "a new row counts without being read";
}

TEST_F(OneAggregate, AWindowEndsExactly) {
  use(AggregateOp::kCount, nullptr, 1h);
  row(now);
  EXPECT_EQ(value(), "1");
  now += 1h - Duration(1);
  EXPECT_EQ(value(), "1");
  now += Duration(1);
  EXPECT_EQ(value(), "0");
  row(now - 1h);
  EXPECT_EQ(value(), "0") << "a late row at the very edge is outside";
  row(now - 1h + Duration(1));
  EXPECT_EQ(value(), "1");
  EXPECT_TRUE(state.running.size() == 1);
}

TEST_F(OneAggregate, AnEarlierInstantIsScanned) {
  use(AggregateOp::kCount, nullptr, 1h);
  row(now - 30min);
  row(now);
  EXPECT_EQ(value(), "2");
  now -= 10min;
  EXPECT_EQ(value(), "1") << "the second row had not happened";
  now += 41min;
  EXPECT_EQ(value(), "1");
  now -= 5min;
  EXPECT_EQ(value(), "2");
}

TEST_F(OneAggregate, ThatThereIsNoRowIsRememberedAndNotStored) {
  use(AggregateOp::kSum, "whole", 1h);
  program.aggregates.edit(0).where = compiled().aggregates[0].where;  // no row is large
  executor = make_interpreter(program);
  row(now);
  EXPECT_EQ(reads(0s), 1u) << "built";
  EXPECT_EQ(reads(30min), 0u);
  EXPECT_EQ(value(), "0");
  ASSERT_EQ(state.running.size(), 1u);
  EXPECT_EQ(state.running[0].rows, 0u);
  CampaignNumbers numbers;
  ByteWriter writer;
  encode(state, numbers, writer);
  PersonState stored;
  ByteReader reader(writer.bytes());
  ASSERT_TRUE(decode(reader, numbers, stored));
  EXPECT_TRUE(stored.running.empty());
}

TEST_F(OneAggregate, WhoDidItLongAgoHasNoneAndTheNextRowCounts) {
  use(AggregateOp::kSum, "whole", 1h);
  row(now);
  EXPECT_EQ(value(), "0");
  EXPECT_EQ(state.running.at(0).rows, 1u);
  now += 2h;
  EXPECT_EQ(value(), "0");
  EXPECT_EQ(state.running.at(0).rows, 0u);
  row(now);
  EXPECT_EQ(state.running.at(0).rows, 1u);
  EXPECT_EQ(reads(0s), 0u);
}

TEST_F(OneAggregate, OfFewItIsRememberedThatThereIsNoRow) {
  use(AggregateOp::kCount, nullptr, 1h);
  ir::Aggregate one = program.aggregates[0];
  for (std::ptrdiff_t i = 1; i <= kMaxEmptyAggregates; ++i) {
    one.window = 1h + Duration(i);
    program.aggregates.push_back(one);
  }
  executor = make_interpreter(program);
  Frame frame;
  frame.history = &history;
  frame.state = &state;
  frame.now = now;
  for (std::uint32_t i = 0; i < program.aggregates.size(); ++i)
    EXPECT_EQ(ir::to_string(aggregate(*executor, i, frame)), "0");
  EXPECT_EQ(state.running.size(), static_cast<std::size_t>(kMaxEmptyAggregates));
}

TEST_F(OneAggregate, AValueThatIsTooLargeIsNotKept) {
  use(AggregateOp::kDistinct, "word", 1h);
  row(now, std::string("a"));
  EXPECT_EQ(value(), "[\"a\"]");
  EXPECT_EQ(state.running.size(), 1u);
  row(now, std::string(kMaxRunningBytes, 'b'));
  EXPECT_TRUE(state.running.empty());
  EXPECT_EQ(value().size(), kMaxRunningBytes + std::string(R"(["a", ""])").size());
  EXPECT_TRUE(state.running.empty());
  now += 2h;
  row(now, std::string("c"));
  EXPECT_EQ(value(), "[\"c\"]");
  EXPECT_EQ(state.running.size(), 1u) << "it has left the window";
}

TEST_F(OneAggregate, APersonHasABoundedNumber) {
  use(AggregateOp::kCount, nullptr, 1h);
  ir::Aggregate one = program.aggregates[0];
  for (std::size_t i = 1; i <= kMaxRunningAggregates; ++i) {
    one.window = 1h + Duration(static_cast<std::int64_t>(i));
    program.aggregates.push_back(one);
  }
  executor = make_interpreter(program);
  row(now);
  Frame frame;
  frame.history = &history;
  frame.state = &state;
  frame.now = now;
  for (std::uint32_t i = 0; i < program.aggregates.size(); ++i)
    EXPECT_EQ(ir::to_string(aggregate(*executor, i, frame)), "1");
  EXPECT_EQ(state.running.size(), kMaxRunningAggregates);
}

TEST_F(OneAggregate, WhatADeployNoLongerReadsGoes) {
  use(AggregateOp::kCount, nullptr, 1h);
  row(now);
  EXPECT_EQ(value(), "1");
  Hash128 before = state.running.at(0).identity;
  use(AggregateOp::kCount, nullptr, 2h);
  EXPECT_EQ(value(), "1");
  ASSERT_EQ(state.running.size(), 1u);
  EXPECT_NE(state.running[0].identity, before);
  use(AggregateOp::kCount, nullptr, 1h);
  row(now);
  EXPECT_TRUE(state.running.empty()) << "also by the next event";
  EXPECT_EQ(value(), "2");
}

TEST(AggregateIndex, OnlyWhatTheRowAloneDecidesIsKeptRunning) {
  ir::Program program = compiled();
  AggregateIndex index = index_aggregates(program);
  ASSERT_EQ(index.identities.size(), 2u);
  EXPECT_TRUE(index.identities[0]);
  EXPECT_FALSE(index.identities[1]) << "its `where` reads the person";
  EXPECT_EQ(index.find(*index.identities[0]) - &index.known[0].second, 0);
  ir::Program reordered = compiled();
  std::swap(reordered.aggregates.edit(0), reordered.aggregates.edit(1));
  EXPECT_EQ(index_aggregates(reordered).identities[1], index.identities[0]);
}

}  // namespace
}  // namespace trig::exec
