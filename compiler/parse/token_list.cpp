#include "compiler/parse/token_list.h"

#include <algorithm>
#include <set>

#include "TrigLexer.h"
#include "compiler/base/limits.h"
#include "compiler/parse/byte_stream.h"
#include "compiler/parse/parse.h"
#include "compiler/parse/reporter.h"

namespace trig::parse {

namespace {

using Lexer = grammar::TrigLexer;

bool own_line(std::string_view text, std::size_t begin) {
  while (begin > 0 && (text[begin - 1] == ' ' || text[begin - 1] == '\t')) --begin;
  return begin == 0 || text[begin - 1] == '\n' || text[begin - 1] == '\r';
}

bool at_column_0(std::string_view text, std::size_t begin) {
  return begin == 0 || text[begin - 1] == '\n' || text[begin - 1] == '\r';
}

// `orderId` and `Order-ID` as the language would have it: order_id.
std::string snake_case(std::string_view name) {
  std::string snake;
  for (std::size_t i = 0; i < name.size(); ++i) {
    auto c = static_cast<unsigned char>(name[i]);
    bool starts_word = std::isupper(c) && i > 0 && name[i - 1] != '_' &&
                       !std::isupper(static_cast<unsigned char>(name[i - 1]));
    if (starts_word) snake += '_';
    snake += static_cast<char>(std::tolower(c));
  }
  snake.erase(0, snake.find_first_not_of('_'));
  return snake;
}

bool is_language_word(const std::string& word) {
  return std::binary_search(reserved_words().begin(), reserved_words().end(), word) ||
         std::binary_search(soft_words().begin(), soft_words().end(), word);
}

class TokenReader {
 public:
  TokenReader(SourceId id, const Source& source, Diagnostics& diagnostics)
      : id_(id), source_(source), diagnostics_(diagnostics) {}

  TokenList read() {
    bool has_mark = source_.text().starts_with("\xef\xbb\xbf");  // the mark some editors put first
    ByteStream bytes(source_.text(), has_mark ? 3 : 0);
    Lexer lexer(&bytes);
    lexer.removeErrorListeners();
    std::vector<std::unique_ptr<antlr4::Token>> read;
    do {
      read.push_back(lexer.nextToken());
      if (read.back()->getType() == Lexer::UNCLOSED_TEXT) unclosed_.insert(read.back()->getLine());
    } while (read.back()->getType() != antlr4::Token::EOF);
    for (std::unique_ptr<antlr4::Token>& token : read) take(std::move(token));
    return std::move(list_);
  }

 private:
  void take(std::unique_ptr<antlr4::Token> token) {
    if (token->getType() == Lexer::COMMENT) {
      TextRange range = range_of(id_, *token);
      list_.comments.push_back({range, own_line(source_.text(), range.begin)});
      return;
    }
    auto* common = static_cast<antlr4::CommonToken*>(token.get());
    if (!mend(*common)) return;
    common->setTokenIndex(list_.tokens.size());
    list_.tokens.push_back(std::move(token));
  }

  // False if the token is to be left out.
  bool mend(antlr4::CommonToken& token) {
    std::size_t type = token.getType();
    bool wrong = type == Lexer::UNKNOWN || type == Lexer::UNCLOSED_TEXT ||
                 type == Lexer::SINGLE_QUOTED || type == Lexer::BAD_NUMBER ||
                 (type == Lexer::BAD_NAME && is_name_for_sure(text_of(source_, token)));
    if (!wrong) return true;
    list_.mended.push_back(list_.tokens.size());
    bool told = type == Lexer::UNCLOSED_TEXT || !unclosed_.contains(token.getLine());
    if (told) report(type, range_of(id_, token), text_of(source_, token));
    if (type == Lexer::BAD_NUMBER) token.setType(Lexer::NUMBER);
    if (type == Lexer::BAD_NAME) token.setType(Lexer::WORD);
    if (type == Lexer::SINGLE_QUOTED || type == Lexer::UNCLOSED_TEXT) token.setType(Lexer::TEXT);
    return type != Lexer::UNKNOWN;
  }

  void report(std::size_t type, TextRange range, std::string_view text) {
    std::string inner(text.substr(1, std::max<std::size_t>(text.size(), 2) - 2));
    switch (type) {
      case Lexer::UNKNOWN: report_unknown(range, text); break;
      case Lexer::UNCLOSED_TEXT:
        diagnostics_.report(Code::kUnclosedText, range)
            .hint("a text ends with `\"` on the line where it begins; write `\\n` for a line end");
        break;
      case Lexer::SINGLE_QUOTED:
        diagnostics_.report(Code::kSingleQuotes, range)
            .hint("write `\"{}\"`", inner)
            .fix(range, "\"" + inner + "\"");
        break;
      case Lexer::BAD_NUMBER:
        diagnostics_.report(Code::kInvalidLiteral, range, {text, "number"})
            .hint(
                "a number is digits, with digits after the point if there is one: `12` or `12.5`");
        break;
      case Lexer::BAD_NAME:
        diagnostics_.report(Code::kBadName, range, {text})
            .hint("write `{}`", snake_case(text))
            .replace(range, snake_case(text));
        break;
    }
  }

