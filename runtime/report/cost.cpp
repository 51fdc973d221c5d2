#include "runtime/report/cost.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "compiler/base/limits.h"
#include "compiler/exec/aggregate_index.h"
#include "compiler/ir/aggregate_text.h"
#include "compiler/ir/ways.h"
#include "runtime/ports/limits.h"

namespace trig::report {
namespace {

using ir::NodeId;

// Rows of text columns; the first column to the left, figures to the right.
class Table {
 public:
  explicit Table(std::vector<std::string> heads) { rows_.push_back(std::move(heads)); }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const {
    std::string text;
    for (const std::vector<std::string>& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < row.size(); ++i) {
        std::size_t width = 0;
        for (const std::vector<std::string>& other : rows_)
          width = std::max(width, other[i].size());
        line +=
            i == 0 ? fmt::format("{:<{}}", row[i], width) : fmt::format("  {:>{}}", row[i], width);
      }
      text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
  }

 private:
  std::vector<std::vector<std::string>> rows_;
};

// Operations that evaluating a condition takes at most; an aggregate counts as one.
std::size_t operations(const ir::Program& program, NodeId id) {
  if (id == NodeId::kNone) return 0;
  const ir::Node& node = program.node(id);
  std::size_t sum = 1;
  for (NodeId operand : {node.a, node.b, node.c}) sum += operations(program, operand);
  for (NodeId operand : node.operands) sum += operations(program, operand);
  return sum;
}

// Every value takes a tag and at most ten bytes; texts and lists together at most what an event may
// have.
std::size_t row_bytes(const ir::Program& program, const ir::EventType& event) {
  constexpr std::size_t kKeyBytes = 48;
  constexpr std::size_t kNumberBytes = 11;
  constexpr std::size_t kMoneyBytes = 15;
  std::size_t bytes = kKeyBytes;
  bool open = false;
  const ir::RecordType& record = program.types.record_at(event.record);
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    if (i >= event.history_fields.size() || !event.history_fields[i]) continue;
    const ir::Kind kind = record.fields[i].type.kind;
    open = open || ir::is_textual(kind) || kind == ir::Kind::kList || kind == ir::Kind::kRecord;
    bytes += kind == ir::Kind::kMoney ? kMoneyBytes : kNumberBytes;
  }
  return bytes + (open ? kMaxEventBytes : 0);
}

std::string bytes_text(std::size_t bytes) {
  if (bytes < 10 * 1024) return fmt::format("{} B", bytes);
  if (bytes < 10 * 1024 * 1024) return fmt::format("{} KiB", bytes / 1024);
  return fmt::format("{} MiB", bytes / (1024 * 1024));
}

void add_watch(const ir::Program& program, const ir::Watch& watch, std::vector<EventCost>& costs) {
  for (const ir::Watch::Alternative& alternative : watch.alternatives) {
    ++costs[alternative.event].watched;
    costs[alternative.event].operations += operations(program, alternative.where);
  }
}

std::string event_table(const ir::Program& program) {
  Table table(
      {"event", "starts", "watched by", "operations", "kept for", "rows", "row", "a person"});
  const std::vector<EventCost> costs = event_costs(program);
  for (std::size_t i = 0; i < costs.size(); ++i) {
    const ir::EventType& event = program.events[i];
    if (costs[i].starts + costs[i].watched == 0 && !event.kept_in_history) continue;
    const std::size_t row = row_bytes(program, event);
    std::vector<std::string> history = {"-", "-", "-", "-"};
    if (event.kept_in_history)
      history = {event.history_window ? duration_text(*event.history_window) : "ever",
                 std::to_string(kMaxHistoryPerPersonEvent), bytes_text(row),
                 bytes_text(row * kMaxHistoryPerPersonEvent)};
    table.add({event.name, std::to_string(costs[i].starts), std::to_string(costs[i].watched),
               std::to_string(costs[i].operations), history[0], history[1], history[2],
               history[3]});
  }
  return table.text();
}

// What its running value takes in the state of a person at most.
std::size_t state_bytes(const ir::Program& program, const ir::Aggregate& aggregate) {
  constexpr std::size_t kFixedBytes = 80;
  constexpr std::size_t kValueBytes = 40;
  using ir::AggregateOp;
  if (aggregate.op == AggregateOp::kCount) return kFixedBytes;
  const ir::EventType& event = program.events[aggregate.event];
  const ir::Kind kind = program.types.record_at(event.record)
                            .fields[static_cast<std::size_t>(aggregate.field)]
                            .type.kind;
  bool several = aggregate.op == AggregateOp::kDistinct ||
                 (aggregate.op == AggregateOp::kSum && kind == ir::Kind::kMoney);
  bool open = ir::is_textual(kind) || kind == ir::Kind::kList || kind == ir::Kind::kRecord;
  return kFixedBytes + (several || open ? kMaxRunningBytes : kValueBytes);
}

std::string aggregate_table(const ir::Program& program) {
  Table table({"aggregate", "evaluated", "rows", "rows take", "state", "complete after"});
  const exec::AggregateIndex index = exec::index_aggregates(program);
  std::vector<std::vector<std::string>> told;
  for (std::size_t i = 0; i < program.aggregates.size(); ++i) {
    const ir::Aggregate& aggregate = program.aggregates[i];
    if (aggregate.gone) continue;
    const bool running = index.identities[i].has_value();
    std::vector<std::string> row = {
        ir::describe(program, aggregate),
        running ? "running" : "scanned",
        std::to_string(kMaxHistoryPerPersonEvent),
        bytes_text(row_bytes(program, program.events[aggregate.event]) * kMaxHistoryPerPersonEvent),
        running ? bytes_text(state_bytes(program, aggregate)) : "-",
        aggregate.window ? duration_text(*aggregate.window) : "never"};
    if (std::find(told.begin(), told.end(), row) == told.end()) told.push_back(std::move(row));
  }
  for (std::vector<std::string>& row : told) table.add(std::move(row));
  return table.text();
}

// The most mails one journey can send.
std::size_t most_mails(const ir::Campaign& campaign) {
  std::vector<std::size_t> mails(campaign.steps.size() + 1, 0);
  std::size_t most = 0;
  for (std::size_t i = 0; i < campaign.steps.size(); ++i) {
    const bool sends = std::holds_alternative<ir::Send>(campaign.steps[i].node);
    const std::size_t after = mails[i] + (sends ? 1 : 0);
    most = std::max(most, after);
    for (const ir::Way& way : ir::ways_from(campaign, i))
      if (!way.holdout) mails[way.to] = std::max(mails[way.to], after);
  }
  return most;
}

std::string campaign_table(const ir::Program& program) {
  Table table({"campaign", "steps", "mails", "watches", "journeys a person", "operations"});
  for (const ir::Campaign& campaign : program.campaigns) {
    const CampaignCost cost = campaign_cost(program, campaign);
    table.add({campaign.name, std::to_string(cost.steps), std::to_string(cost.mails),
               std::to_string(cost.watches), std::to_string(cost.journeys),
               std::to_string(cost.operations)});
  }
  return table.text();
}

}  // namespace

