// From a Mistake to the one message that helps most: the special cases in order, then the general
// "unexpected …, expected …".
#include <algorithm>
#include <array>
#include <cctype>

#include "compiler/base/limits.h"
#include "compiler/parse/expected_words.h"
#include "compiler/parse/grammar_tables.h"
#include "compiler/parse/mistake.h"
#include "compiler/parse/parse.h"

namespace trig::parse {

namespace {

constexpr std::string_view kCampaignOrder =
    "`policy`, `priority`, `on`, `again`, `restart`, steps, `exit`, `goal`, `edits`";

struct Replacement {
  std::string_view written;
  std::string_view meant;
};

constexpr Replacement kOperators[] = {
    {"&&", "and"}, {"&", "and"},  {"||", "or"}, {"|", "or"},   {"!", "not"},
    {"<>", "!="},  {"===", "=="}, {"=>", ">="}, {"!==", "!="}, {"=<", "<="},
};

constexpr Replacement kUnits[] = {
    {"s", "seconds"},   {"sec", "seconds"},  {"secs", "seconds"}, {"m", "minutes"},
    {"min", "minutes"}, {"mins", "minutes"}, {"h", "hours"},      {"hr", "hours"},
    {"hrs", "hours"},   {"d", "days"},       {"dy", "days"},      {"w", "weeks"},
    {"wk", "weeks"},    {"wks", "weeks"},    {"mo", "months"},    {"mon", "months"},
    {"mth", "months"},  {"y", "years"},      {"yr", "years"},     {"yrs", "years"},
};

const std::vector<std::string>& unit_words() {
  static const std::vector<std::string> words = {"seconds", "minutes", "hours",  "days",   "weeks",
                                                 "months",  "years",   "second", "minute", "hour",
                                                 "day",     "week",    "month",  "year"};
  return words;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

// Long words are no slips of the pen, and comparing them costs.
std::string closest_word(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongestWord = 30;
  if (word.size() < 2 || word.size() > kLongestWord) return {};
  return closest(word, candidates);
}

std::string unit_meant(std::string_view word) {
  for (const Replacement& one : kUnits)
    if (one.written == word) return std::string(one.meant);
  return closest_word(word, unit_words());
}

class Explanation {
 public:
  Explanation(const Mistake& mistake, SourceId id, Diagnostics& diagnostics)
      : m_(mistake), id_(id), diagnostics_(diagnostics) {}

  void report() {
    bool told = unclosed_block() || too_deep() || foreign_operator() || unit() || order() ||
                chained_comparison() || misspelt_before() || misspelt() || bad_name() ||
                reserved_word();
    if (!told) unexpected();
  }

 private:
  TextRange range(std::size_t index) const {
    if (m_.token(index).getType() != antlr4::Token::EOF) return range_of(id_, m_.token(index));
    // The end of the file: behind the last token rather than on an empty line.
    if (index == 0) return {id_, 0, 0};
    std::uint32_t end = range_of(id_, m_.token(index - 1)).end;
    return {id_, end, end};
  }
  TextRange range() const { return range(m_.at); }

  std::string quoted(std::size_t index) const {
    constexpr std::size_t kLongestQuote = 30;
    std::size_t type = m_.token(index).getType();
    if (type == antlr4::Token::EOF) return "end of the file";
    std::string_view text = m_.text(index);
    if (type == Grammar::TEXT || text.size() > kLongestQuote)
      return type == Grammar::TEXT ? "a text" : fmt::format("`{}…`", text.substr(0, kLongestQuote));
    return fmt::format("`{}`", text);
  }

  Diagnostic& unexpected() {
    Diagnostic& report = diagnostics_.report(Code::kUnexpectedToken, range(),
                                             {quoted(m_.at), expected_words(m_.here)});
    label_open(report);
    hints(report);
    return report;
  }

  // Where the bracket began, if closing it here would make sense of the token.
  void label_open(Diagnostic& report) {
    if (m_.open.empty()) return;
    std::size_t open = m_.open.back();
    std::size_t type = m_.token(open).getType();
    std::size_t closer = type == Grammar::OPEN_BRACE   ? Grammar::CLOSE_BRACE
                         : type == Grammar::OPEN_PAREN ? Grammar::CLOSE_PAREN
                                                       : Grammar::CLOSE_BRACKET;
    Expectation closed = m_.here;
    bool would_help = closed.advance(closer) && (m_.at_end() || closed.accepts(m_.type()));
    if (!would_help || m_.same_line(open, m_.at)) return;
    report.label(range(open), fmt::format("this `{}` is still open", m_.text(open)));
  }

  void hints(Diagnostic& report) {
    bool closing = m_.type() == Grammar::CLOSE_BRACE || m_.type() == Grammar::CLOSE_PAREN ||
                   m_.type() == Grammar::CLOSE_BRACKET;
    if (closing && m_.open.empty()) {
      report.hint("nothing is open here; leave it out").replace(range(), "");
    } else if (m_.at > 0 && m_.here.accepts(Grammar::LOCAL) &&
               m_.token(m_.at - 1).getType() == Grammar::TIME) {
      TextRange time = range(m_.at - 1);
      report.hint("write `{} local`: on the clock of the person", m_.text(m_.at - 1))
          .replace({id_, time.end, time.end}, " local");
    } else if (m_.here.accepts(Grammar::CURRENCY) && m_.text().size() == 3 &&
               m_.type() == Grammar::WORD && m_.same_line(m_.at - 1, m_.at)) {
      std::string currency(m_.text());
      for (char& c : currency) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      report.hint("a currency is written in capitals: `{}`", currency).replace(range(), currency);
    } else if (m_.type() == Grammar::UNLESS) {
      report.hint("an `unless` stands behind a `wait`");
    } else if (line_rank(m_.type()) > kStepRank && m_.open.size() > 1) {
      report.hint("`{}` stands at the end of the campaign, outside of its blocks", m_.text());
    } else if (m_.line_rank == kStepRank && m_.here.accepts(Grammar::OPEN_PAREN) &&
               m_.token(m_.line_begin).getType() == Grammar::SEND && m_.line_begin + 2 == m_.at) {
      TextRange name = range(m_.at - 1);
      report.hint("a template is named with its arguments: `send {}()`", m_.text(m_.at - 1))
          .replace({id_, name.end, name.end}, "()");
    } else if (m_.here.accepts(Grammar::TEXT) && m_.type() == Grammar::WORD &&
               !m_.here.accepts(Grammar::NUMBER)) {
      report.hint("text stands in double quotes: `\"{}\"`", m_.text());
    }
  }

  // A declaration that begins at column 0, or the end of the file, inside braces.
  bool unclosed_block() {
    bool cut_off =
        m_.at_end() || (m_.at > m_.first && begins_declaration(m_.list, m_.at, m_.source));
    if (!cut_off || m_.open.empty()) return false;
    if (m_.token(m_.open.back()).getType() != Grammar::OPEN_BRACE) return false;
    std::size_t suspect = m_.misplaced ? m_.misplaced : m_.open.back();
    diagnostics_.report(Code::kUnclosedBlock, range(), {m_.at_end() ? "the end" : quoted(m_.at)})
        .label(range(suspect), "the block that begins here is still open")
        .hint("write `}}` {}, or where the block should end", m_.at_end() ? "there" : "before it");
    return true;
  }

  bool too_deep() {
    if (m_.type() != kTooDeepToken) return false;
    diagnostics_.report(Code::kTooDeep, range(), {std::to_string(kMaxNesting)});
    return true;
  }

  bool foreign_operator() {
    std::string_view meant;
    if (m_.type() == Grammar::ASSIGN && m_.here.accepts(Grammar::EQUAL)) meant = "==";
    if (m_.type() == Grammar::EQUAL && m_.here.accepts(Grammar::ASSIGN)) meant = "=";
    for (const Replacement& one : kOperators)
      if (m_.type() == Grammar::FOREIGN && one.written == m_.text()) meant = one.meant;
    if (!meant.empty()) {
      diagnostics_.report(Code::kForeignOperator, range(), {m_.text()})
          .hint("write `{}`", meant)
          .replace(range(), std::string(meant));
      return true;
    }
    if (m_.type() != Grammar::FOREIGN && !comment_of_another_language()) return false;
    Diagnostic& report = diagnostics_.report(Code::kUnknownCharacter, range(), {m_.text()});
    if (m_.text() == ";")
      report.hint("nothing stands between two statements; leave it out").replace(range(), "");
    else if (m_.text() == "//" || m_.text() == "/")
      report.hint("a comment begins with `#`").replace(range(), "#");
    return true;
  }

  // `/* …`
  bool comment_of_another_language() const {
    return m_.type() == Grammar::SLASH && m_.at + 1 < m_.list.tokens.size() &&
           m_.token(m_.at + 1).getType() == Grammar::STAR;
  }

  bool is_wordlike() const {
    std::size_t type = m_.type();
    return type == Grammar::WORD || type == Grammar::BAD_NAME || type == Grammar::CURRENCY ||
           is_word(spelling_of(type));
  }

  // `x > 4 hrs` rather than `{ x: 4 y: 5 }`
  bool unit_would_do() const {
    Expectation mended = m_.here;
    return mended.advance(Grammar::MINUTES) && m_.at + 1 < m_.list.tokens.size() &&
           mended.accepts(m_.token(m_.at + 1).getType());
  }

  bool unit() {
    if (m_.at == 0) return false;
    bool after_number = m_.token(m_.at - 1).getType() == Grammar::NUMBER;
    bool only_units = expects_unit(m_.here);
    if (!only_units && !(after_number && unit_would_do())) return false;
    std::string word = lower(m_.text());
    std::string meant = is_wordlike() && m_.same_line(m_.at - 1, m_.at) ? unit_meant(word) : "";
    bool new_word = m_.type() == Grammar::WORD || m_.type() == Grammar::BAD_NAME;
    bool currency = !only_units && m_.text().size() == 3 && m_.here.accepts(Grammar::CURRENCY);
    if (currency && word != "min" && word != "hrs") meant.clear();
    if (!meant.empty() && (new_word || only_units)) {
      bool per = m_.token(m_.at - 1).getType() == Grammar::PER;
      if (per && meant.back() == 's') meant.pop_back();  // per day
      diagnostics_.report(Code::kUnknownUnit, range(), {m_.text()})
          .hint("did you mean `{}`?", meant)
          .replace(range(), meant);
      return true;
    }
    if (!only_units) return false;
    if (new_word && m_.same_line(m_.at - 1, m_.at)) {
      diagnostics_.report(Code::kUnknownUnit, range(), {m_.text()})
          .hint("the units are `seconds`, `minutes`, `hours`, `days`, `weeks`, `months`, `years`");
      return true;
    }
    if (!after_number) return false;
    std::string number(m_.text(m_.at - 1));
    diagnostics_.report(Code::kMissingUnit, range(m_.at - 1), {number, number + " minutes"});
    return true;
  }

  // The order in a campaign, in a trigger and in a `send`.
  bool order() {
    bool in_line = m_.line_begin >= m_.first && m_.line_rank >= 0 && m_.open.size() <= 1;
    if (!in_line || m_.token(m_.first).getType() != Grammar::CAMPAIGN || m_.open.empty())
      return false;
    if (!m_.here.accepts(Grammar::CLOSE_BRACE)) return false;
    int rank = line_rank(m_.type());
    std::string word = quoted(m_.at);
    if (rank == m_.line_rank && rank != kStepRank) {
      diagnostics_.report(Code::kGivenTwice, range(), {"campaign", word})
          .label(range(m_.line_begin), "it stands here");
      return true;
    }
    if (rank >= 0 && rank < m_.line_rank) {
      diagnostics_
          .report(Code::kOutOfOrder, range(),
                  {word, quoted(m_.line_begin), "campaign", kCampaignOrder})
          .label(range(m_.line_begin), fmt::format("{} stands here", quoted(m_.line_begin)));
      return true;
    }
    return clause_order();
  }

  bool clause_order() {
    static constexpr std::array kTrigger = {Grammar::AS, Grammar::WHERE, Grammar::PER};
    static constexpr std::array kSend = {Grammar::AS, Grammar::AT, Grammar::WITHIN, Grammar::OR};
    std::size_t line = m_.token(m_.line_begin).getType();
    if (line == Grammar::ON) return clause_order(kTrigger, "trigger", "`on`, `as`, `where`, `per`");
    if (line == Grammar::SEND)
      return clause_order(kSend, "`send`", "`as`, `at best hour`, `within`, `or skip after`");
    return false;
  }

  template <typename Types>
  bool clause_order(const Types& types, std::string_view of, std::string_view order) {
    auto rank = [&](std::size_t type) { return std::find(types.begin(), types.end(), type); };
    auto wanted = rank(m_.type());
    if (wanted == types.end()) return false;
    std::size_t depth = 0;
    for (std::size_t i = m_.line_begin + 1; i < m_.at; ++i) {
      std::size_t type = m_.token(i).getType();
      if (type == Grammar::OPEN_PAREN) ++depth;
      if (type == Grammar::CLOSE_PAREN) --depth;
      auto found = rank(type);
      if (depth > 0 || found == types.end() || found < wanted) continue;
      if (found == wanted)
        diagnostics_.report(Code::kGivenTwice, range(), {of, quoted(m_.at)})
            .label(range(i), "it stands here");
      else
        diagnostics_.report(Code::kOutOfOrder, range(), {quoted(m_.at), quoted(i), of, order})
            .label(range(i), fmt::format("{} stands here", quoted(i)));
      return true;
    }
    return false;
  }

  bool chained_comparison() {
    switch (m_.type()) {
      case Grammar::EQUAL:
      case Grammar::NOT_EQUAL:
      case Grammar::LESS:
      case Grammar::LESS_OR_EQUAL:
      case Grammar::GREATER:
      case Grammar::GREATER_OR_EQUAL:
      case Grammar::CONTAINS:
      case Grammar::BETWEEN:
      case Grammar::IN:
      case Grammar::IS: break;
      default: return false;
    }
    bool after_condition = m_.here.accepts(Grammar::AND) && m_.here.accepts(Grammar::OR) &&
                           !m_.here.accepts(Grammar::EQUAL);
    if (!after_condition) return false;
    diagnostics_.report(Code::kChainedComparison, range())
        .hint("join two comparisons with `and`, or write `x between 1 and 5`");
    return true;
  }

  // The word before was taken for a name, but a keyword close to it would make sense of this one.
  bool misspelt_before() {
    if (m_.at == 0 || m_.at - 1 < m_.first) return false;
    if (m_.token(m_.at - 1).getType() != Grammar::WORD) return false;
    std::string meant = closest_word(m_.text(m_.at - 1), fitting_words(m_.before));
    if (meant.empty()) return false;
    for (std::size_t type : m_.before.expected()) {
      if (type == antlr4::Token::EOF || spelling_of(type) != meant) continue;
      Expectation mended = m_.before;
      if (!mended.advance(type) || !mended.accepts(m_.type())) continue;
      diagnostics_
          .report(Code::kUnexpectedToken, range(m_.at - 1),
                  {quoted(m_.at - 1), fmt::format("`{}`", meant)})
          .hint("did you mean `{}`?", meant)
          .replace(range(m_.at - 1), meant);
      return true;
    }
    return false;
  }

  bool misspelt() {
    if (!is_wordlike()) return false;
    std::vector<std::string> words = fitting_words(m_.here);
    std::string word = lower(m_.text());
    bool capital = word != m_.text();
    std::string meant;
    if (capital && std::find(words.begin(), words.end(), word) != words.end()) meant = word;
    bool slip = m_.type() == Grammar::WORD || capital;
    if (meant.empty() && word == "if" && m_.here.accepts(Grammar::WHEN)) meant = "when";
    if (meant.empty() && slip) meant = closest_word(word, words);
    if (meant.empty()) return false;
    Diagnostic& report = diagnostics_.report(Code::kUnexpectedToken, range(),
                                             {quoted(m_.at), fmt::format("`{}`", meant)});
    if (capital)
      report.hint("the words of the language are lower case: `{}`", meant);
    else
      report.hint("did you mean `{}`?", meant);
    report.replace(range(), meant);
    return true;
  }

  bool bad_name() {
    bool capital = m_.type() == Grammar::BAD_NAME || m_.type() == Grammar::CURRENCY;
    if (!capital || !m_.here.accepts(Grammar::WORD)) return false;
    diagnostics_.report(Code::kBadName, range(), {m_.text()})
        .hint("write `{}`", lower(m_.text()))
        .replace(range(), lower(m_.text()));
    return true;
  }

  bool reserved_word() {
    bool name_wanted = m_.here.accepts(Grammar::WORD) && !m_.here.accepts(m_.type());
    if (!name_wanted || !is_word(spelling_of(m_.type())) || m_.at == 0) return false;
    // On a line of its own it is rather the next statement, and the name is missing.
    if (!m_.same_line(m_.at - 1, m_.at)) return false;
    Diagnostic& report =
        diagnostics_.report(Code::kReservedWord, range(), {m_.text(), name_words(m_.here)});
    if (m_.here.accepts(Grammar::NUMBER))  // a value: the field of an event is meant
      report.hint(
          "any word may stand after `.` and before `:`, so `x.{}` reads a field of that name",
          m_.text());
    return true;
  }

  const Mistake& m_;
  SourceId id_;
  Diagnostics& diagnostics_;
};

}  // namespace

void explain(const Mistake& mistake, SourceId id, Diagnostics& diagnostics) {
  Explanation(mistake, id, diagnostics).report();
}

}  // namespace trig::parse
