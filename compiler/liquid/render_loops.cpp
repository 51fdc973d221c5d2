// Loops and partials.
#include <algorithm>
#include <limits>

#include "compiler/base/limits.h"
#include "compiler/liquid/number.h"
#include "compiler/liquid/renderer.h"

namespace trig::liquid {
namespace {

Data loop_data(const std::shared_ptr<Loop>& loop) { return {std::shared_ptr<const Loop>(loop)}; }

std::string base_name(const std::string& name) {
  std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

bool is_sequence(const Data& data) {
  return data.as_list() || data.as_map() || data.get<IntegerRange>();
}

}  // namespace

Sequence::Sequence(Data data) : data_(std::move(data)) {
  if (const List* list = data_.as_list())
    size_ = static_cast<std::int64_t>(list->size());
  else if (const Map* map = data_.as_map())
    size_ = static_cast<std::int64_t>(map->size());
  else if (auto range = data_.get<IntegerRange>())
    size_ = static_cast<std::int64_t>(
        std::min<std::uint64_t>(range->size(), std::numeric_limits<std::int32_t>::max()));
  else if (const std::string* text = data_.as_text())
    size_ = text->empty() ? 0 : 1;  // a text is one item, not its characters
}

Data Sequence::at(std::int64_t index) const {
  auto i = static_cast<std::size_t>(index);
  if (const List* list = data_.as_list()) return (*list)[i];
  if (const Map* map = data_.as_map())
    return Data::list({Data::text((*map)[i].first), (*map)[i].second});
  if (auto range = data_.get<IntegerRange>()) return Data::integer(range->first + index);
  return data_;
}

std::int64_t Renderer::integer_of(const std::optional<Expression>& expression,
                                  std::int64_t otherwise) {
  if (!expression) return otherwise;
  Data data = evaluate(*expression);
  return data.is_nil() ? otherwise : to_integer(data);
}

void Renderer::render(const For& loop) {
  constexpr std::int64_t kAll = std::numeric_limits<std::int32_t>::max();
  Sequence items(evaluate(loop.collection));
  std::int64_t from = loop.from_continue ? frame_->offsets[loop.name] : integer_of(loop.offset, 0);
  std::int64_t limit = std::clamp<std::int64_t>(integer_of(loop.limit, kAll), -kAll, kAll);
  from = std::clamp<std::int64_t>(from, -kAll, kAll);
  std::int64_t first = std::max<std::int64_t>(from, 0);
  std::int64_t count = std::max<std::int64_t>(0, std::min(items.size(), from + limit) - first);
  frame_->offsets[loop.name] = from + count;
  if (count == 0) return block(loop.otherwise);
  run_loop(loop, items, first, count);
}

void Renderer::run_loop(const For& loop, const Sequence& items, std::int64_t from,
                        std::int64_t count) {
  auto state = std::make_shared<Loop>();
  state->name = loop.name;
  state->length = count;
  state->parent = frame_->loop;
  std::shared_ptr<Loop> outer = std::exchange(frame_->loop, state);
  std::size_t depth = frame_->scopes.size();
  frame_->scopes.push_back({{"forloop", loop_data(state)}});
  Finally restore([&] {
    frame_->scopes.resize(depth);
    frame_->loop = outer;
  });
  for (std::int64_t i = 0; i < count; ++i) {
    charge(1);
    std::int64_t index = loop.reversed ? from + count - 1 - i : from + i;
    assign(frame_->scopes[depth], loop.variable, items.at(index));
    block(loop.body);
    ++state->index;
    if (std::exchange(frame_->leaving, Frame::Leaving::kNo) == Frame::Leaving::kBreak) break;
  }
}

void Renderer::render(const TableRow& table) {
  Data collection = evaluate(table.collection);
  if (!collection.truthy()) return;
  auto whole = [&](const std::optional<Expression>& expression) {
    return *round_number(to_number(evaluate(*expression)), Rounding::kFloor, 0).get<std::int64_t>();
  };
  Sequence items(std::move(collection));
  std::int64_t from = table.offset ? whole(table.offset) : 0;
  std::int64_t first = std::clamp<std::int64_t>(from, 0, items.size());
  std::int64_t last = items.size();
  if (table.limit) last = std::clamp<std::int64_t>(from + whole(table.limit), first, last);
  auto state = std::make_shared<Loop>();
  state->table = true;
  state->length = last - first;
  state->columns = table.columns ? whole(table.columns) : state->length;
  std::size_t depth = frame_->scopes.size();
  frame_->scopes.push_back({{"tablerowloop", loop_data(state)}});
  Finally restore([&] { frame_->scopes.resize(depth); });
  write("<tr class=\"row1\">\n");
  for (std::int64_t i = first; i < last; ++i) {
    charge(1);
    assign(frame_->scopes[depth], table.variable, items.at(i));
    write(fmt::format("<td class=\"col{}\">", state->column));
    block(table.body);
    write("</td>");
    if (std::exchange(frame_->leaving, Frame::Leaving::kNo) == Frame::Leaving::kBreak) break;
    bool row_ends = state->column == state->columns;
    if (row_ends && i + 1 < last) write(fmt::format("</tr>\n<tr class=\"row{}\">", state->row + 1));
    ++state->index;
    state->column = row_ends ? 1 : state->column + 1;
    if (row_ends) ++state->row;
  }
  write("</tr>\n");
}

void Renderer::render(const Partial& partial) {
  Data name = evaluate(partial.name);
  if (!name.as_text()) throw_error("the name of a partial is not a text");
  if (!partial.isolated && frame_->isolated)
    throw_error("include usage is not allowed in this context");
  const Template* source = options_.partials ? options_.partials(*name.as_text()) : nullptr;
  if (!source) throw_error("no partial is called `{}`", *name.as_text());
  if (depth_ == kMaxRenderDepth)
    throw BoundError(fmt::format("partials are nested deeper than {} levels", kMaxRenderDepth));
  ++depth_;
  Finally restore([&] { --depth_; });
  if (partial.isolated)
    render_partial(partial, *source, *name.as_text());
  else
    include_partial(partial, *source, *name.as_text());
}

void Renderer::render_partial(const Partial& partial, const Template& source,
                              const std::string& name) {
  Data subject = partial.subject ? evaluate(*partial.subject) : Data{};
  if (!partial.each || !is_sequence(subject))
    return render_isolated(partial, source, name, subject, nullptr);
  Sequence items(std::move(subject));
  auto loop = std::make_shared<Loop>();
  loop->name = name;
  loop->length = items.size();
  for (std::int64_t i = 0; i < items.size(); ++i) {
    charge(1);
    render_isolated(partial, source, name, items.at(i), loop);
    ++loop->index;
  }
}

void Renderer::render_isolated(const Partial& partial, const Template& source,
                               const std::string& name, const Data& subject,
                               std::shared_ptr<Loop> loop) {
  Frame inner;
  inner.globals = root_.globals;
  inner.isolated = true;
  Map& scope = inner.scopes.front();
  if (loop) assign(scope, "forloop", loop_data(loop));
  for (const auto& [argument, value] : partial.arguments) assign(scope, argument, evaluate(value));
  if (!subject.is_nil())
    assign(scope, partial.alias.empty() ? base_name(name) : partial.alias, subject);
  Frame* outer = std::exchange(frame_, &inner);
  Finally restore([&] { frame_ = outer; });
  block(*source.body);
}

// Shares the scope of its caller; a variable of the partial's own name is its subject.
void Renderer::include_partial(const Partial& partial, const Template& source,
                               const std::string& name) {
  Data subject;
  if (partial.subject)
    subject = evaluate(*partial.subject);
  else if (const Data* named = find(name))
    subject = *named;
  std::string variable = partial.alias.empty() ? base_name(name) : partial.alias;
  std::size_t depth = frame_->scopes.size();
  frame_->scopes.emplace_back();
  Finally restore([&] { frame_->scopes.resize(depth); });
  for (const auto& [argument, value] : partial.arguments)
    assign(frame_->scopes[depth], argument, evaluate(value));
  std::int64_t times = subject.as_list() ? static_cast<std::int64_t>(subject.as_list()->size()) : 1;
  for (std::int64_t i = 0; i < times; ++i) {
    const List* list = subject.as_list();
    assign(frame_->scopes[depth], variable, list ? (*list)[static_cast<std::size_t>(i)] : subject);
    block(*source.body);
  }
}

}  // namespace trig::liquid
