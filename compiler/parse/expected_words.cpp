#include "compiler/parse/expected_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/parse/grammar_tables.h"

namespace trig::parse {

namespace {

using Grammar = grammar::TrigParser;
using Types = std::set<std::size_t>;

bool holds(const Types& types, std::initializer_list<std::size_t> wanted) {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](std::size_t type) { return types.contains(type); });
}

Types first_of(std::size_t rule) {
  const antlr4::atn::ATN& atn = grammar_atn();
  Types types;
  for (ssize_t type : atn.nextTokens(atn.ruleToStartState[rule]).toList())
    types.insert(static_cast<std::size_t>(type));
  return types;
}

void drop(Types& types, const Types& gone) {
  for (std::size_t type : gone) types.erase(type);
}

bool is_name_rule(std::size_t rule) {
  return rule == Grammar::RuleWord || rule == Grammar::RuleName || rule == Grammar::RuleLabel ||
         rule == Grammar::RuleActor || rule == Grammar::RuleReserved ||
         rule == Grammar::RuleTypeName || rule == Grammar::RuleFunction ||
         rule == Grammar::RuleEvents || rule == Grammar::RuleAggregateOp;
}

// What a name is for, by the rule that asks for it; the first that fits is told.
std::string_view name_for(std::size_t rule) {
  switch (rule) {
    case Grammar::RuleEventDecl:
    case Grammar::RuleOccurrence:
    case Grammar::RuleEventTrigger:
    case Grammar::RuleCountTrigger:
    case Grammar::RuleSequenceTrigger:
    case Grammar::RuleSequencePart:
    case Grammar::RuleSilence:
    case Grammar::RuleEmit:
    case Grammar::RuleAggregate: return "the name of an event";
    case Grammar::RuleRecordDecl: return "the name of a record";
    case Grammar::RuleListDecl: return "the name of a list";
    case Grammar::RuleCatalogDecl: return "the name of a catalog";
    case Grammar::RuleSegmentDecl:
    case Grammar::RuleSegmentTrigger: return "the name of a segment";
    case Grammar::RuleRecurringTrigger:
    case Grammar::RuleOnceTrigger: return "the name of a segment or `everyone`";
    case Grammar::RulePolicyDecl:
    case Grammar::RulePolicyRef: return "the name of a policy";
    case Grammar::RuleTopicDecl:
    case Grammar::RuleConsentRule:
    case Grammar::RuleSubscribe:
    case Grammar::RuleUnsubscribe: return "the name of a topic";
    case Grammar::RuleTemplateDecl:
    case Grammar::RuleSend:
    case Grammar::RuleExpectNoSend:
    case Grammar::RuleExpectSend: return "the name of a template";
    case Grammar::RuleCampaignDecl:
    case Grammar::RuleExpectJourney: return "the name of a campaign";
    case Grammar::RuleTestPerson:
    case Grammar::RuleTestAnonymous:
    case Grammar::RuleTestIdentifies:
    case Grammar::RuleTestSubscription: return "the name of a person";
    case Grammar::RulePlainType: return "a type such as `text`, `integer` or `money`";
    case Grammar::RuleTypeExpr: return "a type such as `text`, `integer` or `money`";
    case Grammar::RuleFieldDecl:
    case Grammar::RuleFieldValue: return "the name of a field";
  }
  return "a name";
}

bool begins_expression(const Types& types) {
  return holds(types, {Grammar::NUMBER, Grammar::TEXT, Grammar::OPEN_PAREN, Grammar::MINUS,
                       Grammar::OPEN_BRACKET});
}

bool follows_operand(const Types& types) {
  return holds(types, {Grammar::PLUS, Grammar::MINUS, Grammar::STAR});
}

const Types& operators() {
  static const Types types = {Grammar::EQUAL,    Grammar::NOT_EQUAL,
                              Grammar::LESS,     Grammar::LESS_OR_EQUAL,
                              Grammar::GREATER,  Grammar::GREATER_OR_EQUAL,
                              Grammar::IN,       Grammar::NOT,
                              Grammar::PLUS,     Grammar::MINUS,
                              Grammar::STAR,     Grammar::SLASH,
                              Grammar::AND,      Grammar::OR,
                              Grammar::CONTAINS, Grammar::STARTS,
                              Grammar::MATCHES,  Grammar::BETWEEN,
                              Grammar::IS,       Grammar::QUESTION,
                              Grammar::DOT,      Grammar::OPEN_PAREN,
                              Grammar::SINCE,    Grammar::CURRENCY,
                              Grammar::PERCENT};
  return types;
}

// Takes out of `types` what one phrase says about many.
class Phrases {
 public:
  explicit Phrases(const Expectation& expectation)
      : expectation_(expectation), types_(expectation.expected()) {
    any_word_ = holds(types_, {Grammar::ON, Grammar::UNLESS, Grammar::PER, Grammar::THEN});
  }

  std::string all() {
    statements();
    values();
    signs();
    std::string out;
    for (std::size_t i = 0; i < parts_.size() && i < 4; ++i) {
      bool last = i + 1 == std::min<std::size_t>(parts_.size(), 4);
      bool list = i > 0 && parts_[i - 1].find(" or ") != std::string::npos;
      if (i > 0) out += !last ? ", " : list ? ", or " : " or ";
      out += parts_[i];
    }
    return out;
  }

