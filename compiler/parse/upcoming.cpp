#include "compiler/parse/upcoming.h"

#include <antlr4-runtime.h>

#include <algorithm>

#include "TrigLexer.h"
#include "TrigParser.h"
#include "compiler/parse/expectation.h"
#include "compiler/parse/expected_words.h"
#include "compiler/parse/token_list.h"
#include "compiler/parse/token_stream.h"

namespace trig::parse {

namespace {

using Rules = grammar::TrigParser;

bool is_word_byte(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

// Where the line's quotes and comment stand.
void look_at_line(std::string_view line, Upcoming& here) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (here.in_text && line[i] == '\\')
      ++i;
    else if (line[i] == '"')
      here.in_text = !here.in_text;
    else if (!here.in_text && line[i] == '#') {
      here.in_comment = true;
      return;
    }
  }
}

bool is_declaration_word(const antlr4::Token& token) {
  return token.getType() >= Rules::USE && token.getType() <= Rules::TEST;
}

// The last declaration that begins at column 0.
std::size_t first_of_declaration(const TokenList& list, std::string_view text) {
  for (std::size_t i = list.tokens.size() - 1; i-- > 0;) {
    const std::size_t at = list.tokens[i]->getStartIndex();
    const bool column_0 = at == 0 || text[at - 1] == '\n';
    if (column_0 && is_declaration_word(*list.tokens[i])) return i;
  }
  return 0;
}

const std::vector<std::string>& rule_names() {
  static const std::vector<std::string> names = [] {
    const Source nothing("", "");
    Diagnostics none;
    TokenList list = read_tokens(SourceId::kNone, nothing, none);
    TokenListStream stream(list);
    return Rules(&stream).getRuleNames();
  }();
  return names;
}

}  // namespace

Upcoming upcoming_at(const Source& source, std::uint32_t offset) {
  const std::string& text = source.text();
  Upcoming here;
  here.begin = std::min(offset, static_cast<std::uint32_t>(text.size()));
  while (here.begin > 0 && is_word_byte(text[here.begin - 1])) --here.begin;
  const std::string_view before = std::string_view(text).substr(0, here.begin);
  look_at_line(before.substr(before.rfind('\n') + 1), here);
  if (here.in_text || here.in_comment) return here;
  const Source prefix(source.path(), std::string(before));
  Diagnostics none;
  const TokenList list = read_tokens(SourceId::kNone, prefix, none);
  Expectation expectation(Rules::RuleFile);
  for (std::size_t i = first_of_declaration(list, prefix.text()); i + 1 < list.tokens.size(); ++i) {
    expectation.advance(list.tokens[i]->getType());
    const TextRange range = range_of(SourceId::kNone, *list.tokens[i]);
    here.before.push_back({std::string(text_of(prefix, *list.tokens[i])), range.begin, range.end});
  }
  here.words = fitting_words(expectation);
  for (const Site& site : expectation.sites(grammar::TrigLexer::WORD)) {
    std::vector<std::string>& rules = here.names.emplace_back();
    for (std::size_t rule : site) rules.push_back(rule_names()[rule]);
  }
  return here;
}

}  // namespace trig::parse
