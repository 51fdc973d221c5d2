// Items of the scanner become the tree of a template. One mistake spoils one tag: parsing goes on
// behind it.
#pragma once

#include <initializer_list>
#include <string_view>
#include <vector>

#include "compiler/liquid/expression_parser.h"
#include "compiler/liquid/scanner.h"
#include "compiler/liquid/template.h"

namespace trig::liquid {

class TemplateParser {
 public:
  TemplateParser(Dialect dialect, Diagnostics& diagnostics)
      : dialect_(dialect), diagnostics_(diagnostics) {}

  Block parse(Fragment input);

 private:
  using Names = std::initializer_list<std::string_view>;
  struct OpenBlock {
    Fragment name;
    std::vector<std::string_view> stops;  // tags that end a part of it: elsif, else, endif
  };
  struct TooDeep {};

  // template_parser.cpp: blocks in general
  Block block(const Item& opener, Names stops, Item& stop);
  void items(Block& block, const OpenBlock* open, Item& stop);
  bool ends_block(const Item& item, const OpenBlock* open, Item& stop);
  void add_output(const Item& item, Block& block);
  void add_tag(const Item& item, Block& block);
  bool add_block_tag(const Item& item, Block& block);
  bool add_simple_tag(const Item& item, Block& block);
  void add_liquid(const Item& item, Block& block);
  void add_verbatim(const Item& item, Block& block);
  void unknown_tag(const Item& item);
  void unexpected_tag(const Item& item);
  void never_closed(const Fragment& name);
  void no_words(const Item& item);
  static void push(Block& block, Node node, bool blank);

  // parse_blocks.cpp: tags with an end
  void add_if(const Item& item, Block& block, bool negated);
  void add_case(const Item& item, Block& block);
  void add_for(const Item& item, Block& block);
  void add_table_row(const Item& item, Block& block);
  void add_capture(const Item& item, Block& block);
  void add_if_changed(const Item& item, Block& block);
  std::optional<Condition> condition_of(const Item& item);
  std::vector<Expression> when_values(const Item& item);
  void for_header(const Item& item, For& loop);
  void for_attribute(ExpressionParser& words, For& loop);

  // parse_simple.cpp: tags without
  Node assign(const Item& item);
  Node cycle(const Item& item);
  Node counter(const Item& item, bool down);
  Node partial(const Item& item, bool isolated);
  void comment_line(const Item& item);
  Token variable_name(ExpressionParser& words);

  ExpressionParser words_of(const Item& item) {
    return ExpressionParser(item.content, dialect_, diagnostics_);
  }

  Dialect dialect_;
  Diagnostics& diagnostics_;
  Scanner* scanner_ = nullptr;
  std::vector<OpenBlock> open_;
  std::size_t scanner_base_ = 0;  // open blocks below it belong to an outer scanner
  std::optional<Item> pending_;   // a stop that an outer block has to see again
};

const std::vector<std::string>& tag_names();

}  // namespace trig::liquid
