// Tags that stand alone: assign, cycle, increment, decrement, render, include and # comments.
#include "compiler/liquid/template_parser.h"

namespace trig::liquid {

// `name = …`; a name, or a quoted one as old templates have it.
Token TemplateParser::variable_name(ExpressionParser& words) {
  if (words.peek().kind == TokenKind::kText) return words.take();
  Token name = words.expect(TokenKind::kName, "the name of a variable");
  if (name.text.back() == '?') {
    diagnostics_
        .report(Code::kLiquidUnexpected, name.range,
                {fmt::format("`{}`", name.text), "the name of a variable"})
        .hint("a variable's name has no `?`");
    throw SyntaxStop{};
  }
  return name;
}

Node TemplateParser::assign(const Item& item) {
  ExpressionParser words = words_of(item);
  Token name = variable_name(words);
  Token equals = words.expect(TokenKind::kAssign, "`=`");
  Fragment rest =
      item.content.part(equals.range.end - item.content.range.begin, item.content.text.size());
  Assign assign{std::string(name.text), name.range,
                ExpressionParser(rest, dialect_, diagnostics_).filtered()};
  if (!assign.value.base && dialect_ == Dialect::kTrig) words.unexpected("a value");
  return {std::move(assign), item.range};
}

Node TemplateParser::cycle(const Item& item) {
  ExpressionParser words = words_of(item);
  Cycle cycle;
  Token begin = words.peek();
  Expression first = words.expression();
  if (words.accept(TokenKind::kColon)) {
    cycle.group = std::move(first);
    begin = words.peek();
    first = words.expression();
  }
  cycle.values.push_back(std::move(first));
  while (words.accept(TokenKind::kComma) && words.peek().kind != TokenKind::kEnd)
    cycle.values.push_back(words.expression());
  words.expect_end(true);
  bool variable = false;
  for (const Expression& value : cycle.values)
    variable = variable || std::holds_alternative<Lookup>(value.kind);
  // Cycles of the same literals take turns together; one that reads a variable stands for itself.
  cycle.key = std::string(words.text_since(begin));
  if (variable) cycle.key += fmt::format("@{}", item.range.begin);
  return {std::move(cycle), item.range};
}

Node TemplateParser::counter(const Item& item, bool down) {
  ExpressionParser words = words_of(item);
  Token name = variable_name(words);
  words.expect_end(true);
  return {Counter{std::string(name.text), down}, item.range};
}

Node TemplateParser::partial(const Item& item, bool isolated) {
  ExpressionParser words = words_of(item);
  if (isolated && words.peek().kind != TokenKind::kText)
    words.unexpected("the name of a partial in quotes");
  Partial partial;
  partial.isolated = isolated;
  partial.name = words.expression();
  bool each = words.accept_word("for");
  if (each || words.accept_word("with")) {
    partial.each = each;
    partial.subject = words.expression();
  }
  if (words.accept_word("as"))
    partial.alias = std::string(words.expect(TokenKind::kName, "the name of a variable").text);
  partial.arguments = words.named_arguments();
  words.expect_end(true);
  return {std::move(partial), item.range};
}

// Every further line of a `{%# … %}` must begin with # too, so that nothing hides in a comment.
void TemplateParser::comment_line(const Item& item) {
  std::string_view text = item.content.text;
  for (std::size_t i = text.find('\n'); i != std::string_view::npos; i = text.find('\n', i + 1)) {
    std::size_t word = i + 1;
    while (word < text.size() && is_space(text[word])) ++word;
    if (word == text.size() || text[word] == '#') continue;
    std::size_t end = std::min(text.find('\n', word), text.size());
    diagnostics_
        .report(Code::kLiquidUnexpected, item.content.part(word, end).trimmed().range,
                {"words without `#`", "each line of this comment to begin with `#`"})
        .hint("begin the line with `#`")
        .replace(item.content.part(word, word).range, "# ");
    return;
  }
}

}  // namespace trig::liquid
