// The operators of the language on values: missing ones, decimals, money, text, time.
#include <gtest/gtest.h>

#include <limits>

#include "compiler/exec/operators.h"
#include "compiler/exec/scalar.h"

namespace trig::exec {
namespace {

using namespace std::chrono_literals;
using ir::Kind;
using ir::Missing;
using ir::Op;
using ir::Value;

constexpr Op kComparisons[] = {Op::kEqual,       Op::kNotEqual, Op::kLess,
                               Op::kLessOrEqual, Op::kGreater,  Op::kGreaterOrEqual};

Value number(std::string_view text) { return *Decimal::parse(text); }
Value money(std::string_view text) { return *parse_money(text); }
Value date(std::string_view text) { return *parse_date(text); }
Instant instant(std::string_view text) { return *parse_instant(text); }
Value text(const char* value) { return std::string(value); }
Value integer(std::int64_t value) { return value; }

// == != < <= > >= as a word of six digits.
std::string compared(const Value& a, const Value& b) {
  std::string word;
  for (Op op : kComparisons) word += compare(op, a, b) ? '1' : '0';
  return word;
}
const char* const kLess = "011100";
const char* const kSame = "100101";
const char* const kMore = "010011";
const char* const kNone = "000000";

ir::Type type(Kind kind) { return {kind, false, 0}; }

TEST(Comparison, WhatIsMissingNeverCompares) {
  EXPECT_EQ(compared(Missing{}, Missing{}), kNone);
  EXPECT_EQ(compared(Missing{}, integer(1)), kNone);
  EXPECT_EQ(compared(money("1 EUR"), Missing{}), kNone);
}

TEST(Comparison, NumbersCompareWhateverTheirKind) {
  EXPECT_EQ(compared(integer(1), integer(2)), kLess);
  EXPECT_EQ(compared(integer(2), number("2.000000")), kSame);
  EXPECT_EQ(compared(number("2.000001"), integer(2)), kMore);
  EXPECT_EQ(compared(integer(std::numeric_limits<std::int64_t>::max()), number("1")), kNone)
      << "no decimal is that large";
}

TEST(Comparison, MoneyComparesWithinItsCurrency) {
  EXPECT_EQ(compared(money("19.99 EUR"), money("20 EUR")), kLess);
  EXPECT_EQ(compared(money("20.00 EUR"), money("20 EUR")), kSame);
  EXPECT_EQ(compared(money("20 EUR"), money("20 USD")), kNone);
  EXPECT_EQ(compared(money("20 EUR"), money("20 USD")), kNone);
  EXPECT_EQ(compared(money("0 USD"), money("20 EUR")), kLess);
  EXPECT_EQ(compared(money("0 USD"), money("0 EUR")), kSame);
  EXPECT_EQ(compared(ir::Money{}, money("-1 EUR")), kMore);
}

TEST(Comparison, TextComparesByBytes) {
  EXPECT_EQ(compared(text("a"), text("b")), kLess);
  EXPECT_EQ(compared(text("a"), text("a")), kSame);
  EXPECT_EQ(compared(text("a"), text("B")), kMore);
  EXPECT_EQ(compared(text("z"), text("é")), kLess);
}

TEST(Comparison, DatesAndTimes) {
  EXPECT_EQ(compared(date("2026-03-10"), date("2026-03-11")), kLess);
  EXPECT_EQ(compared(TimeOfDay{540}, TimeOfDay{540}), kSame);
  EXPECT_EQ(compared(Duration(1h), Duration(59min)), kMore);
  EXPECT_EQ(compared(date("2026-03-10"), instant("2026-03-10T00:00:00Z")), kNone);
  EXPECT_EQ(compared(true, false), kMore);
  EXPECT_EQ(compared(true, text("true")), kNone);
}

TEST(Comparison, ListsAreSameOrNot) {
  Value ab = Value::list({text("a"), text("b")});
  EXPECT_TRUE(compare(Op::kEqual, ab, Value::list({text("a"), text("b")})));
  EXPECT_FALSE(compare(Op::kNotEqual, ab, Value::list({text("a"), text("b")})));
  EXPECT_TRUE(compare(Op::kNotEqual, ab, Value::list({text("b"), text("a")})));
  EXPECT_FALSE(compare(Op::kLess, ab, Value::list({text("b"), text("a")})));
}

TEST(Containment, ListsAndText) {
  Value list = Value::list({integer(1), number("2.5"), Missing{}, money("0 EUR")});
  EXPECT_TRUE(contains(list, number("1")));
  EXPECT_TRUE(contains(list, number("2.50")));
  EXPECT_FALSE(contains(list, integer(3)));
  EXPECT_FALSE(contains(list, Missing{})) << "what is missing is in no list";
  EXPECT_TRUE(contains(text("abandoned"), text("band")));
  EXPECT_FALSE(contains(text("abandoned"), text("Band")));
  EXPECT_TRUE(contains(text("abandoned"), text("")));
  EXPECT_FALSE(contains(Missing{}, text("")));
  EXPECT_TRUE(starts_with(text("abandoned"), text("aban")));
  EXPECT_FALSE(starts_with(text("abandoned"), text("band")));
  EXPECT_FALSE(starts_with(text("abandoned"), Missing{}));
}

void expect_same(const Value& got, const Value& wanted) {
  EXPECT_TRUE(ir::same(got, wanted)) << ir::to_string(got) << " is not " << ir::to_string(wanted);
}

TEST(Arithmetic, IntegersOverflowIntoNothing) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  ir::Type whole = type(Kind::kInteger);
  expect_same(arithmetic(Op::kAdd, whole, integer(2), integer(3)), integer(5));
  expect_same(arithmetic(Op::kMultiply, whole, integer(-2), integer(3)), integer(-6));
  expect_same(arithmetic(Op::kAdd, whole, integer(kMost), integer(1)), Missing{});
  expect_same(arithmetic(Op::kSubtract, whole, integer(-kMost), integer(2)), Missing{});
  expect_same(arithmetic(Op::kMultiply, whole, integer(kMost), integer(2)), Missing{});
  expect_same(negate(integer(-kMost - 1)), Missing{});
  expect_same(arithmetic(Op::kDivide, type(Kind::kNumber), integer(7), integer(2)), number("3.5"));
  expect_same(arithmetic(Op::kDivide, type(Kind::kNumber), integer(7), integer(0)), Missing{});
}

TEST(Arithmetic, DecimalsAreExactAndRoundHalfToEven) {
  ir::Type decimal = type(Kind::kNumber);
  expect_same(arithmetic(Op::kAdd, decimal, number("0.1"), number("0.2")), number("0.3"));
  expect_same(arithmetic(Op::kMultiply, decimal, number("1.000001"), number("0.5")), number("0.5"));
  expect_same(arithmetic(Op::kMultiply, decimal, number("1.000003"), number("0.5")),
              number("0.500002"));
  expect_same(arithmetic(Op::kDivide, decimal, integer(1), integer(3)), number("0.333333"));
  expect_same(arithmetic(Op::kMultiply, decimal, number("9e12"), number("2")), Missing{});
  expect_same(negate(Decimal::from_millionths(std::numeric_limits<std::int64_t>::min())),
              Missing{});
  expect_same(to_number(integer(3)), number("3"));
  expect_same(to_number(text("3")), Missing{});
}

TEST(Arithmetic, MoneyKeepsItsCurrency) {
  ir::Type amount = type(Kind::kMoney);
  expect_same(arithmetic(Op::kAdd, amount, money("19.99 EUR"), money("0.01 EUR")), money("20 EUR"));
  expect_same(arithmetic(Op::kAdd, amount, money("1 EUR"), money("1 USD")), Missing{});
  expect_same(arithmetic(Op::kAdd, amount, money("0 EUR"), money("1 USD")), money("1 USD"));
  expect_same(arithmetic(Op::kMultiply, amount, money("20 EUR"), number("0.1")), money("2 EUR"));
  expect_same(arithmetic(Op::kMultiply, amount, integer(3), money("0.35 EUR")), money("1.05 EUR"));
  expect_same(arithmetic(Op::kDivide, amount, money("10 EUR"), integer(4)), money("2.50 EUR"));
  expect_same(arithmetic(Op::kDivide, type(Kind::kNumber), money("10 EUR"), money("4 EUR")),
              number("2.5"));
  expect_same(arithmetic(Op::kDivide, amount, integer(10), money("4 EUR")), Missing{});
  expect_same(arithmetic(Op::kDivide, amount, money("10 EUR"), integer(0)), Missing{});
  expect_same(arithmetic(Op::kAdd, amount, money("1 EUR"), Missing{}), Missing{});
  expect_same(negate(money("1 EUR")), money("-1 EUR"));
}

TEST(Arithmetic, TimeAndText) {
  ir::Type day = type(Kind::kDate);
  Duration week(7 * 24h);
  expect_same(arithmetic(Op::kSubtract, day, date("2026-03-05"), week), date("2026-02-26"));
  expect_same(arithmetic(Op::kAdd, day, week, date("2026-02-26")), date("2026-03-05"));
  expect_same(
      arithmetic(Op::kSubtract, type(Kind::kDuration), date("2026-03-05"), date("2026-02-26")),
      week);
  Instant noon = instant("2026-03-10T12:00:00Z");
  expect_same(arithmetic(Op::kAdd, type(Kind::kDateTime), noon, Duration(90min)),
              instant("2026-03-10T13:30:00Z"));
  expect_same(arithmetic(Op::kMultiply, type(Kind::kDuration), integer(3), Duration(20min)),
              Duration(1h));
  expect_same(arithmetic(Op::kDivide, type(Kind::kNumber), Duration(1h), Duration(20min)),
              number("3"));
  expect_same(arithmetic(Op::kDivide, type(Kind::kNumber), Duration(1h), Duration(0)), Missing{});
  expect_same(arithmetic(Op::kAdd, type(Kind::kText), text("a"), text("b")), text("ab"));
}

TEST(Since, CountsWholeCalendarUnits) {
  Zone paris = *Zone::find("Europe/Paris");
  auto since = [&](CalendarUnit unit, const Value& from, std::string_view now) {
    return *whole_units_since(unit, from, instant(now), paris).get<std::int64_t>();
  };
  EXPECT_EQ(since(CalendarUnit::kDay, date("2026-03-10"), "2026-03-10T22:59:59Z"), 0);
  EXPECT_EQ(since(CalendarUnit::kDay, date("2026-03-10"), "2026-03-10T23:00:00Z"), 1)
      << "midnight in Paris";
  EXPECT_EQ(since(CalendarUnit::kDay, date("2026-03-28"), "2026-03-29T22:00:00Z"), 2)
      << "a day of 23 hours lies between";
  EXPECT_EQ(since(CalendarUnit::kHour, instant("2026-03-28T23:00:00Z"), "2026-03-29T22:00:00Z"),
            23);
  EXPECT_EQ(since(CalendarUnit::kYear, date("2008-02-29"), "2026-02-27T22:00:00Z"), 17);
  EXPECT_EQ(since(CalendarUnit::kYear, date("2008-02-29"), "2026-02-27T23:00:00Z"), 18)
      << "29 February falls on the 28th in other years";
  EXPECT_EQ(since(CalendarUnit::kMonth, date("2026-01-31"), "2026-02-28T12:00:00Z"), 1);
  EXPECT_EQ(since(CalendarUnit::kDay, date("2026-03-13"), "2026-03-10T12:00:00Z"), -2);
  EXPECT_TRUE(
      whole_units_since(CalendarUnit::kDay, Missing{}, instant("2026-03-10T12:00:00Z"), paris)
          .missing());
}

}  // namespace
}  // namespace trig::exec
