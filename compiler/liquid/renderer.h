// Walks the tree of a template and prints it. One Renderer serves one rendering.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "compiler/liquid/html_context.h"
#include "compiler/liquid/render_error.h"
#include "compiler/liquid/template.h"

namespace trig::liquid {

// Runs something when a scope is left, also by an exception.
template <typename Action>
class Finally {
 public:
  explicit Finally(Action action) : action_(std::move(action)) {}
  Finally(const Finally&) = delete;
  ~Finally() { action_(); }

 private:
  Action action_;
};

// Text being printed: the result itself, or what a capture collects.
struct Sink {
  std::string text;
  HtmlContext html;
  bool has_data = false;
};

// Variables and the memory of tags. A partial by {% render %} has its own.
struct Frame {
  enum class Leaving : std::uint8_t { kNo, kBreak, kContinue };

  std::vector<Map> scopes{1};  // innermost last; assign writes to the first
  Map counters;
  const Map* arguments = nullptr;
  const Map* globals = nullptr;
  std::map<std::string, std::int64_t> offsets;  // of `offset: continue`, by loop name
  std::map<std::string, std::size_t> cycles;    // whose turn it is
  std::shared_ptr<Loop> loop;                   // the innermost for
  std::optional<std::string> last_changed;      // of ifchanged
  Leaving leaving = Leaving::kNo;
  bool isolated = false;
};

// The items of what a loop runs over, one by one.
class Sequence {
 public:
  explicit Sequence(Data data);
  std::int64_t size() const { return size_; }
  Data at(std::int64_t index) const;

 private:
  Data data_;
  std::int64_t size_ = 0;
};

class Renderer {
 public:
  Renderer(const Scope& scope, const RenderOptions& options);

  std::string run(const Template& source);
  // Of the node that failed; invalid if none did.
  TextRange failed_at() const { return failed_at_; }

 private:
  // renderer.cpp
  void block(const Block& block);
  void node(const Node& node);
  void visit(const Node& node);
  void print_error(const Node& node, const RenderError& error);
  void render(const TextNode& text);
  void render(const Output& output);
  void render(const Assign& assign);
  void render(const Capture& capture);
  void render(const If& branches);
  void render(const Case& cases);
  void render(const Cycle& cycle);
  void render(const Counter& counter);
  void render(const Interrupt& interrupt);
  void render(const IfChanged& block);
  void print_into(Sink& sink, const Block& block);
  void write(std::string_view text);
  void print(const Data& data);
  void charge(std::uint64_t steps);

  // render_loops.cpp
  void render(const For& loop);
  void render(const TableRow& table);
  void render(const Partial& partial);
  void render_partial(const Partial& partial, const Template& source, const std::string& name);
  void include_partial(const Partial& partial, const Template& source, const std::string& name);
  void render_isolated(const Partial& partial, const Template& source, const std::string& name,
                       const Data& subject, std::shared_ptr<Loop> loop);
  std::int64_t integer_of(const std::optional<Expression>& expression, std::int64_t otherwise);
  void run_loop(const For& loop, const Sequence& items, std::int64_t from, std::int64_t count);

  // evaluate.cpp
  Data evaluate(const Expression& expression);
  Data evaluate(const Filtered& filtered);
  Data evaluate(const Lookup& lookup);
  Data evaluate(const RangeExpression& range);
  bool holds(const Condition& condition);
  bool holds(const Term& term);
  const Data* find(std::string_view name) const;
  void assign(Map& scope, std::string_view name, Data value);

  const RenderOptions& options_;
  FilterContext filter_context_;
  bool html_;
  Frame* frame_ = nullptr;
  Sink* sink_ = nullptr;
  Frame root_;
  std::uint64_t steps_ = 0;
  std::size_t depth_ = 0;  // of partials
  TextRange failed_at_;
};

}  // namespace trig::liquid
