// Lists and catalogs: what their files must hold. The rows themselves are read by compiler/project.
#include "compiler/check/context.h"
#include "compiler/check/literal.h"

namespace trig::check {
namespace {

// What one cell of a CSV file can say.
bool fits_a_cell(ir::Type type) {
  return type.kind != ir::Kind::kList && type.kind != ir::Kind::kRecord;
}

class TableChecker {
 public:
  explicit TableChecker(Context& context) : context_(context) {}

  void check(const ast::ListDecl& list) {
    const Symbol* symbol = context_.declared(SymbolKind::kList, list.name);
    if (symbol == nullptr) return;
    ir::TableType& table = context_.program.tables[symbol->index];
    check_columns(table, list.fields);
    table.key_column = list.by.text;
    int field = context_.record(context_.program.person).find(list.by.text);
    for (const ir::PersonKey& key : context_.program.person_keys)
      if (static_cast<int>(key.field) == field) {
        table.key_field = key.field;
        table.key = context_.record(context_.program.person).fields[key.field].type.required();
        return;
      }
    std::vector<std::string> keys;
    for (const ir::PersonKey& key : context_.program.person_keys)
      keys.push_back(context_.record(context_.program.person).fields[key.field].name);
    suggest(context_.report(Code::kListBy, list.by.range, {list.by.text}), list.by, keys);
  }

  void check(const ast::CatalogDecl& catalog) {
    const Symbol* symbol = context_.declared(SymbolKind::kCatalog, catalog.name);
    if (symbol == nullptr) return;
    ir::TableType& table = context_.program.tables[symbol->index];
    check_columns(table, catalog.fields);
    int field = context_.record(table.record).find(catalog.key.text);
    if (field < 0) {
      report_unknown_field(context_, catalog.key, table.record);
      return;
    }
    ir::Type type = context_.record(table.record).fields[field].type;
    table.key_field = static_cast<std::uint32_t>(field);
    table.key_column = catalog.key.text;
    if (!type.valid()) return;
    table.key = type.required();
    bool fit = ir::is_textual(type.kind) || type.kind == ir::Kind::kInteger;
    if (!fit)
      context_
          .report(Code::kKeyType, catalog.key.range,
                  {catalog.key.text, context_.type_name(type.required())})
          .hint("keys are text or integers");
    else if (type.optional)
      context_.report(Code::kKeyMayBeMissing, catalog.key.range, {catalog.key.text})
          .hint("leave out the `?` of its type");
  }

 private:
  void check_columns(const ir::TableType& table, const std::vector<ast::FieldDecl>& fields) {
    if (!table.record.valid()) return;
    check_record_fields(context_, table.record, fields);
    for (const ast::FieldDecl& written : fields) {
      int place = context_.record(table.record).find(written.name.text);
      ir::Type type = context_.record(table.record).fields[place].type;
      if (fits_a_cell(type)) continue;
      context_
          .report(Code::kColumnType, written.type.range,
                  {written.name.text, context_.type_name(type.required())})
          .hint("a column holds one value a row");
    }
  }

  Context& context_;
};

}  // namespace

void check_tables(Context& context) {
  TableChecker checker(context);
  for (const Declared& declared : context.declarations) {
    if (const auto* list = std::get_if<ast::ListDecl>(&declared.declaration->node))
      checker.check(*list);
    if (const auto* catalog = std::get_if<ast::CatalogDecl>(&declared.declaration->node))
      checker.check(*catalog);
  }
}

}  // namespace trig::check
