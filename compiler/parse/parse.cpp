#include "compiler/parse/parse.h"

#include <antlr4-runtime.h>

#include <algorithm>
#include <map>
#include <set>

#include "TrigLexer.h"
#include "TrigParser.h"
#include "compiler/base/limits.h"
#include "compiler/parse/builder.h"
#include "compiler/parse/syntax_errors.h"
#include "compiler/parse/token_list.h"
#include "compiler/parse/token_stream.h"

namespace trig::parse {

namespace {

// Gives up at the first mistake: what to say about it is found out afterwards, from the tokens.
class GiveUp : public antlr4::BailErrorStrategy {
 public:
  std::size_t misfit = 0;  // index of the token that did not fit

 private:
  void reportMatch(antlr4::Parser*) override {}
  void recover(antlr4::Parser*, std::exception_ptr error) override {
    try {
      std::rethrow_exception(error);
    } catch (const antlr4::RecognitionException& mistake) {
      misfit = mistake.getOffendingToken()->getTokenIndex();
    }
    throw antlr4::ParseCancellationException();
  }
  antlr4::Token* recoverInline(antlr4::Parser* parser) override {
    misfit = parser->getCurrentToken()->getTokenIndex();
    throw antlr4::ParseCancellationException();
  }
};

// A parser at one place of the token list. Its prediction tables are shared by all parsers.
class Attempt {
 public:
  Attempt(TokenListStream& stream, antlr4::atn::PredictionMode mode) : parser_(&stream) {
    parser_.removeErrorListeners();
    parser_.setErrorHandler(give_up_);
    parser_.getInterpreter<antlr4::atn::ParserATNSimulator>()->setPredictionMode(mode);
  }

  template <typename Tree>
  Tree* run(Tree* (Grammar::*rule)()) {
    try {
      return (parser_.*rule)();
    } catch (const antlr4::ParseCancellationException&) {
      return nullptr;
    }
  }

  std::size_t misfit() const { return give_up_->misfit; }

 private:
  std::shared_ptr<GiveUp> give_up_ = std::make_shared<GiveUp>();
  Grammar parser_;
};

// The first byte that is not part of valid UTF-8, or the size of the text.
std::size_t first_invalid_byte(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    auto lead = static_cast<unsigned char>(text[i]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length == 0 || lead > 0xf4 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return i;
    auto second = length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0;
    bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    bool surrogate = lead == 0xed && second >= 0xa0;
    if (overlong || surrogate || (lead == 0xf4 && second >= 0x90)) return i;
    i += length;
  }
  return i;
}

// False after a report: a text that cannot be read at all.
bool readable(SourceId id, const Source& source, Diagnostics& diagnostics) {
  const std::string& text = source.text();
  if (text.size() > kMaxSourceBytes) {
    auto limit = static_cast<std::uint32_t>(kMaxSourceBytes);
    diagnostics.report(Code::kSourceTooLarge, {id, limit, limit + 1},
                       {std::to_string(kMaxSourceBytes)});
    return false;
  }
  std::size_t bad = first_invalid_byte(text);
  if (bad == text.size()) return true;
  auto place = static_cast<std::uint32_t>(bad);
  diagnostics.report(Code::kInvalidUtf8, {id, place, place + 1});
  return false;
}

class FileParser {
 public:
  FileParser(SourceId id, const Source& source, Diagnostics& diagnostics)
      : id_(id),
        source_(source),
        diagnostics_(diagnostics),
        list_(read_tokens(id, source, diagnostics)),
        stream_(list_) {
    bound_nesting(list_, source);
  }

  ast::File file() {
    ast::File file;
    file.source = id_;
    file.comments = list_.comments;
    std::size_t last = list_.tokens.size() - 1;
    std::size_t previous = 0;
    std::size_t at = 0;
    while (at < last && diagnostics_.all().size() < kMaxDiagnosticsPerFile) {
      Failure failure{Grammar::RuleFile, previous, at};
      if (take(failure, [&](auto mode) { return declaration(at, mode, file); })) {
        previous = at;
        at = stream_.index();
        continue;
      }
      if (mend()) {
        // The declaration before may have ended where the mended word goes on.
        drop_declaration_at(previous, file);
        at = previous;
        continue;
      }
      // The declaration before had swallowed the beginning of the next.
      if (reported_.at < at) drop_declaration_at(previous, file);
      at = previous = reported_.next;
    }
    return file;
  }