CampaignCost campaign_cost(const ir::Program& program, const ir::Campaign& campaign) {
  CampaignCost cost;
  cost.steps = campaign.steps.size();
  cost.mails = most_mails(campaign);
  cost.watches = campaign.watches.size() + campaign.exits.size() + campaign.goals.size();
  for (const ir::Step& step : campaign.steps) {
    ++cost.operations;
    for (NodeId node : ir::nodes_of(step)) cost.operations += operations(program, node);
  }
  const auto& starts = campaign.trigger.alternatives;
  const bool one =
      campaign.again != ir::AgainMode::kAlways && !starts.empty() && starts[0].key == NodeId::kNone;
  cost.journeys = one ? 1 : kMaxJourneysPerPerson;
  return cost;
}

std::vector<EventCost> event_costs(const ir::Program& program) {
  std::vector<EventCost> costs(program.events.size());
  for (const ir::Campaign& campaign : program.campaigns) {
    for (const ir::StartTrigger::Alternative& start : campaign.trigger.alternatives) {
      ++costs[start.event].starts;
      costs[start.event].operations +=
          operations(program, start.where) + operations(program, start.key);
    }
    if (const auto* on = std::get_if<ir::OnSilence>(&campaign.trigger.kind))
      for (std::uint32_t event : on->silence.events) ++costs[event].starts;
    if (const auto* on = std::get_if<ir::OnSegment>(&campaign.trigger.kind))
      for (std::uint32_t event : program.segments[on->segment].events) {
        ++costs[event].starts;
        costs[event].operations += operations(program, program.segments[on->segment].condition);
      }
    for (const ir::Watch& watch : campaign.watches) add_watch(program, watch, costs);
    for (const ir::Watch& exit : campaign.exits) add_watch(program, exit, costs);
    for (const ir::Goal& goal : campaign.goals) add_watch(program, goal.watch, costs);
  }
  return costs;
}

std::string cost_table(const ir::Program& program) {
  std::string aggregates;
  if (!program.aggregates.empty())
    aggregates =
        "\nAggregates of one person, at most. Running: kept up to date in the person's state. "
        "Scanned: the rows\nare read each time, since the `where` reads more than the row. "
        "Complete "
        "that long after a first deploy,\nor at once as far as stored events reach:\n" +
        aggregate_table(program);
  return "\nAt most, for one event as it comes in; and kept of it for one person:\n" +
         event_table(program) + aggregates + "\nAt most, for one journey from start to end:\n" +
         campaign_table(program);
}

}  // namespace trig::report
