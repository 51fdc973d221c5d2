#include "compiler/liquid/template_parser.h"

#include <algorithm>

#include "compiler/base/limits.h"

namespace trig::liquid {
namespace {

constexpr std::string_view kMiddleTags[] = {"elsif", "else", "when"};

bool is_middle_or_end(std::string_view name) {
  return name.substr(0, 3) == "end" ||
         std::find(std::begin(kMiddleTags), std::end(kMiddleTags), name) != std::end(kMiddleTags);
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool only_space(std::string_view text) { return std::all_of(text.begin(), text.end(), is_space); }

}  // namespace

const std::vector<std::string>& tag_names() {
  static const std::vector<std::string> names = {
      "assign",  "break",      "capture",   "case",      "comment",   "continue",
      "cycle",   "doc",        "decrement", "echo",      "else",      "elsif",
      "for",     "if",         "raw",       "ifchanged", "increment", "liquid",
      "render",  "tablerow",   "unless",    "when",      "endif",     "endfor",
      "endcase", "endcapture", "endunless", "endraw",    "endcomment"};
  return names;
}

void TemplateParser::push(Block& block, Node node, bool blank) {
  block.blank = block.blank && blank;
  block.nodes.push_back(std::move(node));
}

Block TemplateParser::parse(Fragment input) {
  Scanner scanner(input, Scanner::Form::kDocument, diagnostics_);
  scanner_ = &scanner;
  Block body;
  Item stop;
  try {
    items(body, nullptr, stop);
  } catch (const TooDeep&) {
    return Block{};
  }
  return body;
}

Block TemplateParser::block(const Item& opener, Names stops, Item& stop) {
  if (open_.size() >= kMaxNesting) {
    diagnostics_.report(Code::kTooDeep, opener.range, {std::to_string(kMaxNesting)});
    throw TooDeep{};
  }
  open_.push_back({opener.name, stops});
  OpenBlock open = open_.back();
  Block body;
  items(body, &open, stop);
  open_.pop_back();
  if (stop.kind == ItemKind::kEnd) never_closed(opener.name);
  return body;
}

// Fills a block up to a tag that ends it, which goes to `stop`; kEnd if there is none.
void TemplateParser::items(Block& block, const OpenBlock* open, Item& stop) {
  while (true) {
    Item item = pending_ ? *pending_ : scanner_->next();
    pending_.reset();
    switch (item.kind) {
      case ItemKind::kEnd: stop = item; return;
      case ItemKind::kText:
        push(block, {TextNode{std::string(item.content.text)}, item.range},
             only_space(item.content.text));
        break;
      case ItemKind::kOutput: add_output(item, block); break;
      case ItemKind::kTag:
        if (ends_block(item, open, stop)) return;
        add_tag(item, block);
        break;
    }
  }
}

// A stop of this block ends it; a stop of an outer one ends it too, as never closed.
bool TemplateParser::ends_block(const Item& item, const OpenBlock* open, Item& stop) {
  if (open && contains(open->stops, item.name.text)) {
    stop = item;
    return true;
  }
  if (!is_middle_or_end(item.name.text)) return false;
  for (std::size_t i = open_.size(); i > scanner_base_ && open; --i) {
    if (!contains(open_[i - 1].stops, item.name.text)) continue;
    pending_ = item;
    stop = Item{};
    return true;
  }
  return false;
}

void TemplateParser::add_output(const Item& item, Block& block) {
  Output output;
  try {
    output.value = ExpressionParser(item.content, dialect_, diagnostics_, "`}}`").filtered();
  } catch (const SyntaxStop&) {
  }
  push(block, {std::move(output), item.range}, false);
}

void TemplateParser::add_tag(const Item& item, Block& block) {
  try {
    if (add_block_tag(item, block) || add_simple_tag(item, block)) return;
    if (item.name.text == "#") {
      comment_line(item);
    } else if (item.name.text == "comment") {
      if (!scanner_->skip_comment()) never_closed(item.name);
    } else if (item.name.text == "raw" || item.name.text == "doc") {
      add_verbatim(item, block);
    } else if (item.name.text == "liquid") {
      add_liquid(item, block);
    } else if (is_middle_or_end(item.name.text)) {
      unexpected_tag(item);
    } else {
      unknown_tag(item);
    }
  } catch (const SyntaxStop&) {
  }
}

bool TemplateParser::add_block_tag(const Item& item, Block& block) {
  std::string_view name = item.name.text;
  if (name == "if" || name == "unless")
    add_if(item, block, name == "unless");
  else if (name == "case")
    add_case(item, block);
  else if (name == "for")
    add_for(item, block);
  else if (name == "tablerow")
    add_table_row(item, block);
  else if (name == "capture")
    add_capture(item, block);
  else if (name == "ifchanged")
    add_if_changed(item, block);
  else
    return false;
  return true;
}

bool TemplateParser::add_simple_tag(const Item& item, Block& block) {
  std::string_view name = item.name.text;
  if (name == "assign") {
    push(block, assign(item), true);
  } else if (name == "echo") {
    push(block, {Output{words_of(item).filtered()}, item.range}, false);
  } else if (name == "cycle") {
    push(block, cycle(item), false);
  } else if (name == "increment" || name == "decrement") {
    push(block, counter(item, name == "decrement"), false);
  } else if (name == "break" || name == "continue") {
    no_words(item);
    push(block, {Interrupt{name == "break"}, item.range}, false);
  } else if (name == "render" || (name == "include" && dialect_ == Dialect::kConformance)) {
    push(block, partial(item, name == "render"), false);
  } else {
    return false;
  }
  return true;
}

void TemplateParser::add_liquid(const Item& item, Block& block) {
  Scanner lines(item.content, Scanner::Form::kLines, diagnostics_);
  Scanner* outer = scanner_;
  std::size_t outer_base = scanner_base_;
  if (open_.size() >= kMaxNesting) {
    diagnostics_.report(Code::kTooDeep, item.range, {std::to_string(kMaxNesting)});
    throw TooDeep{};
  }
  open_.push_back({item.name, {}});  // counts as a level: a liquid tag may hold another
  scanner_ = &lines;
  scanner_base_ = open_.size();
  Item stop;
  items(block, nullptr, stop);
  open_.pop_back();
  scanner_ = outer;
  scanner_base_ = outer_base;
}

void TemplateParser::add_verbatim(const Item& item, Block& block) {
  no_words(item);
  bool raw = item.name.text == "raw";
  std::optional<Fragment> body = scanner_->verbatim_until(raw ? "endraw" : "enddoc");
  if (!body) {
    never_closed(item.name);
  } else if (raw) {
    push(block, {TextNode{std::string(body->text)}, body->range}, body->text.empty());
  } else {
    block.blank = block.blank && body->text.empty();
  }
}

void TemplateParser::unknown_tag(const Item& item) {
  if (item.name.text.empty()) {
    ExpressionParser words = words_of(item);
    words.unexpected("the name of a tag");
  }
  std::string name(item.name.text);
  Diagnostic& diagnostic = diagnostics_.report(Code::kLiquidUnknownTag, item.name.range, {name});
  std::string best = name == "include" ? "render" : closest(name, tag_names());
  if (!best.empty()) diagnostic.hint("did you mean `{}`?", best).replace(item.name.range, best);
}

void TemplateParser::unexpected_tag(const Item& item) {
  Diagnostic& diagnostic =
      diagnostics_.report(Code::kLiquidUnexpectedTag, item.name.range, {item.name.text});
  if (open_.size() > scanner_base_) {
    const Fragment& name = open_.back().name;
    diagnostic.label(name.range, "this is open")
        .hint("`{}` ends with `end{}`", name.text, name.text);
  }
}

void TemplateParser::never_closed(const Fragment& name) {
  diagnostics_.report(Code::kLiquidUnclosedBlock, name.range, {name.text})
      .hint("end it with `{{% end{} %}}`", name.text);
}

// The reference ignores what stands behind `else` and `endif`, and refuses it behind raw and doc.
void TemplateParser::no_words(const Item& item) {
  bool verbatim = item.name.text == "raw" || item.name.text == "doc";
  if (dialect_ == Dialect::kConformance && !verbatim) return;
  if (only_space(item.content.text)) return;
  try {
    words_of(item).expect_end();
  } catch (const SyntaxStop&) {  // reported; the block goes on
  }
}

Template parse_template(const SourceMap& sources, TextRange range, Dialect dialect,
                        Diagnostics& diagnostics) {
  if (range.end - range.begin > kMaxSourceBytes) {
    diagnostics.report(Code::kSourceTooLarge, {range.source, range.begin, range.begin},
                       {std::to_string(kMaxSourceBytes)});
    return {std::make_shared<const Block>(), range};
  }
  TemplateParser parser(dialect, diagnostics);
  Block body = parser.parse({sources.text_of(range), range});
  return {std::make_shared<const Block>(std::move(body)), range};
}

}  // namespace trig::liquid
