// The functions of the language on values, and that an older program reads the newest tables.
#include "stdlib/builtins.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compiler/base/limits.h"
#include "compiler/exec/call.h"
#include "compiler/exec/operators.h"
#include "compiler/project/project.h"

namespace trig::stdlib {
namespace {

using exec::Frame;
using ir::Value;

Value number(std::string_view text) { return *Decimal::parse(text); }

std::string kilometres(const char* a, const char* b, const char* c, const char* d) {
  ir::Items operands{number(a), number(b), number(c), number(d)};
  return ir::to_string(call(Builtin::distance, {operands}));
}

TEST(Distance, IsThatOfTheGreatCircle) {
  EXPECT_EQ(kilometres("0", "0", "0", "0"), "0");
  EXPECT_EQ(kilometres("0", "0", "0", "180"), "20015.114") << "half of the equator";
  EXPECT_EQ(kilometres("90", "0", "-90", "0"), "20015.114") << "from pole to pole";
  EXPECT_EQ(kilometres("48.8566", "2.3522", "51.5074", "-0.1278"),
            kilometres("51.5074", "-0.1278", "48.8566", "2.3522"));
  EXPECT_EQ(kilometres("0", "179.5", "0", "-179.5"), "111.195") << "across the date line";
  EXPECT_EQ(kilometres("0", "0", "0.00001", "0"), "0.001") << "to the metre";
}

TEST(Distance, IsMissingOffTheEarth) {
  EXPECT_EQ(kilometres("90.1", "0", "0", "0"), "missing");
  EXPECT_EQ(kilometres("0", "0", "0", "-180.1"), "missing");
  ir::Items operands{number("1"), Value(), number("1"), number("1")};
  EXPECT_TRUE(call(Builtin::distance, {operands}).missing());
}

TEST(Builtins, EachHasItsDocumentation) {
  EXPECT_GE(builtins().size(), 5u);
  for (const BuiltinInfo& info : builtins()) {
    EXPECT_EQ(find_builtin(info.name), &info);
    EXPECT_EQ(&info_of(info.builtin), &info);
    EXPECT_THAT(std::string(info.documentation), testing::EndsWith("."));
  }
  EXPECT_EQ(signature(*find_builtin("lookup")), "lookup(catalog, key)");
  EXPECT_EQ(find_builtin("nothing"), nullptr);
}

// One campaign that looks a product up, with the columns and rows given.
std::unique_ptr<project::Project> shop(const std::string& columns, const std::string& rows) {
  return project::compile({{"trig.toml", "name = \"shop\"\n"},
                           {"shop.trig",
                            "event asked { sku: text }\n"
                            "catalog products from \"products.csv\" key sku {" +
                                columns +
                                "}\n"
                                "policy service { consent not needed }\n"
                                "campaign ask { policy service on asked as ask\n"
                                "  when lookup(products, ask.sku)? { stop } }\n"},
                           {"products.csv", rows}});
}

// What the call in that program gives while `current` is deployed.
Value looked_up(const project::Project& own, const ir::Program& current, const char* sku) {
  auto deployed = exec::make_interpreter(current);
  for (const ir::Node& node : own.program.nodes) {
    if (node.op != ir::Op::kCall) continue;
    ir::Items operands{Value(std::string(sku))};
    Frame frame;
    frame.current = deployed.get();
    return exec::call(own.program, node, operands, frame);
  }
  return std::string("no call");
}

TEST(Tables, AnOlderProgramReadsTheNewestRowsInItsOwnShape) {
  auto own = shop("sku: text name: text stock: integer?", "sku,name,stock\na,Boots,1\n");
  auto newer = shop("stock: integer? sku: text name: text", "sku,name,stock\na,New boots,2\n");
  ASSERT_FALSE(own->diagnostics.has_errors());
  ASSERT_FALSE(newer->diagnostics.has_errors());
  EXPECT_EQ(ir::to_string(looked_up(*own, own->program, "a")), R"({"a", "Boots", 1})");
  EXPECT_EQ(ir::to_string(looked_up(*own, newer->program, "a")), R"({"a", "New boots", 2})");
  EXPECT_TRUE(looked_up(*own, newer->program, "b").missing());
}

TEST(Tables, WhatTheNewestHasNoMoreIsMissing) {
  auto own = shop("sku: text name: text stock: integer?", "sku,name,stock\na,Boots,1\n");
  auto no_stock = shop("sku: text name: text", "sku,name\na,Boots\n");
  EXPECT_EQ(ir::to_string(looked_up(*own, no_stock->program, "a")), R"({"a", "Boots", missing})");
  auto other_type = shop("sku: text name: text stock: text", "sku,name,stock\na,Boots,many\n");
  EXPECT_EQ(ir::to_string(looked_up(*own, other_type->program, "a")), R"({"a", "Boots", missing})");
  auto no_name = shop("sku: text stock: integer?", "sku,stock\na,1\n");
  EXPECT_TRUE(looked_up(*own, no_name->program, "a").missing()) << "a name is needed";
  ir::Program nothing;
  EXPECT_TRUE(looked_up(*own, nothing, "a").missing()) << "the catalog was removed";
}

// The row that fits best stands behind the bound, the rows being in the order of their keys, and is
// not found.
TEST(Recommend, LooksAtABoundedNumberOfRowsOfACategory) {
  auto recommended = [](std::size_t rows) {
    std::string csv = "sku,category,price\nmodel,boots,100 EUR\n";
    for (std::size_t i = 2; i < rows; ++i) csv += fmt::format("s{},boots,1 EUR\n", i);
    csv += "zebra,boots,100 EUR\n";
    auto shop =
        project::compile({{"trig.toml", "name = \"shop\"\n"},
                          {"templates/t.html.liquid",
                           "---\nsubject: S\nclass: transactional\n---\n{{ items.size }}\n"},
                          {"shop.trig",
                           "event asked { sku: text }\nperson { email: email key }\n"
                           "catalog products from \"products.csv\" key sku { sku: text category: "
                           "text price: money }\n"
                           "template t(items: list of products) from \"templates/t.html.liquid\"\n"
                           "policy service { consent not needed }\n"
                           "campaign ask { policy service on asked as ask\n"
                           "  send t(items: recommend(products, 1, like: ask.sku)) }\n"},
                          {"products.csv", csv}});
    auto deployed = exec::make_interpreter(shop->program);
    for (const ir::Node& node : shop->program.nodes) {
      if (node.op != ir::Op::kCall) continue;
      ir::Items like{Value(std::string("model"))};
      ir::Items operands{std::int64_t{1}, Value::list(like), Value(), Value()};
      Frame frame;
      frame.current = deployed.get();
      return ir::to_string(exec::call(shop->program, node, operands, frame));
    }
    return std::string("no call");
  };
  EXPECT_THAT(recommended(kMaxRecommendCandidates), testing::HasSubstr("\"zebra\""));
  EXPECT_THAT(recommended(kMaxRecommendCandidates + 1),
              testing::Not(testing::HasSubstr("\"zebra\"")));
}

TEST(AddMonths, EndsOnTheLastDayOfAShorterMonth) {
  auto moved = [](const char* date, std::int64_t months) {
    return ir::to_string(exec::add_months(*parse_date(date), months, Zone::utc()));
  };
  EXPECT_EQ(moved("2026-01-31", 1), "2026-02-28");
  EXPECT_EQ(moved("2028-01-31", 1), "2028-02-29");
  EXPECT_EQ(moved("2028-02-29", 12), "2029-02-28");
  EXPECT_EQ(moved("2026-03-31", -1), "2026-02-28");
  EXPECT_EQ(moved("2026-03-15", -15), "2024-12-15");
  EXPECT_TRUE(exec::add_months(Value(), std::int64_t{1}, Zone::utc()).missing());
}

TEST(Pluck, TakesWhatIsThereOfRecordsInListsOfLists) {
  auto record = [](Value value) { return Value::record({std::int64_t{0}, std::move(value)}); };
  Value list = Value::list({Value::list({record(std::string("a")), record(Value())}),
                            Value::list({}), record(std::string("b")), Value()});
  EXPECT_EQ(ir::to_string(exec::pluck(list, 1)), R"(["a", "b"])");
  EXPECT_EQ(ir::to_string(exec::pluck(Value(), 1)), "[]");
}

}  // namespace
}  // namespace trig::stdlib
