// Triggers that take no event: silence, dates, segments, schedules.
#include <algorithm>
#include <array>
#include <numeric>

#include "compiler/check/campaign.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;
using ir::Op;

namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

// The first node that reads more than the person and segments; kNone: none.
NodeId reads_more(const ir::Program& program, NodeId id) {
  if (id == NodeId::kNone) return id;
  const ir::Node& node = program.node(id);
  if (node.op == Op::kAggregate || node.op == Op::kSilence) return id;
  for (NodeId operand : {node.a, node.b, node.c})
    if (NodeId found = reads_more(program, operand); found != NodeId::kNone) return found;
  for (NodeId operand : node.operands)
    if (NodeId found = reads_more(program, operand); found != NodeId::kNone) return found;
  return NodeId::kNone;
}

}  // namespace

// They bind nothing; slot 0 stands there empty, so that every campaign has one.
void CampaignChecker::check_without_event(const ast::Trigger& trigger) {
  without_event_ = true;
  ir::Slot slot;
  slot.name = "trigger";
  slot.record = context_.program.types.add_record({campaign_.name, {}, trigger.range});
  context_.program.sources.emplace_back();
  campaign_.slots.push_back(std::move(slot));
  if (trigger.per)
    context_.report(Code::kPerNeedsRecord, trigger.per_range)
        .hint("leave it out: the key is the person");
  if (trigger.where == nullptr) return;
  Scope scope;
  scope.slots = &campaign_.slots;
  campaign_.trigger.where = ExpressionChecker(context_, scope).condition(*trigger.where);
  refuse_history();
}

void CampaignChecker::refuse_history() {
  NodeId more = reads_more(context_.program, campaign_.trigger.where);
  if (more != NodeId::kNone)
    context_.report(Code::kWhereReadsMore, context_.program.node(more).range)
        .hint("declare a segment with it, and ask `where person is …`");
}

void CampaignChecker::check(const ast::Trigger& trigger, const ast::SilenceTrigger& silence) {
  std::optional<ir::Silence> checked = check_silence(context_, silence.events, silence.span);
  if (checked) {
    for (std::uint32_t event : checked->events) reach(event);
    campaign_.trigger.kind = ir::OnSilence{std::move(*checked)};
  }
  check_without_event(trigger);
}

void CampaignChecker::check(const ast::Trigger& trigger, const ast::DateTrigger& date) {
  ir::OnDate on;
  on.every_year = date.every_year;
  on.at = date.at;
  if (date.offset) {
    on.offset = date.offset->span;
    if (date.before) on.offset.amount = -on.offset.amount;
    if (!on.offset.is_calendar())
      context_.report(Code::kOffsetUnit, date.offset->range, {context_.quote(date.offset->range)})
          .hint("count in days, weeks, months or years: the time of day is said after `at`");
  } else {
    on.offset = {0, CalendarUnit::kDay};
  }
  const ast::Name& owner = date.date.names.front();
  if (context_.symbols.find(SymbolKind::kList, owner.text) != nullptr)
    return check_row_date(trigger, date, std::move(on));
  if (date.as)
    context_.report(Code::kNothingToName, date.as->range, {date.as->text}).hint("leave it out");
  if (owner.text != "person") {
    context_.report(Code::kNotADate, date.date_range, {context_.quote(date.date_range)})
        .hint("name a date of the person, `person.…`, or of a list");
  } else {
    Scope scope;
    scope.slots = &campaign_.slots;
    on.date = date_at(date.date, date.date_range, scope);
  }
  campaign_.trigger.kind = on;
  check_without_event(trigger);
}

NodeId CampaignChecker::date_at(const ast::Path& path, TextRange range, Scope& scope) {
  ExpressionChecker checker(context_, scope);
  NodeId node = checker.path(path, range);
  ir::Type type = checker.type_of(node);
  if (type.valid() && type.kind != Kind::kDate && type.kind != Kind::kDateTime)
    context_.report(Code::kNotADate, range, {context_.quote(range)})
        .hint("it is {}", context_.type_name(type.required()));
  return node;
}

// The row is bound as an event would be: `where` and `per` read its columns by their bare names.
void CampaignChecker::check_row_date(const ast::Trigger& trigger, const ast::DateTrigger& date,
                                     ir::OnDate on) {
  without_event_ = true;
  const ast::Name& owner = date.date.names.front();
  const Symbol* list = context_.resolve(SymbolKind::kList, owner);
  ir::Type record = context_.program.tables[list->index].record;
  if (!record.valid())
    context_.report(Code::kListWithoutColumns, owner.range, {list->name})
        .label(list->range, "the list is declared here")
        .hint("declare its columns in {{ … }}: one of them is the date");
  bind_trigger(record, date.as);
  if (!record.valid()) return;
  refuse_hidden_fields(context_, scope_, record);
  std::vector<int> columns(context_.record(record).fields.size());
  std::iota(columns.begin(), columns.end(), 0);
  Scope scope = scope_;
  scope.tests_event = true;
  scope.tested = record;
  scope.trigger_fields = &columns;
  ast::Path column;
  column.names.assign(date.date.names.begin() + 1, date.date.names.end());
  on.date = date_at(column, date.date_range, scope);
  context_.program.nodes.edit(static_cast<std::size_t>(on.date)).name =
      context_.quote(date.date_range);
  on.rows = {list->index, NodeId::kNone};
  campaign_.trigger.kind = on;
  if (trigger.per)
    std::get<ir::OnDate>(campaign_.trigger.kind).rows->key = check_key(trigger, scope);
  else
    context_.report(Code::kRowNeedsKey, date.date_range, {list->name})
        .label(list->range, "it is declared here")
        .hint("say after `per` which column tells one row from another");
  if (trigger.where == nullptr) return;
  campaign_.trigger.where = ExpressionChecker(context_, scope).condition(*trigger.where);
  refuse_history();
}

void CampaignChecker::check(const ast::Trigger& trigger, const ast::SegmentTrigger& written) {
  const Symbol* segment = context_.resolve(SymbolKind::kSegment, written.segment);
  if (segment != nullptr) {
    context_.program.segments[segment->index].watched = true;
    campaign_.trigger.kind = ir::OnSegment{written.entering, segment->index};
  }
  check_without_event(trigger);
}

std::optional<std::uint32_t> CampaignChecker::check_audience(const ast::Name& audience) {
  if (audience.text == "everyone") return std::nullopt;
  const Symbol* segment = context_.resolve(SymbolKind::kSegment, audience);
  return segment == nullptr ? std::nullopt : std::optional(segment->index);
}

void CampaignChecker::check(const ast::Trigger& trigger, const ast::RecurringTrigger& recurring) {
  auto day = std::find(kWeekdays.begin(), kWeekdays.end(), recurring.day.text);
  int weekday = day == kWeekdays.end() ? -1 : static_cast<int>(day - kWeekdays.begin());
  campaign_.trigger.kind =
      ir::OnRecurring{weekday, recurring.at, check_audience(recurring.audience)};
  check_without_event(trigger);
}

void CampaignChecker::check(const ast::Trigger& trigger, const ast::OnceTrigger& once) {
  campaign_.trigger.kind = ir::OnOnce{once.date, once.at, check_audience(once.audience)};
  check_without_event(trigger);
}

}  // namespace trig::check
