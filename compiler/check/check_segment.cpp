// segment NAME: EXPR, `is NAME` and `no A or B for D`.
#include <algorithm>

#include "compiler/ast/printer.h"
#include "compiler/base/hash.h"
#include "compiler/base/limits.h"
#include "compiler/check/expression.h"

namespace trig::check {

using ir::Kind;
using ir::NodeId;
using ir::Op;

namespace {

class SegmentChecker {
 public:
  explicit SegmentChecker(Context& context) : context_(context) {}

  void run() {
    for (const Declared& declared : context_.declarations) {
      const auto* written = std::get_if<ast::SegmentDecl>(&declared.declaration->node);
      if (written == nullptr) continue;
      const Symbol* symbol = context_.declared(SymbolKind::kSegment, written->name);
      if (symbol == nullptr) continue;
      declarations_.resize(std::max<std::size_t>(declarations_.size(), symbol->index + 1));
      declarations_[symbol->index] = &declared;
      if (written->name.text == "everyone")
        context_
            .report(Code::kReservedName, written->name.range,
                    {written->name.text, "how a schedule reaches all people"})
            .hint("choose another name");
      Scope scope;  // the person, segments and the history
      ExpressionChecker checker(context_, scope);
      const bool asked = written->name.text == context_.settings.question;
      context_.program.segments[symbol->index].condition =
          asked ? checker.lower(*written->condition) : checker.condition(*written->condition);
    }
    for (std::uint32_t i = 0; i < context_.program.segments.size(); ++i) {
      path_.clear();
      if (!reported_ && declarations_[i] != nullptr) follow(i);
    }
    if (!reported_)
      for (std::uint32_t i = 0; i < context_.program.segments.size(); ++i) finish(i);
  }

 private:
  TextRange name_of(std::uint32_t segment) const {
    return std::get<ast::SegmentDecl>(declarations_[segment]->declaration->node).name.range;
  }

  std::string canonical(const Declared& declared) const {
    SourceId source = declared.declaration->range.source;
    return ast::print_canonical(*declared.file, declared.index, context_.sources[source]);
  }

  // Down the segments that it is made of.
  void follow(std::uint32_t index) {
    const ir::Segment& segment = context_.program.segments[index];
    bool circle = std::find(path_.begin(), path_.end(), index) != path_.end();
    if (circle || path_.size() == kMaxSegmentDepth) {
      Diagnostic& report =
          circle ? context_.report(Code::kSegmentCycle, name_of(index), {segment.name})
                 : context_.report(Code::kSegmentDepth, name_of(path_.front()),
                                   {std::to_string(kMaxSegmentDepth)});
      if (circle && path_.back() != index) report.label(name_of(path_.back()), "this asks for it");
      report.hint("say what it is made of in one segment");
      reported_ = true;
      return;
    }
    path_.push_back(index);
    for (std::uint32_t inner : parts_of(index))
      if (!reported_) follow(inner);
    path_.pop_back();
  }

  // The segments it names, each once.
  std::vector<std::uint32_t> parts_of(std::uint32_t index) const {
    std::vector<std::uint32_t> found;
    collect(context_.program.segments[index].condition, [&](const ir::Node& node) {
      if (node.op == Op::kInSegment) found.push_back(node.index);
    });
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
  }

  template <typename Visit>
  void collect(NodeId id, const Visit& visit) const {
    if (id == NodeId::kNone) return;
    const ir::Node& node = context_.program.node(id);
    visit(node);
    if (node.op == Op::kAggregate) collect(context_.program.aggregates[node.index].where, visit);
    for (NodeId operand : {node.a, node.b, node.c}) collect(operand, visit);
    for (NodeId operand : node.operands) collect(operand, visit);
  }

  // The events it reads and its version, with those of its parts.
  void finish(std::uint32_t index) {
    std::set<std::uint32_t> events;
    std::set<std::uint32_t> segments;
    std::vector<std::uint32_t> open = {index};
    while (!open.empty()) {
      std::uint32_t next = open.back();
      open.pop_back();
      if (!segments.insert(next).second) continue;
      collect(context_.program.segments[next].condition, [&](const ir::Node& node) {
        if (node.op == Op::kAggregate) events.insert(context_.program.aggregates[node.index].event);
        if (node.op == Op::kSilence)
          for (std::uint32_t event : context_.program.silences[node.index].events)
            events.insert(event);
      });
      for (std::uint32_t part : parts_of(next)) open.push_back(part);
    }
    std::string text;
    for (std::uint32_t segment : segments)
      if (declarations_[segment] != nullptr) text += canonical(*declarations_[segment]) + '\n';
    ir::Segment& segment = context_.program.segments[index];
    segment.events.assign(events.begin(), events.end());
    segment.version = hash128(text);
  }

  Context& context_;
  std::vector<const Declared*> declarations_;  // by segment
  std::vector<std::uint32_t> path_;
  bool reported_ = false;
};

}  // namespace

void check_segments(Context& context) { SegmentChecker(context).run(); }

std::optional<ir::Silence> check_silence(Context& context, const std::vector<ast::Name>& events,
                                         const ast::SpanLiteral& span) {
  ir::Silence silence;
  silence.span = span.span.exact();
  for (const ast::Name& name : events) {
    const Symbol* event = context.resolve(SymbolKind::kEvent, name);
    if (event == nullptr) continue;
    auto known = std::find(silence.events.begin(), silence.events.end(), event->index);
    if (known == silence.events.end())
      silence.events.push_back(event->index);
    else
      context.report(Code::kRepeated, name.range, {"event", name.text}).hint("remove one of them");
  }
  if (silence.span <= Duration{0}) context.report(Code::kNoTime, span.range);
  bool good = silence.events.size() == events.size() && silence.span > Duration{0};
  return good ? std::optional(std::move(silence)) : std::nullopt;
}

NodeId ExpressionChecker::lower_in_segment(const ast::Expr& expr, const ast::InSegment& in) {
  const auto* path = std::get_if<ast::Path>(&in.value->node);
  bool person = path != nullptr && path->names.size() == 1 && path->names[0].text == "person";
  const Symbol* segment = context_.resolve(SymbolKind::kSegment, in.segment);
  if (!person)
    context_.report(Code::kOnlyPersonInSegment, in.value->range, {context_.quote(in.value->range)})
        .hint("write `person is {}`", in.segment.text)
        .replace(in.value->range, "person");
  if (!person || segment == nullptr) return invalid(expr.range);
  NodeId node = add(Op::kInSegment, ir::kBooleanType, expr.range);
  context_.program.nodes.edit_back().index = segment->index;
  return node;
}

NodeId ExpressionChecker::lower_silence(const ast::Expr& expr, const ast::Silence& written) {
  std::optional<ir::Silence> silence = check_silence(context_, written.events, written.span);
  if (!silence) return invalid(expr.range);
  context_.program.silences.push_back(std::move(*silence));
  NodeId node = add(Op::kSilence, ir::kBooleanType, expr.range);
  context_.program.nodes.edit_back().index =
      static_cast<std::uint32_t>(context_.program.silences.size() - 1);
  return node;
}

}  // namespace trig::check
