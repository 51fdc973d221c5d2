#include "compiler/liquid/expression_parser.h"

#include <algorithm>
#include <charconv>

#include "compiler/base/limits.h"

namespace trig::liquid {
namespace {

std::shared_ptr<const Expression> shared(Expression expression) {
  return std::make_shared<const Expression>(std::move(expression));
}

bool is_keyword(std::string_view name) {
  return name == "true" || name == "false" || name == "nil" || name == "null" || name == "blank" ||
         name == "empty";
}

Data keyword_value(std::string_view name) {
  if (name == "true") return Data::boolean(true);
  if (name == "false") return Data::boolean(false);
  if (name == "blank" || name == "empty") return Data::text("", Trust::kTemplate);
  return {};
}

Data number_value(std::string_view text) {
  std::int64_t integer = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), integer);
  if (result.ec == std::errc() && result.ptr == text.data() + text.size())
    return Data::integer(integer);
  double real = 0;
  std::from_chars(text.data(), text.data() + text.size(), real);
  return Data::real(real);
}

Comparison comparison_of(std::string_view text) {
  if (text == "==") return Comparison::kEqual;
  if (text == "!=" || text == "<>") return Comparison::kNotEqual;
  if (text == "<") return Comparison::kLess;
  if (text == "<=") return Comparison::kLessOrEqual;
  if (text == ">") return Comparison::kGreater;
  if (text == ">=") return Comparison::kGreaterOrEqual;
  return Comparison::kContains;
}

}  // namespace

ExpressionParser::ExpressionParser(Fragment input, Dialect dialect, Diagnostics& diagnostics,
                                   std::string_view closer)
    : input_(input), dialect_(dialect), diagnostics_(diagnostics), closer_(closer) {
  tokenize();
}

