#include <fmt/format.h>

#include "compiler/diagram/render.h"

namespace trig::diagram {
namespace {

// Where lines come from: a node, and what is written at the line.
struct Loose {
  std::string node;
  std::string label;
};

// What a language for graphs can say.
struct Language {
  std::string (*node)(const std::string& id, Kind kind, const std::string& text);
  std::string (*edge)(const std::string& from, const std::string& to, const std::string& label,
                      bool dashed);
  std::string (*end)(const std::string& id, const std::string& text);
  std::string line_end;
};

class Graph {
 public:
  explicit Graph(const Language& language) : language_(language) {}

  std::string text(const Flow& flow) {
    std::string trigger = "Starts when:" + language_.line_end + flow.trigger;
    for (const std::string& note : flow.trigger_notes) trigger += language_.line_end + note;
    out_ += language_.end("start", trigger);
    std::vector<Loose> last = sequence(flow.steps, {{"start", ""}});
    if (!last.empty()) {
      out_ += language_.end("finish", "End");
      connect(last, "finish");
    }
    for (const Section& section : flow.sections) {
      std::string text = section.title + ":";
      for (const std::string& line : section.lines) text += language_.line_end + line;
      out_ += language_.end(next(), text);
    }
    return std::move(out_);
  }

 private:
  std::string next() { return fmt::format("s{}", ++count_); }

  void connect(const std::vector<Loose>& from, const std::string& to) {
    for (const Loose& one : from) out_ += language_.edge(one.node, to, one.label, false);
  }

  std::vector<Loose> sequence(const Sequence& steps, std::vector<Loose> from) {
    for (const Element& element : steps) from = step(element, from);
    return from;
  }

  std::vector<Loose> step(const Element& element, const std::vector<Loose>& from) {
    const std::string id = next();
    std::string text = element.kind == Kind::kSend ? "Send " + element.title : element.title;
    for (const std::string& line : element.lines) text += language_.line_end + line;
    if (element.counts && element.kind == Kind::kSend)
      text += fmt::format("{}{} sent", language_.line_end, element.counts->sent);
    if (element.counts && element.counts->waiting.value_or(0) > 0)
      text += fmt::format("{}{} waiting now", language_.line_end, *element.counts->waiting);
    out_ += language_.node(id, element.kind, text);
    connect(from, id);
    for (const std::string& exit : element.exits) {
      const std::string out = next();
      out_ += language_.end(out, "Leaves");
      out_ += language_.edge(id, out, exit, true);
    }
    if (element.kind == Kind::kStop) return {};
    if (element.ways.empty()) return {{id, ""}};
    std::vector<Loose> last;
    for (const Way& way : element.ways) {
      if (way.ends) {
        const std::string out = next();
        out_ += language_.end(out, "Only measured");
        out_ += language_.edge(id, out, way.label, false);
        continue;
      }
      for (Loose& one : sequence(way.steps, {{id, way.label}})) last.push_back(std::move(one));
    }
    return last;
  }

  const Language& language_;
  std::string out_;
  std::size_t count_ = 0;
};

std::string in_dot(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool line_end = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n';
    if (text[i] == '"' || (text[i] == '\\' && !line_end)) out += '\\';
    out += text[i];
  }
  return out;
}

std::string dot_node(const std::string& id, Kind kind, const std::string& text) {
  std::string_view shape = "box";
  if (kind == Kind::kQuestion) shape = "diamond";
  if (kind == Kind::kWait) shape = "ellipse";
  if (kind == Kind::kStop) shape = "doublecircle";
  return fmt::format("  {} [shape={}, label=\"{}\"];\n", id, shape, in_dot(text));
}

std::string dot_edge(const std::string& from, const std::string& to, const std::string& label,
                     bool dashed) {
  return fmt::format("  {} -> {} [label=\"{}\"{}];\n", from, to, in_dot(label),
                     dashed ? ", style=dashed" : "");
}

std::string dot_end(const std::string& id, const std::string& text) {
  return fmt::format("  {} [shape=box, style=rounded, label=\"{}\"];\n", id, in_dot(text));
}

// Entities: Mermaid has no other way to write its own signs.
std::string in_mermaid(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 5, "<br/>") == 0) {
      out += "<br/>";
      i += 4;
    } else if (std::string_view("\"#<>&|{}[]()`").find(text[i]) != std::string_view::npos) {
      out += fmt::format("#{};", static_cast<int>(text[i]));
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string mermaid_node(const std::string& id, Kind kind, const std::string& text) {
  std::pair<const char*, const char*> frame = {"[\"", "\"]"};
  if (kind == Kind::kQuestion) frame = {"{\"", "\"}"};
  if (kind == Kind::kWait) frame = {"([\"", "\"])"};
  if (kind == Kind::kStop) frame = {"((\"", "\"))"};
  return fmt::format("  {}{}{}{}\n", id, frame.first, in_mermaid(text), frame.second);
}

std::string mermaid_edge(const std::string& from, const std::string& to, const std::string& label,
                         bool dashed) {
  const std::string_view line = dashed ? "-.->" : "-->";
  if (label.empty()) return fmt::format("  {} {} {}\n", from, line, to);
  return fmt::format("  {} {}|\"{}\"| {}\n", from, line, in_mermaid(label), to);
}

std::string mermaid_end(const std::string& id, const std::string& text) {
  return fmt::format("  {}([\"{}\"])\n", id, in_mermaid(text));
}

}  // namespace

std::string mermaid_of(const Flow& flow) {
  const Language language{mermaid_node, mermaid_edge, mermaid_end, "<br/>"};
  return fmt::format("---\ntitle: \"{}\"\n---\nflowchart TD\n", in_mermaid(flow.title)) +
         Graph(language).text(flow);
}

std::string dot_of(const Flow& flow) {
  const Language language{dot_node, dot_edge, dot_end, "\\n"};
  return fmt::format("digraph \"{}\" {{\n  label=\"{}\";\n  labelloc=t;\n", flow.name,
                     in_dot(flow.title)) +
         Graph(language).text(flow) + "}\n";
}

}  // namespace trig::diagram
