// The token list as ANTLR's parser reads it. Plain indexing: the list is complete before parsing.
#pragma once

#include <antlr4-runtime.h>

#include <string>

#include "compiler/parse/token_list.h"

namespace trig::parse {

class TokenListStream : public antlr4::TokenStream {
 public:
  explicit TokenListStream(const TokenList& list) : tokens_(list.tokens) {}

  antlr4::Token* LT(ssize_t k) override {
    auto place = static_cast<ssize_t>(index_) + (k > 0 ? k - 1 : k);
    if (k == 0 || place < 0) return nullptr;
    return get(static_cast<std::size_t>(place));
  }
  std::size_t LA(ssize_t k) override { return LT(k)->getType(); }
  antlr4::Token* get(std::size_t index) const override {
    return tokens_[index < tokens_.size() ? index : tokens_.size() - 1].get();
  }
  void consume() override { ++index_; }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  std::size_t index() override { return index_; }
  void seek(std::size_t index) override { index_ = index; }
  std::size_t size() override { return tokens_.size(); }
  std::string getSourceName() const override { return {}; }

  // Only ANTLR's own error messages would ask for these, and they are never made.
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }

 private:
  const std::vector<std::unique_ptr<antlr4::Token>>& tokens_;
  std::size_t index_ = 0;
};

}  // namespace trig::parse
