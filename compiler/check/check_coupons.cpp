// Pools of coupons: what their codes begin with.
#include <algorithm>

#include "compiler/check/context.h"
#include "compiler/check/literal.h"

namespace trig::check {
namespace {

constexpr std::size_t kMaxPrefix = 20;

bool is_prefix(std::string_view text) {
  return !text.empty() && text.size() <= kMaxPrefix && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

void check_pool(Context& context, const ast::CouponsDecl& written, ir::CouponPool& pool) {
  bool given = false;
  for (const ast::FieldValue& setting : written.settings.fields) {
    if (setting.name.text != "prefix") {
      context.report(Code::kUnknownCouponSetting, setting.name.range, {setting.name.text})
          .hint("coupons have a `prefix`");
      continue;
    }
    if (given)
      context.report(Code::kRepeated, setting.name.range, {"setting", "prefix"})
          .hint("remove one of them");
    given = true;
    auto value = constant(context, *setting.value, {ir::Kind::kText, false, 0});
    if (!value) continue;
    pool.prefix = *value->get<std::string>();
    if (!is_prefix(pool.prefix))
      context.report(Code::kCouponPrefix, setting.value->range, {pool.prefix})
          .hint("a prefix is 1 to {} capitals, digits and hyphens, as \"CART10\"", kMaxPrefix);
  }
  if (!given)
    context.report(Code::kMissingField, written.name.range, {"coupons", "prefix"})
        .hint("say what the codes begin with: `prefix: \"CART10\"`");
}

}  // namespace

void check_coupons(Context& context) {
  for (const Declared& declared : context.declarations) {
    const auto* written = std::get_if<ast::CouponsDecl>(&declared.declaration->node);
    if (written == nullptr) continue;
    const Symbol* symbol = context.declared(SymbolKind::kCoupons, written->name);
    if (symbol == nullptr) continue;
    check_pool(context, *written, context.program.coupons[symbol->index]);
  }
}

}  // namespace trig::check