  // `Wait` and `20 Eur` are no names; the parser knows what was meant there.
  bool is_name_for_sure(std::string_view text) const {
    if (!list_.tokens.empty() && list_.tokens.back()->getType() == Lexer::NUMBER) return false;
    std::string lower = snake_case(text);
    return !lower.empty() && lower.find_first_not_of("0123456789_") != std::string::npos &&
           !is_language_word(lower);
  }

  void report_unknown(TextRange range, std::string_view text) {
    std::size_t length = 1;  // of the first character
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xc0) == 0x80)
      ++length;
    std::string_view first = text.substr(0, length);
    TextRange place{id_, range.begin, range.begin + static_cast<std::uint32_t>(length)};
    auto& report = diagnostics_.report(Code::kUnknownCharacter, place, {first});
    static constexpr std::string_view kQuotes[] = {"“", "”", "„", "«", "»", "'", "‘", "’", "`"};
    static constexpr std::string_view kSigns[] = {"€", "$", "£"};
    if (std::find(std::begin(kQuotes), std::end(kQuotes), first) != std::end(kQuotes))
      report.hint("text stands in plain double quotes, as in `\"text\"`");
    else if (std::find(std::begin(kSigns), std::end(kSigns), first) != std::end(kSigns))
      report.hint("an amount of money is written with its currency, as in `20 EUR`");
  }

  SourceId id_;
  const Source& source_;
  Reporter diagnostics_;
  TokenList list_;
  // Lines with an unclosed text: what else looks wrong there is probably text.
  std::set<std::size_t> unclosed_;
};

std::size_t type_at(const TokenList& list, std::size_t index) {
  return index < list.tokens.size() ? list.tokens[index]->getType() : antlr4::Token::EOF;
}

}  // namespace

std::string_view text_of(const Source& source, const antlr4::Token& token) {
  TextRange range = range_of(SourceId::kNone, token);
  return std::string_view(source.text()).substr(range.begin, range.end - range.begin);
}

TokenList read_tokens(SourceId id, const Source& source, Diagnostics& diagnostics) {
  return TokenReader(id, source, diagnostics).read();
}

bool begins_declaration(const TokenList& list, std::size_t index, const Source& source) {
  const antlr4::Token& token = *list.tokens[index];
  // The declaration words are the first tokens of the grammar, in one row.
  static_assert(Lexer::USE == 1 && Lexer::TEST - Lexer::USE == 12);
  if (token.getType() < Lexer::USE || token.getType() > Lexer::TEST) return false;
  if (!at_column_0(source.text(), token.getStartIndex())) return false;
  std::size_t next = type_at(list, index + 1);
  // What also stands inside declarations, in a file without indentation.
  if (token.getType() == Lexer::PERSON) return next == Lexer::OPEN_BRACE;
  if (token.getType() == Lexer::POLICY) return type_at(list, index + 2) == Lexer::OPEN_BRACE;
  return next != Lexer::COLON;
}

void bound_nesting(TokenList& list, const Source& source) {
  std::vector<std::size_t> opened;  // levels each open bracket added
  std::size_t depth = 0;
  std::size_t run = 0;  // prefix words directly before this token
  for (std::size_t i = 0; i < list.tokens.size(); ++i) {
    auto& token = static_cast<antlr4::CommonToken&>(*list.tokens[i]);
    if (begins_declaration(list, i, source)) {
      opened.clear();
      depth = run = 0;
    }
    std::size_t type = token.getType();
    bool opens =
        type == Lexer::OPEN_BRACE || type == Lexer::OPEN_PAREN || type == Lexer::OPEN_BRACKET;
    bool closes =
        type == Lexer::CLOSE_BRACE || type == Lexer::CLOSE_PAREN || type == Lexer::CLOSE_BRACKET;
    bool prefixes = type == Lexer::NOT || type == Lexer::MINUS || type == Lexer::OF ||
                    type == Lexer::LIST || type == Lexer::SINCE;
    if (opens) {
      opened.push_back(run + 1);
      depth += run + 1;
    } else if (closes && !opened.empty()) {
      depth -= opened.back();
      opened.pop_back();
    }
    bool unit = type >= Lexer::SECOND && type <= Lexer::YEARS;  // days since days since …
    if (!unit) run = prefixes ? run + 1 : 0;
    if ((!opens && !prefixes) || depth + run <= kMaxNesting) continue;
    token.setType(kTooDeepToken);
    // `days` alone would be a name, and the declaration would end before `since`.
    if (type == Lexer::SINCE && i > 0)
      static_cast<antlr4::CommonToken&>(*list.tokens[i - 1]).setType(kTooDeepToken);
  }
}

}  // namespace trig::parse