  ast::ExprPtr lone_expression() {
    ast::ExprPtr expr;
    take({Grammar::RuleLoneExpression, 0, 0}, [&](antlr4::atn::PredictionMode mode) {
      stream_.seek(0);
      Attempt attempt(stream_, mode);
      auto* tree = attempt.run(&Grammar::loneExpression);
      misfit_ = attempt.misfit();
      if (tree) expr = Builder(id_, source_, diagnostics_).expression(tree->expression());
      return tree != nullptr;
    });
    return diagnostics_.has_errors() ? nullptr : std::move(expr);
  }

 private:
  // SLL prediction is fast and nearly always right. Where it fails the exact reading of the tokens
  // decides: it finds the mistake, or LL prediction is needed to go on.
  template <typename Parse>
  bool take(const Failure& failure, Parse parse) {
    if (parse(antlr4::atn::PredictionMode::SLL)) return true;
    Diagnostics found;
    reported_ = report_syntax_error(failure, list_, id_, source_, found);
    if (reported_.at > misfit_ && parse(antlr4::atn::PredictionMode::LL)) return true;
    // A mended token before it in the declaration has been reported and may be the cause.
    std::size_t first = reported_.at < failure.first ? failure.previous : failure.first;
    bool explained = std::any_of(list_.mended.begin(), list_.mended.end(), [&](std::size_t index) {
      return index >= first && index <= reported_.at;
    });
    auto ours = mended_.lower_bound(failure.first);
    explained = explained || (ours != mended_.end() && *ours <= reported_.at);
    meant_.clear();
    if (explained) return false;
    diagnostics_.append(found);
    if (found.all().size() == 1) meant_ = found.all().front().edits;
    return false;
  }

  // Where the mistake is one word and the word that was meant is known, the declaration is read as
  // if that stood there: what else is wrong in it is then told too. A token is mended once.
  bool mend() {
    std::size_t at = reported_.at;
    if (meant_.size() != 1 || at >= list_.tokens.size() - 1 || mended_.contains(at) ||
        meant_.front().range != range_of(id_, *list_.tokens[at]))
      return false;
    auto word = keyword_types().find(meant_.front().replacement);
    if (word == keyword_types().end()) return false;
    static_cast<antlr4::CommonToken&>(*list_.tokens[at]).setType(word->second);
    mended_.insert(at);
    return true;
  }

  static const std::map<std::string, std::size_t>& keyword_types() {
    static const std::map<std::string, std::size_t> types = [] {
      std::map<std::string, std::size_t> made;
      grammar::TrigLexer lexer(nullptr);
      const auto& vocabulary = lexer.getVocabulary();
      for (std::size_t type = 1; type <= vocabulary.getMaxTokenType(); ++type) {
        std::string literal = vocabulary.getLiteralName(type);  // 'hours', in quotes
        if (literal.size() > 2) made[literal.substr(1, literal.size() - 2)] = type;
      }
      return made;
    }();
    return types;
  }

  bool declaration(std::size_t at, antlr4::atn::PredictionMode mode, ast::File& file) {
    stream_.seek(at);
    Attempt attempt(stream_, mode);
    auto* tree = attempt.run(&Grammar::declaration);
    misfit_ = attempt.misfit();
    if (!tree) return false;
    Builder builder(id_, source_, diagnostics_);
    ast::Declaration declaration = builder.declaration(tree);
    if (!builder.too_deep()) file.declarations.push_back(std::move(declaration));
    return true;
  }

  void drop_declaration_at(std::size_t token, ast::File& file) {
    std::uint32_t begin = range_of(id_, *list_.tokens[token]).begin;
    bool kept = !file.declarations.empty() && file.declarations.back().range.begin == begin;
    if (kept) file.declarations.pop_back();
  }

  SourceId id_;
  const Source& source_;
  Diagnostics& diagnostics_;
  TokenList list_;
  TokenListStream stream_;
  std::size_t misfit_ = 0;        // where the last attempt gave up
  Reported reported_;             // the last mistake
  std::vector<Edit> meant_;       // what its hint would do
  std::set<std::size_t> mended_;  // tokens that are read as what was meant
};

}  // namespace

ast::File parse(SourceId id, const Source& source, Diagnostics& diagnostics) {
  Diagnostics found;  // of this file alone: its number is bounded
  ast::File file;
  file.source = id;
  if (readable(id, source, found)) file = FileParser(id, source, found).file();
  found.sort();
  diagnostics.append(found);
  return file;
}

ast::ExprPtr parse_expression(SourceId id, const Source& source, Diagnostics& diagnostics) {
  Diagnostics found;
  ast::ExprPtr expr;
  if (readable(id, source, found)) expr = FileParser(id, source, found).lone_expression();
  found.sort();
  diagnostics.append(found);
  return expr;
}

}  // namespace trig::parse
