#include <algorithm>

#include "compiler/ast/docs.h"
#include "compiler/ast/print.h"

namespace trig::ast {

namespace {

bool is_time(const TestStep& step) {
  return std::holds_alternative<TestAt>(step.node) || std::holds_alternative<TestAfter>(step.node);
}

bool is_act(const TestStep& step) {
  return std::holds_alternative<TestEvent>(step.node) ||
         std::holds_alternative<TestIdentifies>(step.node) ||
         std::holds_alternative<TestSubscription>(step.node);
}

}  // namespace

// What happens stands behind its time, in one column through the test:
//   at 2026-03-28 12:00   browser cart_updated {}
//   after 5 minutes       browser identifies as ana
void Printer::test(const Declaration& declaration, const TestDecl& test) {
  out_.inside(test.title.range.end);
  out_.open("test " + quoted(test.title));
  const std::vector<TestStep>& steps = test.steps;
  auto paired = [&](std::size_t i) {
    return is_time(steps[i]) && i + 1 < steps.size() && is_act(steps[i + 1]) &&
           !out_.comment_between(steps[i].range.end, steps[i + 1].range.begin);
  };
  std::size_t widest = 0;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (paired(i)) widest = std::max(widest, doc_of(steps[i]).width);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    Doc doc = doc_of(steps[i]);
    std::uint32_t begin = steps[i].range.begin;
    if (paired(i)) {
      doc += text(std::string(widest - doc.width, ' ') + kGap) + doc_of(steps[i + 1]);
      ++i;
    }
    item(doc, begin, steps[i].range.end);
  }
  out_.close(declaration.range.end - 1);
}

}  // namespace trig::ast
