// Declarations but policy, campaign and test; fields and types.
#include "compiler/base/check.h"
#include "compiler/parse/builder.h"

namespace trig::parse {

ast::Declaration Builder::declaration(Grammar::DeclarationContext* tree) {
  TextRange place = range(tree);
  if (auto* one = tree->useDecl()) return {place, use_decl(one)};
  if (auto* one = tree->eventDecl()) return {place, event_decl(one)};
  if (auto* one = tree->recordDecl()) return {place, record_decl(one)};
  if (auto* one = tree->personDecl()) return {place, person_decl(one)};
  if (auto* one = tree->listDecl()) return {place, list_decl(one)};
  if (auto* one = tree->catalogDecl()) return {place, catalog_decl(one)};
  if (auto* one = tree->topicDecl()) return {place, topic_decl(one)};
  if (auto* one = tree->couponsDecl()) return {place, coupons_decl(one)};
  if (auto* one = tree->segmentDecl()) return {place, segment_decl(one)};
  if (auto* one = tree->templateDecl()) return {place, template_decl(one)};
  if (auto* one = tree->policyDecl()) return {place, policy_decl(one)};
  if (auto* one = tree->campaignDecl()) return {place, campaign_decl(one)};
  TRIG_CHECK(tree->testDecl(), "the grammar has a declaration that the builder does not know");
  return {place, test_decl(tree->testDecl())};
}

ast::UseDecl Builder::use_decl(Grammar::UseDeclContext* tree) {
  ast::UseDecl decl{{name(tree->name())}};
  for (auto* part : tree->label()) decl.path.push_back(name(part));
  return decl;
}

ast::EventDecl Builder::event_decl(Grammar::EventDeclContext* tree) {
  return {name(tree->name()), texts(tree->text()), fields(tree->fields())};
}

ast::RecordDecl Builder::record_decl(Grammar::RecordDeclContext* tree) {
  return {name(tree->name()), fields(tree->fields())};
}

ast::PersonDecl Builder::person_decl(Grammar::PersonDeclContext* tree) {
  return {range(tree->PERSON()), fields(tree->fields())};
}

ast::ListDecl Builder::list_decl(Grammar::ListDeclContext* tree) {
  return {name(tree->name()), text(tree->text()), name(tree->label()), fields(tree->fields())};
}

ast::CatalogDecl Builder::catalog_decl(Grammar::CatalogDeclContext* tree) {
  return {name(tree->name()), text(tree->text()), name(tree->label()), fields(tree->fields())};
}

ast::TopicDecl Builder::topic_decl(Grammar::TopicDeclContext* tree) {
  return {name(tree->name()), text_if(tree->text())};
}

ast::CouponsDecl Builder::coupons_decl(Grammar::CouponsDeclContext* tree) {
  return {name(tree->name()), record_literal(tree->recordLiteral())};
}

ast::SegmentDecl Builder::segment_decl(Grammar::SegmentDeclContext* tree) {
  return {name(tree->name()), expression(tree->expression())};
}

ast::TemplateDecl Builder::template_decl(Grammar::TemplateDeclContext* tree) {
  ast::TemplateDecl decl{name(tree->name()), {}, text(tree->text())};
  for (auto* one : tree->parameter())
    decl.parameters.push_back({name(one->label()), type_expr(one->typeExpr())});
  return decl;
}

std::vector<ast::FieldDecl> Builder::fields(Grammar::FieldsContext* tree) {
  std::vector<ast::FieldDecl> all;
  if (!tree) return all;
  for (auto* one : tree->fieldDecl()) all.push_back(field_decl(one));
  return all;
}

ast::FieldDecl Builder::field_decl(Grammar::FieldDeclContext* tree) {
  ast::FieldDecl field;
  field.range = range(tree);
  field.name = name(tree->label());
  field.type = type_expr(tree->typeExpr());
  field.key = tree->KEY() != nullptr;
  if (tree->constant()) field.default_value = constant(tree->constant()).expr;
  std::vector<Grammar::TextContext*> names = tree->text();
  if (tree->IN()) {  // the last text stands after `in`
    field.in = text(names.back());
    names.pop_back();
  }
  field.from = texts(names);
  return field;
}

ast::TypeExpr Builder::type_expr(Grammar::TypeExprContext* tree) {
  ast::TypeExpr type = plain_type(tree->plainType());
  type.optional = tree->QUESTION() != nullptr;
  type.range = range(tree);
  return type;
}

ast::TypeExpr Builder::plain_type(Grammar::PlainTypeContext* tree) {
  ast::TypeExpr type;
  type.range = range(tree);
  if (tree->plainType())
    type.node =
        ast::TypeExpr::ListOf{std::make_unique<ast::TypeExpr>(plain_type(tree->plainType()))};
  else if (tree->ONE())
    type.node = ast::TypeExpr::OneOf{texts(tree->text())};
  else
    type.node = ast::TypeExpr::Named{name(tree->typeName())};
  return type;
}

Builder::Built Builder::constant(Grammar::ConstantContext* tree) {
  if (tree->literal()) return literal(tree->literal());
  if (tree->MINUS()) {
    Built operand = constant(tree->constant(0));
    return made(range(tree), ast::Unary{ast::UnaryOp::kNegate, std::move(operand.expr)},
                operand.depth);
  }
  ast::ListLiteral list;
  std::size_t depth = 0;
  for (auto* one : tree->constant()) {
    Built item = constant(one);
    depth = std::max(depth, item.depth);
    list.items.push_back(std::move(item.expr));
  }
  return made(range(tree), std::move(list), depth);
}

}  // namespace trig::parse
