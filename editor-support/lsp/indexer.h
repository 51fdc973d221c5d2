// The walk behind index_tree. Internal to editor-support/lsp.
#pragma once

#include <optional>

#include "compiler/ast/visit.h"
#include "editor-support/lsp/index.h"

namespace trig::lsp {

class Indexer {
 public:
  Indexer(std::string path, const ir::Program& program)
      : path_(std::move(path)), program_(program) {}

  std::vector<NameUse> run(const ast::File& file);

 private:
  using Records = std::vector<ir::Type>;
  struct Local {  // a binding; without an id: `trigger`
    std::string name;
    Records records;
    std::optional<NameId> id;
  };

  // indexer.cpp: declarations and campaigns
  void declaration(const ast::Declaration& declaration);
  void declare(const ast::CampaignDecl& campaign);
  void fields(const std::string& owner, const std::vector<ast::FieldDecl>& fields);
  void policy_rule(const ast::PolicyRule& rule);
  void type(const ast::TypeExpr& type);
  void trigger(const ast::Trigger& trigger);
  void block(const ast::Block& block);
  void step(const ast::Step& step);
  void occurrence(const ast::Occurrence& occurrence);
  void watches(const std::vector<ast::Occurrence>& watches);
  void send(const ast::Send& send);
  void goal(const ast::Goal& goal);

  // indexer_tests.cpp
  void test(const ast::TestDecl& test);
  void test_step(const ast::TestStep& step);
  void actor(const ast::Name& name, bool definition);
  void expected_mail(const std::optional<ast::Name>& name, const ast::RecordLiteral* with);

  // indexer_expressions.cpp
  void expression(const ast::Expr* expr, ir::Type expected = {});
  void path(const ast::Path& path);
  void follow(Records types, const std::vector<ast::Name>& names, std::size_t from);
  void record(const ast::RecordLiteral& literal, ir::Type record);
  void call(const ast::Call& call);
  void condition(const ast::Expr* expr, Records tested);
  void lone_name(const ast::Name& name);

  void add(NameKind kind, const ast::Name& name, bool definition = false, std::string owner = {},
           std::string type = {});
  void event(const ast::Name& name) { add(NameKind::kEvent, name); }
  void events(const std::vector<ast::Name>& names);
  void audience(const ast::Name& name);
  // Whether it is known is for others to say: a use in an unknown record is none.
  void field(ir::Type record, const ast::Name& name);
  void bind(const std::optional<ast::Name>& name, Records records);
  Records records_of(const std::vector<ast::Name>& events) const;
  ir::Type record_of(const std::string& name) const;
  std::string type_text(const Records& records) const;

  std::string path_;
  const ir::Program& program_;
  std::vector<NameUse> uses_;
  std::vector<Local> locals_;
  Records tested_;
  std::string unit_;  // the campaign or test
};

}  // namespace trig::lsp