 private:
  void statements() {
    static const Types kDeclarations = first_of(Grammar::RuleDeclaration);
    static const Types kSteps = first_of(Grammar::RuleStep);
    static const Types kTail = {Grammar::EXIT, Grammar::GOAL, Grammar::EDITS};
    static const Types kHead = {Grammar::POLICY, Grammar::PRIORITY, Grammar::ON, Grammar::AGAIN,
                                Grammar::RESTART};
    if (any_word_) return;
    if (holds(types_, {Grammar::USE, Grammar::EVENT, Grammar::CAMPAIGN, Grammar::TEST}) &&
        !types_.contains(Grammar::WORD))
      say("a declaration such as `event`, `segment` or `campaign`", kDeclarations);
    if (holds(types_, {Grammar::EXPECT, Grammar::ANONYMOUS, Grammar::AFTER}))
      say("a line of a test such as `at`, `after` or `expect`", first_of(Grammar::RuleTestStep));
    if (holds(types_, {Grammar::CONSENT, Grammar::QUIET, Grammar::RATE, Grammar::WHEN}))
      say("a rule such as `consent`, `at most` or `quiet`", first_of(Grammar::RulePolicyRule));
    if (!holds(types_, {Grammar::STEP, Grammar::WAIT, Grammar::SEND, Grammar::EMIT})) return;
    say(types_.contains(Grammar::POLICY) ? "a line such as `policy`, `on` or `send`"
                                         : "a step such as `wait`, `send` or `when`",
        kSteps);
    drop(types_, kTail);
    drop(types_, kHead);
    // What could still be added to the statement before is said only where it is likely.
    std::erase_if(types_, [](std::size_t type) {
      return type != antlr4::Token::EOF && type != Grammar::UNLESS && type != Grammar::ELSE &&
             is_word(spelling_of(type));
    });
  }

  void values() {
    if (begins_expression(types_)) {
      say("a value", first_of(Grammar::RuleExpression));
      if (any_word_) drop(types_, first_of(Grammar::RuleLabel));
    } else if (std::string name = name_words(expectation_); !name.empty()) {
      say(name, first_of(any_word_ ? Grammar::RuleLabel : Grammar::RuleName));
    }
    if (expects_unit(expectation_))
      say("a unit of time such as `minutes`", first_of(Grammar::RuleUnit));
    if (follows_operand(types_)) {
      drop(types_, operators());
      drop(types_, first_of(Grammar::RuleUnit));
      after_operand_ = true;
    }
  }

  void signs() {
    for (std::size_t type : types_) {
      if (type == antlr4::Token::EOF) continue;
      std::string spelling = spelling_of(type);
      if (!spelling.empty() && !is_word(spelling)) parts_.push_back("`" + spelling + "`");
    }
    static const std::pair<std::size_t, std::string_view> kLiterals[] = {
        {Grammar::TEXT, "a text in double quotes"},
        {Grammar::NUMBER, "a number"},
        {Grammar::DATE, "a date such as `2026-07-01`"},
        {Grammar::TIME, "a time such as `09:00`"},
        {Grammar::CURRENCY, "a currency such as `EUR`"}};
    for (const auto& [type, words] : kLiterals)
      if (types_.contains(type)) parts_.emplace_back(words);
    for (std::size_t type : types_) {
      std::string spelling = type == antlr4::Token::EOF ? "" : spelling_of(type);
      if (is_word(spelling)) parts_.push_back("`" + spelling + "`");
    }
    if (after_operand_) parts_.emplace_back("an operator");
    if (parts_.empty()) parts_.emplace_back("the end of the file");
  }

  void say(std::string_view words, const Types& instead_of) {
    parts_.emplace_back(words);
    drop(types_, instead_of);
  }

  const Expectation& expectation_;
  Types types_;
  std::vector<std::string> parts_;
  bool any_word_ = false;  // the name of a field: reserved words too
  bool after_operand_ = false;
};

}  // namespace

std::string expected_words(const Expectation& expectation) { return Phrases(expectation).all(); }

std::string name_words(const Expectation& expectation) {
  std::string found;
  for (const Site& site : expectation.sites(Grammar::WORD)) {
    auto asks = std::find_if_not(site.begin(), site.end(), is_name_rule);
    std::string_view words = asks == site.end() ? "a name" : name_for(*asks);
    // Several uses: one that says more is better than "a name".
    if (found.empty() || found == "a name") found = words;
  }
  return found;
}

std::vector<std::string> fitting_words(const Expectation& expectation) {
  std::vector<std::string> words;
  for (std::size_t type : expectation.expected()) {
    if (type == antlr4::Token::EOF) continue;
    std::string spelling = spelling_of(type);
    if (!is_word(spelling)) continue;
    std::vector<Site> sites = expectation.sites(type);
    bool only_name = std::all_of(sites.begin(), sites.end(), [](const Site& site) {
      return is_name_rule(site[0]) || (site.size() > 1 && is_name_rule(site[1]));
    });
    if (!only_name) words.push_back(spelling);
  }
  return words;
}

bool expects_unit(const Expectation& expectation) {
  static const Types kUnits = first_of(Grammar::RuleUnit);
  return expectation.expected() == kUnits;
}

}  // namespace trig::parse
