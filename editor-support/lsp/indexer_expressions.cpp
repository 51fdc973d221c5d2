#include <algorithm>

#include "editor-support/lsp/indexer.h"

namespace trig::lsp {

void Indexer::condition(const ast::Expr* expr, Records tested) {
  Records around = std::exchange(tested_, std::move(tested));
  expression(expr);
  tested_ = std::move(around);
}

void Indexer::record(const ast::RecordLiteral& literal, ir::Type record) {
  for (const ast::FieldValue& value : literal.fields) {
    ir::Type expected;
    if (record.kind == ir::Kind::kRecord) {
      field(record, value.name);
      const ir::RecordType& known = program_.types.record_at(record);
      if (const int at = known.find(value.name.text); at >= 0)
        expected = known.fields[static_cast<std::size_t>(at)].type;
    }
    expression(value.value.get(), expected);
  }
}

// A name that is neither a field nor a binding: what it is is said by what takes it.
void Indexer::lone_name(const ast::Name& name) {
  for (const ir::TableType& table : program_.tables)
    if (table.name == name.text)
      return add(table.catalog ? NameKind::kCatalog : NameKind::kList, name);
  for (const ir::CouponPool& pool : program_.coupons)
    if (pool.name == name.text) return add(NameKind::kCoupons, name);
  if (program_.find_event(name.text) >= 0) return event(name);
  if (program_.find_template(name.text) >= 0) return add(NameKind::kTemplate, name);
  for (const ir::Topic& topic : program_.topics)
    if (topic.name == name.text) return add(NameKind::kTopic, name);
  if (program_.find_campaign(name_hash(name.text)) >= 0) add(NameKind::kCampaign, name);
}

void Indexer::follow(Records types, const std::vector<ast::Name>& names, std::size_t from) {
  for (std::size_t i = from; i < names.size() && !types.empty(); ++i) {
    Records next;
    for (ir::Type type : types) {
      while (type.kind == ir::Kind::kList) type = program_.types.element(type);
      if (type.kind != ir::Kind::kRecord) continue;
      field(type, names[i]);
      const ir::RecordType& known = program_.types.record_at(type);
      if (const int at = known.find(names[i].text); at >= 0)
        next.push_back(known.fields[static_cast<std::size_t>(at)].type);
    }
    types = std::move(next);
  }
}

void Indexer::path(const ast::Path& path) {
  const ast::Name& first = path.names[0];
  Records with;
  for (ir::Type record : tested_)
    if (program_.types.record_at(record).find(first.text) >= 0) with.push_back(record);
  if (!with.empty()) return follow(std::move(with), path.names, 0);
  if (first.text == "person" && program_.person.valid())
    return follow({program_.person}, path.names, 1);
  auto local = std::find_if(locals_.rbegin(), locals_.rend(),
                            [&](const Local& one) { return one.name == first.text; });
  if (local == locals_.rend()) {
    if (path.names.size() == 1) lone_name(first);
    return;
  }
  if (local->id)
    uses_.push_back({first.range.begin, first.range.end, *local->id, false,
                     local->records.empty() ? "message" : type_text(local->records)});
  follow(local->records, path.names, 1);
}

void Indexer::call(const ast::Call& call) {
  for (const ast::Argument& argument : call.arguments) expression(argument.value.get());
}

void Indexer::expression(const ast::Expr* expr, ir::Type expected) {
  if (expr == nullptr) return;
  auto nothing = [](const auto&) {};
  while (expected.kind == ir::Kind::kList && !std::holds_alternative<ast::ListLiteral>(expr->node))
    expected = program_.types.element(expected);
  std::visit(ast::Overloaded{[&](const ast::Path& one) { path(one); },
                             [&](const ast::Unary& one) { expression(one.operand.get()); },
                             [&](const ast::Binary& one) {
                               expression(one.left.get(), expected);
                               expression(one.right.get(), expected);
                             },
                             [&](const ast::Between& one) {
                               expression(one.value.get());
                               expression(one.low.get());
                               expression(one.high.get());
                             },
                             [&](const ast::InSegment& one) {
                               expression(one.value.get());
                               add(NameKind::kSegment, one.segment);
                             },
                             [&](const ast::Call& one) { call(one); },
                             [&](const ast::Aggregate& one) {
                               event(one.event);
                               const Records tested = records_of({one.event});
                               if (one.field)
                                 for (ir::Type record : tested) field(record, *one.field);
                               condition(one.where.get(), tested);
                             },
                             [&](const ast::Silence& one) { events(one.events); },
                             [&](const ast::Since& one) { expression(one.value.get()); },
                             [&](const ast::ListLiteral& one) {
                               const ir::Type item = expected.kind == ir::Kind::kList
                                                         ? program_.types.element(expected)
                                                         : ir::Type();
                               for (const ast::ExprPtr& each : one.items)
                                 expression(each.get(), item);
                             },
                             [&](const ast::RecordLiteral& one) { record(one, expected); },
                             [&](const ast::IntegerLiteral& one) { nothing(one); },
                             [&](const ast::NumberLiteral& one) { nothing(one); },
                             [&](const ast::PercentLiteral& one) { nothing(one); },
                             [&](const ast::MoneyLiteral& one) { nothing(one); },
                             [&](const ast::BooleanLiteral& one) { nothing(one); },
                             [&](const ast::TextLiteral& one) { nothing(one); },
                             [&](const ast::TimeLiteral& one) { nothing(one); },
                             [&](const ast::DateLiteral& one) { nothing(one); },
                             [&](const ast::SpanLiteral& one) { nothing(one); }},
             expr->node);
}

}  // namespace trig::lsp