const Token& ExpressionParser::peek(std::size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

Token ExpressionParser::take() {
  Token token = peek();
  if (at_ + 1 < tokens_.size()) ++at_;
  return token;
}

bool ExpressionParser::accept(TokenKind kind) {
  if (peek().kind != kind) return false;
  take();
  return true;
}

bool ExpressionParser::accept_word(std::string_view word) {
  if (peek().kind != TokenKind::kName || peek().text != word) return false;
  take();
  return true;
}

Token ExpressionParser::expect(TokenKind kind, std::string_view expected) {
  if (peek().kind != kind) unexpected(expected);
  return take();
}

void ExpressionParser::expect_end(bool tolerated) {
  if (tolerated && dialect_ == Dialect::kConformance) return;
  if (peek().kind != TokenKind::kEnd) unexpected(closer_);
}

void ExpressionParser::unexpected(std::string_view expected) {
  const Token& token = peek();
  std::string found(closer_);
  if (token.kind == TokenKind::kText)
    found = "a quoted text";
  else if (token.kind != TokenKind::kEnd)
    found = fmt::format("`{}`", token.text);
  Diagnostic& diagnostic =
      diagnostics_.report(Code::kLiquidUnexpected, token.range, {found, expected});
  if (token.kind == TokenKind::kAssign)
    diagnostic.hint("to compare, write `==`").replace(token.range, "==");
  if (token.text == "&" || token.text == "!")
    diagnostic.hint("conditions are joined by `and` and `or`; for not, use `unless` or `!=`");
  throw SyntaxStop{};
}

std::string_view ExpressionParser::text_since(const Token& begin) const {
  std::uint32_t from = begin.range.begin - input_.range.begin;
  return input_.text.substr(from, range_since(begin).end - begin.range.begin);
}

TextRange ExpressionParser::range_since(const Token& begin) const {
  std::uint32_t end = at_ > 0 ? tokens_[at_ - 1].range.end : begin.range.end;
  return {begin.range.source, begin.range.begin, std::max(end, begin.range.begin)};
}

Expression ExpressionParser::expression() {
  if (++depth_ > kMaxNesting) {
    diagnostics_.report(Code::kTooDeep, peek().range, {std::to_string(kMaxNesting)});
    throw SyntaxStop{};
  }
  const Token token = peek();
  Expression result;
  if (token.kind == TokenKind::kText) {
    take();
    result = {Literal{Data::text(std::string(token.text), Trust::kTemplate)}, token.range};
  } else if (token.kind == TokenKind::kNumber) {
    take();
    result = {Literal{number_value(token.text)}, token.range};
  } else if (token.kind == TokenKind::kName || token.kind == TokenKind::kOpenSquare) {
    result = lookup();
  } else if (token.kind == TokenKind::kOpenRound) {
    result = range_expression();
  } else {
    unexpected("a value");
  }
  --depth_;
  return result;
}

Expression ExpressionParser::lookup() {
  Token begin = peek();
  Lookup lookup;
  if (begin.kind == TokenKind::kName) {
    take();
    TokenKind next = peek().kind;
    if (is_keyword(begin.text) && next != TokenKind::kDot && next != TokenKind::kOpenSquare)
      return {Literal{keyword_value(begin.text)}, begin.range};
    lookup.name = std::string(begin.text);
    lookup.name_range = begin.range;
  } else {
    Segment segment = bracket_segment();
    lookup.name = segment.name;
    lookup.name_key = segment.key;
    lookup.name_range = segment.range;
  }
  while (true) {
    if (peek().kind == TokenKind::kOpenSquare) {
      lookup.path.push_back(bracket_segment());
    } else if (accept(TokenKind::kDot)) {
      Token name = expect(TokenKind::kName, "the name of a field");
      lookup.path.push_back({std::string(name.text), true, nullptr, name.range});
    } else {
      break;
    }
  }
  return {std::move(lookup), range_since(begin)};
}

Segment ExpressionParser::bracket_segment() {
  expect(TokenKind::kOpenSquare, "`[`");
  Expression key = expression();
  expect(TokenKind::kCloseSquare, "`]`");
  Segment segment;
  segment.range = key.range;
  const auto* literal = std::get_if<Literal>(&key.kind);
  if (literal && literal->value.as_text())
    segment.name = *literal->value.as_text();
  else
    segment.key = shared(std::move(key));
  return segment;
}

Expression ExpressionParser::range_expression() {
  Token begin = expect(TokenKind::kOpenRound, "`(`");
  Expression first = expression();
  expect(TokenKind::kDotDot, "`..`");
  Expression last = expression();
  expect(TokenKind::kCloseRound, "`)`");
  return {RangeExpression{shared(std::move(first)), shared(std::move(last))}, range_since(begin)};
}

Filtered ExpressionParser::filtered() {
  Filtered result;
  result.range = input_.trimmed().range;
  if (peek().kind == TokenKind::kEnd) return result;
  Token begin = peek();
  result.base = expression();
  while (accept(TokenKind::kPipe)) result.filters.push_back(filter_call());
  result.range = range_since(begin);
  expect_end();
  return result;
}

FilterCall ExpressionParser::filter_call() {
  Token name = expect(TokenKind::kName, "the name of a filter");
  FilterCall call;
  call.name = std::string(name.text);
  call.range = name.range;
  call.filter = find_filter(call.name);
  TextRange arguments = name.range;
  if (accept(TokenKind::kColon)) {
    Token first = peek();
    filter_arguments(call);
    arguments = range_since(first);
  }
  check_filter(call, arguments);
  return call;
}

void ExpressionParser::filter_arguments(FilterCall& call) {
  do {
    if (peek().kind == TokenKind::kPipe || peek().kind == TokenKind::kEnd) {
      if (dialect_ == Dialect::kConformance) return;
      unexpected("a value");
    }
    if (peek().kind == TokenKind::kName && peek(1).kind == TokenKind::kColon) {
      std::string name(take().text);
      take();
      call.named.emplace_back(std::move(name), expression());
    } else {
      call.arguments.push_back(expression());
    }
  } while (accept(TokenKind::kComma));
}

void ExpressionParser::check_filter(FilterCall& call, TextRange arguments) {
  if (!call.filter) {
    if (dialect_ == Dialect::kConformance) return;
    Diagnostic& diagnostic =
        diagnostics_.report(Code::kLiquidUnknownFilter, call.range, {call.name});
    std::string best = closest(call.name, filter_names());
    if (!best.empty()) diagnostic.hint("did you mean `{}`?", best).replace(call.range, best);
    return;
  }
  std::size_t given = call.arguments.size();
  bool named_fits = call.named.empty() || call.name == "default";
  if (given >= call.filter->least && given <= call.filter->most && named_fits) return;
  auto count = [](std::size_t n) { return n == 1 ? "1 argument" : fmt::format("{} arguments", n); };
  std::string takes =
      call.filter->least == call.filter->most
          ? count(call.filter->most)
          : fmt::format("{} to {} arguments", call.filter->least, call.filter->most);
  std::string has = named_fits ? count(given) : fmt::format("`{}:`", call.named[0].first);
  diagnostics_.report(Code::kLiquidFilterArguments, arguments, {call.name, takes, has});
}

Expression ExpressionParser::operand() {
  if (peek().kind == TokenKind::kName && peek(1).kind != TokenKind::kDot &&
      peek(1).kind != TokenKind::kOpenSquare) {
    std::string_view word = peek().text;
    if (word == "empty" || word == "blank") {
      Special special = word == "empty" ? Special::kEmpty : Special::kBlank;
      return {Literal{Data{special}}, take().range};
    }
  }
  return expression();
}

Term ExpressionParser::term() {
  Term term;
  term.left = operand();
  if (peek().kind != TokenKind::kComparison) return term;
  term.comparison = comparison_of(take().text);
  term.right = operand();
  return term;
}

Condition ExpressionParser::condition() {
  Token begin = peek();
  Condition condition;
  condition.terms.push_back(term());
  while (peek().kind == TokenKind::kName && (peek().text == "and" || peek().text == "or")) {
    bool joined_by_or = take().text == "or";
    condition.terms.push_back(term());
    condition.terms.back().joined_by_or = joined_by_or;
  }
  condition.range = range_since(begin);
  expect_end();
  return condition;
}

std::vector<std::pair<std::string, Expression>> ExpressionParser::named_arguments() {
  std::vector<std::pair<std::string, Expression>> arguments;
  accept(TokenKind::kComma);
  while (peek().kind == TokenKind::kName) {
    std::string name(take().text);
    expect(TokenKind::kColon, "`:`");
    arguments.emplace_back(std::move(name), expression());
    accept(TokenKind::kComma);
  }
  return arguments;
}

}  // namespace trig::liquid
