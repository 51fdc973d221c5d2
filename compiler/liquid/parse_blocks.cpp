// Tags with an end: if, unless, case, for, tablerow, capture and ifchanged.
#include <algorithm>

#include "compiler/liquid/template_parser.h"

namespace trig::liquid {
namespace {

// A block that prints nothing but white space prints nothing at all.
void drop_texts(Block& block) {
  std::erase_if(block.nodes,
                [](const Node& node) { return std::holds_alternative<TextNode>(node.kind); });
}

}  // namespace

std::optional<Condition> TemplateParser::condition_of(const Item& item) {
  try {
    return words_of(item).condition();
  } catch (const SyntaxStop&) {
    return Condition{{}, item.content.range};  // no terms: never true; the body is still parsed
  }
}

void TemplateParser::add_if(const Item& item, Block& block, bool negated) {
  std::string_view end = negated ? "endunless" : "endif";
  If node;
  Item stop = item;
  bool after_else = false;
  bool blank = true;
  while (stop.kind == ItemKind::kTag && stop.name.text != end) {
    Branch branch;
    Item part = stop;
    if (after_else && dialect_ == Dialect::kTrig)
      diagnostics_.report(Code::kLiquidUnexpectedTag, part.name.range, {part.name.text})
          .hint("nothing can follow `else` but `{}`", end);
    if (part.name.text == "else") {
      no_words(part);
      after_else = true;
    } else {
      branch.condition = condition_of(part);
      branch.negated = negated && node.branches.empty();
    }
    part.name = item.name;  // an unclosed block is told at its beginning
    branch.body = this->block(part, {"elsif", "else", end}, stop);
    blank = blank && branch.body.blank;
    node.branches.push_back(std::move(branch));
  }
  if (blank)
    for (Branch& branch : node.branches) drop_texts(branch.body);
  if (stop.kind == ItemKind::kTag) no_words(stop);
  push(block, {std::move(node), item.range}, blank);
}

std::vector<Expression> TemplateParser::when_values(const Item& item) {
  ExpressionParser words = words_of(item);
  std::vector<Expression> values;
  do {
    if (!values.empty() && words.peek().kind == TokenKind::kEnd &&
        dialect_ == Dialect::kConformance)
      return values;
    values.push_back(words.operand());
  } while (words.accept(TokenKind::kComma) || words.accept_word("or"));
  words.expect_end(true);
  return values;
}

void TemplateParser::add_case(const Item& item, Block& block) {
  Case node;
  try {
    ExpressionParser words = words_of(item);
    node.subject = words.expression();
    words.expect_end(true);
  } catch (const SyntaxStop&) {  // reported; the whens are parsed all the same
  }
  Item stop;
  bool blank = this->block(item, {"when", "else", "endcase"}, stop).blank;
  while (stop.kind == ItemKind::kTag && stop.name.text != "endcase") {
    When when;
    Item part = stop;
    try {
      if (part.name.text == "when")
        when.values = when_values(part);
      else
        words_of(part).expect_end();
    } catch (const SyntaxStop&) {
      when.values.push_back({Literal{Data{Special::kEmpty}}, part.range});
    }
    part.name = item.name;
    when.body = this->block(part, {"when", "else", "endcase"}, stop);
    blank = blank && when.body.blank;
    node.whens.push_back(std::move(when));
  }
  if (blank)
    for (When& when : node.whens) drop_texts(when.body);
  if (stop.kind == ItemKind::kTag) no_words(stop);
  push(block, {std::move(node), item.range}, blank);
}

void TemplateParser::for_attribute(ExpressionParser& words, For& loop) {
  if (words.accept_word("reversed")) {
    loop.reversed = loop.reversed || dialect_ == Dialect::kTrig;
    return;
  }
  if (words.accept_word("limit")) {
    words.expect(TokenKind::kColon, "`:`");
    loop.limit = words.expression();
  } else if (words.accept_word("offset")) {
    words.expect(TokenKind::kColon, "`:`");
    if (words.accept_word("continue"))
      loop.from_continue = true;
    else
      loop.offset = words.expression();
  } else {
    words.unexpected("`limit`, `offset` or `reversed`");
  }
}

void TemplateParser::for_header(const Item& item, For& loop) {
  ExpressionParser words = words_of(item);
  Token variable = variable_name(words);
  loop.variable = std::string(variable.text);
  loop.variable_range = variable.range;
  if (!words.accept_word("in")) words.unexpected("`in`");
  Token begin = words.peek();
  loop.collection = words.expression();
  loop.name = fmt::format("{}-{}", variable.text, words.text_since(begin));
  std::erase_if(loop.name, is_space);
  loop.reversed = words.accept_word("reversed");
  words.accept(TokenKind::kComma);
  while (words.peek().kind == TokenKind::kName) {
    for_attribute(words, loop);
    words.accept(TokenKind::kComma);
  }
  words.expect_end();
}

void TemplateParser::add_for(const Item& item, Block& block) {
  For node;
  try {
    for_header(item, node);
  } catch (const SyntaxStop&) {  // reported; the body is parsed all the same
  }
  Item stop;
  node.body = this->block(item, {"else", "endfor"}, stop);
  while (stop.kind == ItemKind::kTag && stop.name.text == "else") {
    no_words(stop);
    Item part = stop;
    part.name = item.name;
    node.otherwise = this->block(part, {"else", "endfor"}, stop);
  }
  bool blank = node.body.blank && node.otherwise.blank;
  if (blank) {
    drop_texts(node.body);
    drop_texts(node.otherwise);
  }
  if (stop.kind == ItemKind::kTag) no_words(stop);
  push(block, {std::move(node), item.range}, blank);
}

void TemplateParser::add_table_row(const Item& item, Block& block) {
  TableRow node;
  try {
    ExpressionParser words = words_of(item);
    Token variable = variable_name(words);
    node.variable = std::string(variable.text);
    node.variable_range = variable.range;
    if (!words.accept_word("in")) words.unexpected("`in`");
    Token begin = words.peek();
    node.collection = words.expression();
    node.name = fmt::format("{}-{}", variable.text, words.text_since(begin));
    for (auto& [name, value] : words.named_arguments()) {
      if (name == "cols")
        node.columns = std::move(value);
      else if (name == "limit")
        node.limit = std::move(value);
      else if (name == "offset")
        node.offset = std::move(value);
      else if (dialect_ == Dialect::kTrig)
        diagnostics_.report(Code::kLiquidUnexpected, item.content.trimmed().range,
                            {fmt::format("`{}:`", name), "`cols:`, `limit:` or `offset:`"});
    }
    words.expect_end(true);
  } catch (const SyntaxStop&) {  // reported; the body is parsed all the same
  }
  Item stop;
  node.body = this->block(item, {"endtablerow"}, stop);
  bool blank = node.body.blank;
  push(block, {std::move(node), item.range}, blank);
}

void TemplateParser::add_capture(const Item& item, Block& block) {
  Capture node;
  try {
    ExpressionParser words = words_of(item);
    Token name = variable_name(words);
    node.name = std::string(name.text);
    node.name_range = name.range;
    words.expect_end(true);
  } catch (const SyntaxStop&) {  // reported; the body is parsed all the same
  }
  Item stop;
  node.body = this->block(item, {"endcapture"}, stop);
  push(block, {std::move(node), item.range}, true);
}

void TemplateParser::add_if_changed(const Item& item, Block& block) {
  IfChanged node;
  Item stop;
  node.body = this->block(item, {"endifchanged"}, stop);
  bool blank = node.body.blank;
  push(block, {std::move(node), item.range}, blank);
}

}  // namespace trig::liquid
