// The words of Liquid expressions: the part of ExpressionParser that cuts its input into tokens.
#include <algorithm>

#include "compiler/base/ascii.h"
#include "compiler/liquid/expression_parser.h"

namespace trig::liquid {
namespace {

std::size_t number_end(std::string_view text, std::size_t at) {
  if (text[at] == '-') ++at;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    ++at;
    while (at < text.size() && is_digit(text[at])) ++at;
  }
  return at;
}

// Letters, digits, - and _, with one ? at the end.
std::size_t name_end(std::string_view text, std::size_t at) {
  while (at < text.size() &&
         (is_letter(text[at]) || text[at] == '_' || is_digit(text[at]) || text[at] == '-'))
    ++at;
  if (at < text.size() && text[at] == '?') ++at;
  return at;
}

TokenKind punctuation(char c) {
  switch (c) {
    case '.': return TokenKind::kDot;
    case ':': return TokenKind::kColon;
    case ',': return TokenKind::kComma;
    case '|': return TokenKind::kPipe;
    case '=': return TokenKind::kAssign;
    case '[': return TokenKind::kOpenSquare;
    case ']': return TokenKind::kCloseSquare;
    case '(': return TokenKind::kOpenRound;
    case ')': return TokenKind::kCloseRound;
    default: return TokenKind::kUnknown;
  }
}

// One whole UTF-8 character.
std::size_t character_end(std::string_view text, std::size_t at) {
  ++at;
  while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
  return at;
}

}  // namespace

void ExpressionParser::add(TokenKind kind, std::size_t begin, std::size_t end) {
  Fragment part = input_.part(begin, end);
  tokens_.push_back({kind, part.text, part.range});
}

std::size_t ExpressionParser::add_quoted(std::size_t begin) {
  std::size_t end = input_.text.find(input_.text[begin], begin + 1);
  if (end == std::string_view::npos) {
    diagnostics_.report(Code::kLiquidUnclosedText, input_.part(begin, begin + 1).range)
        .hint("end it with `{}`", input_.text[begin]);
    throw SyntaxStop{};
  }
  tokens_.push_back({TokenKind::kText, input_.text.substr(begin + 1, end - begin - 1),
                     input_.part(begin, end + 1).range});
  return end + 1;
}

std::size_t ExpressionParser::token_at(std::size_t at) {
  std::string_view text = input_.text;
  char c = text[at];
  std::string_view pair = text.substr(at, 2);
  if (c == '"' || c == '\'') return add_quoted(at);
  if (is_digit(c) || (c == '-' && pair.size() == 2 && is_digit(pair[1]))) {
    std::size_t end = number_end(text, at);
    add(TokenKind::kNumber, at, end);
    return end;
  }
  if (is_letter(c) || c == '_') {
    std::size_t end = name_end(text, at);
    bool after_dot = !tokens_.empty() && tokens_.back().kind == TokenKind::kDot;
    bool contains = text.substr(at, end - at) == "contains" && !after_dot;
    add(contains ? TokenKind::kComparison : TokenKind::kName, at, end);
    return end;
  }
  for (std::string_view two : {"==", "!=", "<>", "<=", ">="}) {
    if (pair != two) continue;
    add(TokenKind::kComparison, at, at + 2);
    return at + 2;
  }
  if (c == '<' || c == '>') {
    add(TokenKind::kComparison, at, at + 1);
    return at + 1;
  }
  if (pair == "..") {
    add(TokenKind::kDotDot, at, at + 2);
    return at + 2;
  }
  TokenKind kind = punctuation(c);
  std::size_t end = kind == TokenKind::kUnknown ? character_end(text, at) : at + 1;
  add(kind, at, end);
  return end;
}

void ExpressionParser::tokenize() {
  std::size_t at = 0;
  while (at < input_.text.size()) {
    if (is_space(input_.text[at]))
      ++at;
    else
      at = token_at(at);
  }
  add(TokenKind::kEnd, input_.text.size(), input_.text.size());
}

}  // namespace trig::liquid
