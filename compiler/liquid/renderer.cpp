#include "compiler/liquid/renderer.h"

#include <algorithm>

#include "compiler/base/limits.h"
#include "compiler/liquid/filter_support.h"

namespace trig::liquid {
namespace {

// Tags whose failure the reference keeps silent about: what they print is nothing anyway.
bool prints_nothing(const Node& node) {
  if (std::holds_alternative<Assign>(node.kind) || std::holds_alternative<Capture>(node.kind))
    return true;
  if (auto branches = std::get_if<If>(&node.kind))
    return std::all_of(branches->branches.begin(), branches->branches.end(),
                       [](const Branch& branch) { return branch.body.blank; });
  if (auto cases = std::get_if<Case>(&node.kind))
    return std::all_of(cases->whens.begin(), cases->whens.end(),
                       [](const When& when) { return when.body.blank; });
  if (auto loop = std::get_if<For>(&node.kind)) return loop->body.blank && loop->otherwise.blank;
  return false;
}

}  // namespace

Renderer::Renderer(const Scope& scope, const RenderOptions& options)
    : options_(options), html_(options.context == OutputContext::kHtml) {
  filter_context_ = {options.now, options.zone, options.language, html_};
  root_.arguments = &scope.arguments;
  root_.globals = &scope.globals;
}

std::string Renderer::run(const Template& source) {
  Sink sink;
  sink_ = &sink;
  frame_ = &root_;
  block(*source.body);
  if (options_.context == OutputContext::kHeader)
    std::replace_if(
        sink.text.begin(), sink.text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return std::move(sink.text);
}

void Renderer::charge(std::uint64_t steps) {
  steps_ += steps;
  if (steps_ > kMaxTemplateSteps)
    throw BoundError(fmt::format("the template takes more than {} steps", kMaxTemplateSteps));
}

void Renderer::write(std::string_view text) {
  if (sink_->text.size() + text.size() > kMaxTemplateOutputBytes)
    throw BoundError(
        fmt::format("the template prints more than {} bytes", kMaxTemplateOutputBytes));
  sink_->text += text;
  if (html_) sink_->html.feed(text);
}

// nil prints nothing, a list its items one after the other.
void Renderer::print(const Data& data) {
  if (data.is_nil()) return;
  if (const List* list = data.as_list()) {
    for (const Data& item : *list) {
      charge(1);
      print(item);
    }
    return;
  }
  Trust trust = data.trust();
  if (trust != Trust::kTemplate) sink_->has_data = true;
  if (!html_)
    write(to_text(data));
  else
    write(sink_->html.safe(to_text(data), trust));
}

void Renderer::block(const Block& block) {
  for (const Node& node : block.nodes) {
    this->node(node);
    if (frame_->leaving != Frame::Leaving::kNo) return;
  }
}

void Renderer::node(const Node& node) {
  charge(1);
  try {
    visit(node);
  } catch (const BoundError&) {
    if (!failed_at_.valid()) failed_at_ = node.range;
    throw;
  } catch (const RenderError& error) {
    if (options_.on_error == OnError::kInline) {
      print_error(node, error);
      return;
    }
    if (!failed_at_.valid()) failed_at_ = node.range;
    throw;
  }
}

void Renderer::visit(const Node& node) {
  std::visit([this](const auto& kind) { render(kind); }, node.kind);
}

void Renderer::print_error(const Node& node, const RenderError& error) {
  if (prints_nothing(node)) return;
  std::string line;
  if (options_.sources && node.range.valid())
    line = fmt::format(" (line {})",
                       (*options_.sources)[node.range.source].place_of(node.range.begin).line);
  write(fmt::format("Liquid error{}: {}", line, error.what()));
}

void Renderer::render(const TextNode& text) { write(text.text); }

void Renderer::render(const Output& output) { print(evaluate(output.value)); }

void Renderer::render(const Assign& assign) {
  this->assign(frame_->scopes.front(), assign.name, evaluate(assign.value));
}

void Renderer::print_into(Sink& sink, const Block& block) {
  Sink* outer = std::exchange(sink_, &sink);
  Finally restore([&] { sink_ = outer; });
  this->block(block);
}

void Renderer::render(const Capture& capture) {
  Sink inner;
  print_into(inner, capture.body);
  charge(inner.text.size() / 64);
  Trust trust = !html_ ? Trust::kData : inner.has_data ? Trust::kMarkup : Trust::kTemplate;
  assign(frame_->scopes.front(), capture.name, Data::text(std::move(inner.text), trust));
}

void Renderer::render(const If& branches) {
  for (const Branch& branch : branches.branches) {
    if (branch.condition && holds(*branch.condition) == branch.negated) continue;
    return block(branch.body);
  }
}

// Every value that matches prints the block once more, and `else` runs while nothing has matched.
void Renderer::render(const Case& cases) {
  Data subject = evaluate(cases.subject);
  bool matched = false;
  for (const When& when : cases.whens) {
    if (when.values.empty() && !matched) block(when.body);
    for (const Expression& value : when.values) {
      if (!equal(subject, evaluate(value))) continue;
      matched = true;
      block(when.body);
    }
  }
}

void Renderer::render(const Cycle& cycle) {
  std::string key = cycle.group ? "group " + inspect(evaluate(*cycle.group)) : cycle.key;
  std::size_t& turn = frame_->cycles[key];
  if (turn < cycle.values.size()) print(evaluate(cycle.values[turn]));
  if (++turn >= cycle.values.size()) turn = 0;
}

// Counters live beside the variables; one begins at the value of an argument of its name.
void Renderer::render(const Counter& counter) {
  std::int64_t value = 0;
  const Data* start = find_entry(frame_->counters, counter.name);
  if (!start && frame_->arguments) start = find_entry(*frame_->arguments, counter.name);
  if (start && start->get<std::int64_t>()) value = *start->get<std::int64_t>();
  std::int64_t next = value + (counter.down ? -1 : 1);
  assign(frame_->counters, counter.name, Data::integer(next));
  write(std::to_string(counter.down ? next : value));
}

void Renderer::render(const Interrupt& interrupt) {
  frame_->leaving = interrupt.leaves ? Frame::Leaving::kBreak : Frame::Leaving::kContinue;
}

void Renderer::render(const IfChanged& changed) {
  Sink inner;
  inner.html = sink_->html;
  print_into(inner, changed.body);
  if (inner.text == frame_->last_changed) return;
  if (!frame_->last_changed && inner.text.empty()) return;
  sink_->has_data = sink_->has_data || inner.has_data;
  write(inner.text);
  frame_->last_changed = std::move(inner.text);
}

Result<std::string> render(const Template& source, const Scope& scope,
                           const RenderOptions& options) {
  Renderer renderer(scope, options);
  try {
    return renderer.run(source);
  } catch (const RenderError& error) {
    TextRange range = renderer.failed_at();
    if (!options.sources || !range.valid()) return fail("{}", error.what());
    const Source& text = (*options.sources)[range.source];
    LineColumn place = text.place_of(range.begin);
    return fail("{}:{}:{}: {}", text.path(), place.line, place.column, error.what());
  }
}

}  // namespace trig::liquid
